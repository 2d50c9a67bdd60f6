package io.claimloop.ledger;

import java.time.Duration;
import java.util.List;

/**
 * What a step made of its due work. Immutable: the withers return a changed copy.
 *
 * @param kind what happens to the work
 * @param to the state the loop moves to; null when it does not move
 * @param cause what moved it, in a word: the step, or what a person ordered
 * @param reason why, where a person may ask
 * @param detail more of it for a person; never personal data
 * @param after when the work is due again; null for the ledger's own pause
 * @param proof what the partner answered; the ledger keeps a keyed hash of it only
 * @param submission what became of the submission that was worked on; null where there was none
 */
public record Outcome(
        Kind kind,
        State to,
        String cause,
        Reason reason,
        String detail,
        Duration after,
        Facts facts,
        String proof,
        List<Finding> findings,
        SubmissionState submission,
        String feedback) {

    private static final String DONE = "done";

    public enum Kind {
        /** The work is done; the loop moves where {@link Outcome#to()} says. */
        DONE,
        /** Nothing wrong, no attempt used: due again later. */
        LATER,
        /** A failed attempt: due again after a growing pause, parked after too many. */
        FAILED
    }

    public static Outcome moved(State to, String cause) {
        return new Outcome(Kind.DONE, to, cause, null, null, null, Facts.NONE, null, List.of(), null, null);
    }

    public static Outcome parked(Reason reason, String detail) {
        return moved(State.PARKED, "parked").because(reason, detail);
    }

    public static Outcome withdrawn(Reason reason) {
        return moved(State.WITHDRAWN, "withdrawn").because(reason, null);
    }

    /** The work is done and the loop stays where it is. */
    public static Outcome done() {
        return moved(null, DONE);
    }

    /** The work is done, the loop stays where it is, and its history has a line of it. */
    public static Outcome noted(String cause) {
        return moved(null, cause);
    }

    /** Whether the loop stays and there is something to tell of it. */
    boolean isNote() {
        return kind == Kind.DONE && to == null && !DONE.equals(cause);
    }

    public static Outcome later(Reason reason, Duration after) {
        return new Outcome(Kind.LATER, null, "later", reason, null, after, Facts.NONE, null, List.of(), null, null);
    }

    public static Outcome failed(Reason reason, String detail) {
        return new Outcome(Kind.FAILED, null, "failed", reason, detail, null, Facts.NONE, null, List.of(), null, null);
    }

    public Outcome because(Reason because, String more) {
        return new Outcome(kind, to, cause, because, more, after, facts, proof, findings, submission, feedback);
    }

    public Outcome learned(Facts learned) {
        return new Outcome(kind, to, cause, reason, detail, after, learned, proof, findings, submission, feedback);
    }

    public Outcome proof(String answer) {
        return new Outcome(kind, to, cause, reason, detail, after, facts, answer, findings, submission, feedback);
    }

    public Outcome found(List<Finding> found) {
        return new Outcome(
                kind, to, cause, reason, detail, after, facts, proof, List.copyOf(found), submission, feedback);
    }

    /** Moved, and the same step is due again after a while: a loop that waits. */
    public Outcome again(Duration pause) {
        return new Outcome(kind, to, cause, reason, detail, pause, facts, proof, findings, submission, feedback);
    }

    /**
     * What became of the submission, and what the mapping made of it (JSON, may be null). A correction that is due
     * {@link #again} goes on as {@link Step#CORRECT}.
     */
    public Outcome submission(SubmissionState state, String mapped) {
        return new Outcome(kind, to, cause, reason, detail, after, facts, proof, findings, state, mapped);
    }
}
