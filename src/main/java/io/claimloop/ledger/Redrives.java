package io.claimloop.ledger;

import java.time.Duration;
import java.time.Instant;

/** Many loops are tried again at a person's order, at a bounded rate. */
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

    /** Longest waiting first; their work comes due one after the other. */
    Redriven redrive(Filter filter, String by, int perMinute);
}
