package io.claimloop.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Reading the ledger, and what a person may order. */
public interface Loops {
    /** A line of a loop's history. {@code proof} is a keyed hash of what the partner answered. */
    record Transition(
            int seq, Instant at, State from, State to, String cause, String detail, Integer attempts, String proof) {}

    /** Work of a loop that is due at some time. */
    record Pending(Step step, Instant dueAt, int attempts, Reason reason) {}

    Optional<Loop> find(UUID uuid);

    /** Those of them that are known. */
    List<Loop> find(Collection<UUID> uuids);

    /** When this ledger was made: the first start. */
    Instant firstStart();

    /** By any of code and state; newest first. */
    List<Loop> find(String code, State state, int limit);

    /** Loops with work of this step that was tried in vain; longest waiting first. */
    List<Loop> waiting(Step step, int limit);

    List<Transition> history(UUID uuid);

    List<Pending> pending(UUID uuid);

    List<Finding> findings(UUID uuid);

    List<Submission> submissions(UUID uuid);

    List<Submission> submissions(SubmissionState state, int limit);

    /** When the payloads of a loop were erased; empty while there are any. */
    Optional<Instant> erasedAt(UUID uuid);

    /** Without its body. */
    Optional<Submission> submission(long id);

    /**
     * Reserves for each loop its visit. Of two that come with the same visit the first has it.
     *
     * @param visits the visit's key, by the loop that wants to ask
     * @return the loop that already asks, by the one that may not; the others have their visit now
     */
    Map<UUID, Loop> reserveVisits(Map<UUID, String> visits);

    /**
     * A person orders: a parked loop goes back to where it came from, one that waits is looked at now.
     *
     * @return false when the loop is not in a state that allows it
     */
    default boolean retry(UUID uuid, String by) {
        return retry(uuid, "retried by " + by, Duration.ZERO);
    }

    /**
     * The same, not before a while.
     *
     * @param cause who ordered it, for the history
     */
    boolean retry(UUID uuid, String cause, Duration wait);

    /** A person ends a loop that needs one. Returns false when its state does not allow it. */
    boolean withdraw(UUID uuid, String by);

    /** How many loops stand in each state. */
    Map<State, Long> count();

    /** How many works of each step are due now. */
    Map<Step, Long> backlog();

    /** Which of these notices came before, with the very same content. */
    Set<UUID> told(Collection<ClaimNotice> notices);

    /** Every content in which these reports came in, null for one that was erased; those that never did are left out. */
    Map<String, List<byte[]>> contents(Collection<String> reportIds);

    /** How far a feed was read; empty before the first time. */
    Optional<String> watermark(String feed);

    void watermark(String feed, String value);

    /** A keyed hash: equal for equal text, telling nothing of it. */
    String keyed(String text);
}
