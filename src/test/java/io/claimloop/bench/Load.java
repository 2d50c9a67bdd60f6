package io.claimloop.bench;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Offers a server requests at a rate, first to warm it up and then to measure it, and sees what comes out at the other end. */
final class Load implements OpenLoop.Requests {
    private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(10);
    private static final long LOOKS_EVERY = TimeUnit.MILLISECONDS.toNanos(500);

    /** Where effects are to be seen. */
    enum End {
        RECORDS,
        FEEDBACKS,
        NOWHERE
    }

    private final Rig rig;
    private final Server server;
    private final Payloads payloads;
    private final Plan plan;
    private final End end;
    private final double rate;
    private final int warmUp;
    private final Histogram answers = new Histogram(LONGEST_MICROS, 3);
    private final Histogram arrivals = new Histogram(LONGEST_MICROS, 3);
    private final AtomicInteger sentClaims = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicInteger good = new AtomicInteger();
    private final int firstClaim;
    private final long[] intendedMicros;
    private final BitSet measured = new BitSet();
    private int arrived;
    private long start;

    /** @param warmUp so many requests of the plan are not measured */
    Load(Rig rig, Server server, Payloads payloads, Plan plan, int warmUp, double rate, End end) {
        this.rig = rig;
        this.server = server;
        this.payloads = payloads;
        this.plan = plan;
        this.warmUp = warmUp;
        this.rate = rate;
        this.end = end;
        this.firstClaim = plan.claims[0];
        this.intendedMicros = new long[plan.end - firstClaim];
    }

    Measured run(int patience) {
        return run(patience, () -> {});
    }

    /**
     * @param patience seconds after the last request in which effects may still arrive
     * @param begins done when the warm-up is over
     */
    Measured run(int patience, Runnable begins) {
        arrivals(false);
        arrived = 0;
        start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
        long startMicros = micros(Instant.now()) + 200_000;
        for (int i = 0; i < plan.size(); i++) {
            if (plan.kinds[i] == Plan.Kind.NEW) {
                intendedMicros[plan.claims[i] - firstClaim] = startMicros + (long) (i * 1e6 / rate);
                measured.set(plan.claims[i] - firstClaim, i >= warmUp);
            }
        }
        int[] unanswered = new int[1];
        Thread sender = new Thread(
                () -> unanswered[0] = new OpenLoop(server.port, this)
                        .run(start, rate, plan.size(), TimeUnit.SECONDS.toNanos(patience)),
                "sender");
        sender.start();

        sleepUntil(start + (long) (warmUp * 1e9 / rate));
        begins.run();
        arrivals(true);
        int arrivedBefore = arrived;
        Snapshot before = Snapshot.of(rig, server);
        long endOfLoad = start + (long) (plan.size() * 1e9 / rate);
        double slope = waits(endOfLoad);
        arrivals(true);
        int arrivedMeanwhile = end == End.NOWHERE ? plan.size() - warmUp : arrived - arrivedBefore;
        Snapshot after = Snapshot.of(rig, server);
        join(sender);

        long last = System.nanoTime() + TimeUnit.SECONDS.toNanos(patience);
        while (end != End.NOWHERE && arrived < sentClaims.get() && System.nanoTime() < last) {
            sleepUntil(System.nanoTime() + LOOKS_EVERY);
            arrivals(true);
        }
        int claims = measured.cardinality();
        int missing = end == End.NOWHERE ? 0 : claims - (int) arrivals.getTotalCount();
        double seconds = (plan.size() - warmUp) / rate;
        return new Measured(
                rate,
                good.get() / seconds,
                errors.get() + unanswered[0],
                answers,
                arrivals,
                missing,
                slope,
                after.since(before, arrivedMeanwhile));
    }

    /** Looks now and then how much waits; its growth over the last 60 % of the time. */
    private double waits(long until) {
        List<double[]> samples = new ArrayList<>();
        long begin = System.nanoTime();
        for (long next = begin + LOOKS_EVERY; next < until; next += LOOKS_EVERY) {
            sleepUntil(next);
            arrivals(true);
            samples.add(new double[] {(System.nanoTime() - begin) / 1e9, sentClaims.get() - arrived});
        }
        sleepUntil(until);
        List<double[]> last = samples.subList((int) (samples.size() * 0.4), samples.size());
        return end == End.NOWHERE
                ? 0
                : Measured.slope(
                        last.stream().mapToDouble(sample -> sample[0]).toArray(),
                        last.stream().mapToDouble(sample -> sample[1]).toArray());
    }

    private void arrivals(boolean count) {
        Partners.Arrival arrival = (claim, micros) -> {
            int place = claim - firstClaim;
            if (count && place >= 0 && place < intendedMicros.length) {
                arrived++;
                if (measured.get(place)) {
                    arrivals.recordValue(Math.min(LONGEST_MICROS, Math.max(0, micros - intendedMicros[place])));
                }
            }
        };
        if (end == End.RECORDS) {
            rig.partners().records(arrival);
        } else if (end == End.FEEDBACKS) {
            rig.partners().feedbacks(arrival);
        }
    }

    @Override
    public ByteBuffer bytes(int number) {
        int claim = plan.claims[number];
        return switch (plan.kinds[number]) {
            case NEW, DUPLICATE -> payloads.of(claim, 2);
            case OUT_OF_ORDER -> payloads.of(claim, 1);
            case INVALID -> payloads.invalid(claim);
        };
    }

    @Override
    public void answered(int number, int status, long intendedNanos, long nanos) {
        boolean wanted = plan.kinds[number] == Plan.Kind.INVALID ? status == 400 : status >= 200 && status < 300;
        if (wanted && plan.kinds[number] == Plan.Kind.NEW) {
            sentClaims.incrementAndGet();
        }
        if (number < warmUp) {
            return;
        }
        if (wanted) {
            good.incrementAndGet();
        } else {
            errors.incrementAndGet();
        }
        answers.recordValue(Math.min(LONGEST_MICROS, (nanos - intendedNanos) / 1000));
    }

    private static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
    }

    static void sleepUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
