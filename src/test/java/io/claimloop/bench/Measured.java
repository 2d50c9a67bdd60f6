package io.claimloop.bench;

import org.HdrHistogram.Histogram;

/**
 * What one step showed.
 *
 * @param offered requests a second
 * @param achieved answered as wanted, a second
 * @param answers latency of the answers, in microseconds from the intended time
 * @param arrivals latency of the effects at the other end, the same way
 * @param missing claims without effect at the end of patience
 * @param slope growth of what waits, in claims a second, over the last 60 % of the step
 */
record Measured(
        double offered,
        double achieved,
        int errors,
        Histogram answers,
        Histogram arrivals,
        int missing,
        double slope,
        Use use) {
    private static final double SLOPE_OF_NOISE = 0.01;

    /**
     * What the measured time used.
     *
     * @param claims that came through meanwhile
     * @param steal the share of the machine's time that went to other machines
     */
    record Use(
            int claims,
            double server,
            double database,
            double partners,
            double generator,
            double seconds,
            long walBytes,
            long commits,
            int openimis,
            int cht,
            double steal) {
        double perThousand(double used) {
            return claims == 0 ? 0 : used * 1000 / claims;
        }
    }

    /** 99.5 % achieved, no error, nothing missing, no growing backlog, and both 99th percentiles under their limits. */
    boolean held(long answerMillis, long arrivalMillis) {
        return achieved >= 0.995 * offered
                && errors == 0
                && missing == 0
                && slope <= SLOPE_OF_NOISE * offered
                && millis(answers, 99) < answerMillis
                && (arrivals.getTotalCount() == 0 || millis(arrivals, 99) < arrivalMillis);
    }

    static double millis(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1000.0;
    }

    /** The slope of the straight line that fits best, by the least squares; per unit of x. */
    static double slope(double[] x, double[] y) {
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < x.length; i++) {
            meanX += x[i] / x.length;
            meanY += y[i] / x.length;
        }
        double above = 0;
        double below = 0;
        for (int i = 0; i < x.length; i++) {
            above += (x[i] - meanX) * (y[i] - meanY);
            below += (x[i] - meanX) * (x[i] - meanX);
        }
        return below == 0 ? 0 : above / below;
    }
}
