package io.claimloop.ledger;

import java.time.Duration;
import java.util.Map;

/**
 * What the ledger tells of itself in numbers, for meters. Each question is cheap however much the ledger holds: it counts by
 * an index, and no further than {@link #MOST}.
 */
public interface Figures {
    /** Whether it is a hundred thousand or a million is the same to whoever is called at night. */
    int MOST = 100_000;

    /**
     * Work of one step that could be done now, the one in hand included.
     *
     * @param oldest how long the oldest has been due
     */
    record Waiting(long count, Duration oldest) {}

    /**
     * Where things stand.
     *
     * @param loops loops by state; those that are over or not followed up are not counted: they are all of the past
     * @param parked parked loops by reason
     * @param submissions submissions that are not taken up yet, or that an officer should see
     */
    record Standing(Map<State, Long> loops, Map<Reason, Long> parked, Map<SubmissionState, Long> submissions) {}

    /**
     * What the database says of itself.
     *
     * @param bytes size of the database
     * @param oldestTransaction how long the oldest transaction has been open; of other users' sessions PostgreSQL tells this
     *     only to a member of {@code pg_monitor}
     * @param oldestSnapshot how many transactions began since the oldest snapshot that holds up vacuum, of anybody
     */
    record Database(long bytes, Duration oldestTransaction, long oldestSnapshot) {}

    Map<Step, Waiting> due();

    Standing standing();

    Database database();
}
