package io.claimloop.pipeline;

import java.time.Duration;

/** Batches of one step begin some time apart, so that there is something to put together. */
final class BatchInterval {
    private final long apart;
    private long next = Long.MIN_VALUE;

    BatchInterval(Duration apart) {
        this.apart = apart.toNanos();
    }

    /** Takes the next turn; in how many milliseconds it is, rounded up. */
    synchronized long millis(long now) {
        long begins = Math.max(now, next);
        next = begins + apart;
        return (begins - now + 999_999) / 1_000_000;
    }

    /** The batch was full, so there is more: the next one begins at once. */
    synchronized void full() {
        next = Long.MIN_VALUE;
    }
}
