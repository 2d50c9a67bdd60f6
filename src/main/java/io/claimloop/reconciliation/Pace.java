package io.claimloop.reconciliation;

import io.claimloop.partner.PartnerException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When a sweep is due: after its pause, at once when it only waits for calls to spare, later after each failure. */
final class Pace {
    private static final Logger log = LoggerFactory.getLogger(ClaimSweep.class);
    private static final Duration STEP = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final String what;
    private final Duration every;
    private volatile Instant next = Instant.EPOCH;
    private int failures;

    Pace(String what, Duration every) {
        this.what = what;
        this.every = every;
    }

    boolean due() {
        return !Instant.now().isBefore(next);
    }

    void finished() {
        failures = 0;
        next = Instant.now().plus(every);
    }

    /** It goes on where it was, as soon as there are calls to spare. */
    void interrupted() {
        next = Instant.now();
    }

    /** How many times in a row, this one included. */
    int failed(int read, Exception why) {
        failures++;
        log.warn(
                "{} stopped after {} claims ({}); it is tried again. Check the health of openIMIS and the account's rights"
                        + " if it stays so.",
                what,
                read,
                why instanceof PartnerException partner
                        ? partner.getMessage()
                        : why.getClass().getSimpleName());
        Duration pause = STEP.multipliedBy(failures);
        next = Instant.now().plus(pause.compareTo(LONGEST) < 0 ? pause : LONGEST);
        return failures;
    }
}
