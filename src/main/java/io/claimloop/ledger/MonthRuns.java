package io.claimloop.ledger;

import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Orders of openIMIS's batch run for a month, and what came of them. */
public interface MonthRuns {
    /** Where an order stands. */
    enum Standing {
        /** Ordered; what came of it was not seen yet. */
        ORDERED,
        /** openIMIS made the run. */
        RUN,
        /** There was a run for this month and place before; openIMIS makes no second one. */
        ALREADY_RUN,
        /** openIMIS made no run. */
        FAILED
    }

    /**
     * @param location openIMIS's code of a region or district; empty for national
     * @param mutation the clientMutationId of the order
     * @param decidedAt null while it is not known what came of it
     */
    record MonthRun(
            long id,
            YearMonth month,
            String location,
            String orderedBy,
            Instant orderedAt,
            UUID mutation,
            Standing standing,
            String detail,
            Instant decidedAt) {
        /** As a person calls it. */
        public String name() {
            return month + (location.isEmpty() ? " (national)" : " for " + location);
        }
    }

    /** An order for this month and place of which it is not known yet what came of it. */
    Optional<MonthRun> open(YearMonth month, String location);

    /** Writes the order down before it is sent. Empty when somebody else has one open: then it is not ours to send. */
    Optional<MonthRun> order(YearMonth month, String location, String by);

    /** All of which it is not known yet what came of them. */
    List<MonthRun> open();

    /** What came of an open order; one that was decided meanwhile stays as it is. */
    MonthRun decide(MonthRun run, Standing standing, String detail);

    /** Newest first. */
    List<MonthRun> list(int limit);
}
