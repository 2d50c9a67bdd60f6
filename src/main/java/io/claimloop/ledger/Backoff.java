package io.claimloop.ledger;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses after failed attempts: exponential, with full jitter, so that a healed partner is not stormed. */
record Backoff(Duration first, Duration limit) {
    Duration after(int attempts) {
        long ceiling = limit.toMillis();
        long widest = first.toMillis() << Math.min(Math.max(attempts - 1, 0), 20);
        if (widest <= 0 || widest > ceiling) {
            widest = ceiling;
        }
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(widest / 4, widest + 1));
    }
}
