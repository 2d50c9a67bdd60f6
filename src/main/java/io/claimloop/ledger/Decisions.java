package io.claimloop.ledger;

import java.time.Duration;

/** What an outcome comes to: how often work is tried, how long it waits, and what is not parked. Nothing is written here. */
class Decisions {
    private final Backoff backoff;
    private final int maxAttempts;

    Decisions(Backoff backoff, int maxAttempts) {
        this.backoff = backoff;
        this.maxAttempts = maxAttempts;
    }

    /** What becomes of leased work: the one or the other. */
    sealed interface Decision {
        Due due();

        Outcome outcome();
    }

    /** @param again when it is due again, and with what count of attempts */
    record Waits(Due due, Outcome outcome, Again again) implements Decision {}

    record Done(Due due, Outcome outcome) implements Decision {}

    /**
     * @param attempts what is added to the attempts
     * @param away times in a row that its partner was away
     */
    record Again(Due due, Duration pause, int attempts, int away, Reason reason) {
        /** At once, with its attempts as they were before it was leased. */
        static Again afresh(Due due) {
            return new Again(due, Duration.ZERO, -1, 0, null);
        }

        /** With all its attempts back. */
        static Again anew(Due due, Duration pause, Reason reason) {
            return new Again(due, pause, -due.attempts(), 0, reason);
        }

        double seconds() {
            return pause.toMillis() / 1000.0;
        }
    }

    /**
     * @param away times in a row that its partner was away before
     * @param missedItsTask whether its loop moved while it was looked at
     */
    Decision decide(Due due, Outcome outcome, int away, boolean missedItsTask) {
        return switch (outcome.kind()) {
            case LATER -> later(due, outcome, -1, missedItsTask ? Duration.ZERO : pause(outcome, backoff.first()));
            case FAILED -> failed(due, outcome, away);
            case DONE -> outcome.to() == State.PARKED ? park(due, outcome) : new Done(due, outcome);
        };
    }

    /** A partner that is away is waited for, however long, and that is not held against the work. */
    private Decision failed(Due due, Outcome outcome, int away) {
        if (outcome.reason() == Reason.PARTNER_AWAY) {
            Duration pause = pause(outcome, backoff.after(away + 1));
            // what became of a submission is not asked while the partner is away
            return new Waits(
                    due, outcome.submission(null, null), new Again(due, pause, -1, away + 1, outcome.reason()));
        }
        return due.attempts() >= maxAttempts
                ? park(
                        due,
                        Outcome.parked(outcome.reason(), outcome.detail())
                                .learned(outcome.facts())
                                .proof(outcome.proof()))
                : later(due, outcome, 0, pause(outcome, backoff.after(due.attempts())));
    }

    /**
     * Parks the loop; but a loop that is over stays what it is, and one that waits for no submission is not disturbed by
     * one. Work that a loop leaves behind when it is over (a task to take back) is tried for ever, and shown as pending.
     */
    private Decision park(Due due, Outcome parked) {
        if (due.step() == Step.CORRECT) {
            // the loop is well; what the correction needs is shown with it
            return new Done(
                    due,
                    Outcome.done()
                            .because(parked.reason(), parked.detail())
                            .submission(SubmissionState.CORRECTION, null));
        }
        State state = due.loop() == null ? null : due.loop().state();
        boolean over = state != null && state.isFinal();
        if (due.step() == Step.SUBMISSION && state != null && (over || !awaits(due.loop()))) {
            return new Done(
                    due,
                    Outcome.done()
                            .because(parked.reason(), parked.detail())
                            .submission(SubmissionState.PARKED, parked.feedback()));
        }
        return over ? later(due, parked, 0, backoff.after(due.attempts())) : new Done(due, parked);
    }

    private static Decision later(Due due, Outcome outcome, int attempts, Duration pause) {
        return new Waits(due, outcome, new Again(due, pause, attempts, 0, outcome.reason()));
    }

    /** Whether a submission may move it. */
    private static boolean awaits(Loop loop) {
        State state = loop.state() == State.PARKED ? loop.parkedFrom() : loop.state();
        return state.next().contains(State.ANSWERED);
    }

    private static Duration pause(Outcome outcome, Duration otherwise) {
        return outcome.after() != null ? outcome.after() : otherwise;
    }
}
