package io.claimloop.ledger;

import java.time.Duration;
import java.time.Instant;

/** Many loops, or submissions of none, are tried again at a person's order, at a bounded rate. */
public interface Redrives {
    /**
     * Which loops; null where it does not matter.
     *
     * @param state one that may be retried
     * @param since when the loop came where it stands, or later
     */
    record Filter(State state, Reason reason, String code, Instant since) {}

    /**
     * @param loops that are tried again
     * @param left that the filter also holds, and that this order did not reach
     * @param over within which time their work comes due
     */
    record Redriven(int loops, long left, Duration over) {}

    /** How many the filter holds. */
    long count(Filter filter);

    /**
     * Which parked submissions that belong to no loop; null where it does not matter. One whose payload is erased is
     * never among them.
     *
     * @param since when it came, or later
     */
    record Unclaimed(Long id, Reason reason, Instant since) {}

    long count(Unclaimed filter);

    /** The oldest first. {@link Redriven#loops} counts submissions. */
    Redriven redrive(Unclaimed filter, String by, int perMinute);

    /** Longest waiting first; their work comes due one after the other. */
    Redriven redrive(Filter filter, String by, int perMinute);
}
