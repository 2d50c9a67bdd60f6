package io.claimloop.partner;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * A partner's limit that all instances share: each takes an equal part, and takes another one as soon as it sees that one
 * came or went. Whoever comes takes its part at once and tells the others; they follow within a heartbeat. A part that
 * became another one begins empty, so that what was used just before counts.
 */
public final class SharedLimit {
    /** A call waits so long for its turn; longer waits are the ledger's. */
    public static final Duration WAIT = Duration.ofSeconds(5);

    /** Two calls, so that a batch which needs two of them begins at all, however small the part is. */
    private static final int SMALLEST_BURST = 2;

    /** @param period in which {@code burst} calls come in, in nanoseconds */
    record Part(int instances, double pace, double perSecond, int burst, long period, RateLimiter limit) {}

    private final String name;
    private final double perSecond;
    private final int burst;
    private final boolean slidingMinute;
    private final IntSupplier instances;
    private volatile Part part;
    private volatile double pace = 1;

    private SharedLimit(String name, double perSecond, int burst, boolean slidingMinute, IntSupplier instances) {
        this.name = name;
        this.perSecond = perSecond;
        this.burst = burst;
        this.slidingMinute = slidingMinute;
        this.instances = instances;
        this.part = part(Math.max(1, instances.getAsInt()), 1);
    }

    /** No sliding minute holds more than sixty times {@code perSecond}, over all instances. */
    static SharedLimit inAMinute(String name, double perSecond, int burst, IntSupplier instances) {
        return new SharedLimit(name, perSecond, burst, true, instances);
    }

    /** A second's calls may come together. */
    public static SharedLimit inASecond(String name, int perSecond, IntSupplier instances) {
        return new SharedLimit(name, perSecond, perSecond, false, instances);
    }

    private Part part(int among, double ofAll) {
        double rate = perSecond * ofAll / among;
        int together = slidingMinute ? Math.max(SMALLEST_BURST, burst / among) : Math.max(1, (int) Math.round(rate));
        // one burst less a minute, for it may lie at both ends of the minute
        double refill = slidingMinute ? Math.max(rate - together / 60.0, rate * 0.5) : rate;
        long period = (long) (together * 1e9 / refill);
        RateLimiter limit = RateLimiter.of(
                name,
                RateLimiterConfig.custom()
                        .limitForPeriod(together)
                        .limitRefreshPeriod(Duration.ofNanos(period))
                        .timeoutDuration(WAIT)
                        .build());
        return new Part(among, ofAll, rate, together, period, limit);
    }

    Part part() {
        int among = Math.max(1, instances.getAsInt());
        Part now = part;
        if (now.instances() == among && now.pace() == pace) {
            return now;
        }
        synchronized (this) {
            if (part.instances() != among || part.pace() != pace) {
                Part fresh = part(among, pace);
                int left = part.instances() == among
                        ? Math.max(0, part.limit().getMetrics().getAvailablePermissions())
                        : 0;
                int used = fresh.burst() - Math.min(fresh.burst(), left);
                if (used > 0) {
                    fresh.limit().acquirePermission(used);
                }
                part = fresh;
            }
            return part;
        }
    }

    /** From now on only so much of the limit, for all instances alike. */
    public void pace(double ofAll) {
        pace = Math.max(ofAll, 1 / perSecond);
    }

    /** Waits for its turn; false when that would take too long. */
    public boolean acquire() {
        return acquire(1);
    }

    /** The same for so many at once. */
    public boolean acquire(int many) {
        return part().limit().acquirePermission(many);
    }

    /** What could be called at once; below zero while others wait. */
    public int available() {
        return part().limit().getMetrics().getAvailablePermissions();
    }

    /** What could be called without a long wait. */
    public int soon() {
        Part now = part();
        return Math.max(0, available()) + (int) (now.perSecond() * WAIT.toSeconds() / 2);
    }

    /** How many may come together. */
    public int burst() {
        return part().burst();
    }
}
