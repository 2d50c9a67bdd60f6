package io.claimloop.ledger;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this instance believes of its leadership: true until a moment of its own steady clock, which no time server moves. */
class Lead implements Leadership {
    private static final Logger log = LoggerFactory.getLogger(Leadership.class);

    private volatile long until = System.nanoTime();
    private volatile boolean told;

    @Override
    public boolean held() {
        return until - System.nanoTime() > 0;
    }

    /** @param asked when the renewal was sent, by {@link System#nanoTime()}: the row's lease began later */
    void renewed(long asked, Duration lease) {
        // a tenth earlier than the row says
        until = asked + lease.toNanos() / 10 * 9;
        if (!told) {
            told = true;
            log.info("this instance leads: sweeps, Subscription and schedules run here");
        }
    }

    void lost() {
        until = System.nanoTime();
        if (told) {
            told = false;
            log.info("this instance does not lead any more");
        }
    }
}
