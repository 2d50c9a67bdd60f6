package io.claimloop.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What an outcome makes of a loop, before anything is written.
 *
 * @param loop as it was when it was looked at: its version fences the move
 * @param attempts how often the work was tried that led here
 * @param work the work that caused it and that the caller completes itself, or -1
 * @param to where the loop stands afterwards
 * @param from where it came from: a parked loop goes on from where it was parked
 * @param lines how many lines its history gets
 */
record Move(Loop loop, Outcome outcome, int attempts, long work, State to, State from, int lines) {
    private static final Logger log = LoggerFactory.getLogger("claimloop.loop");

    /** A line of the history, to be written. */
    record Line(
            Loop loop, int seq, State from, State to, String cause, String detail, Integer attempts, String proof) {}

    /** @throws IllegalStateException where no arrow leads there */
    static Move of(Loop loop, Outcome outcome, int attempts, long work) {
        State to = outcome.to() == null ? loop.state() : outcome.to();
        State from = loop.state() == State.PARKED && !outcome.isNote() && to != State.WITHDRAWN && to != State.PARKED
                ? loop.parkedFrom()
                : loop.state();
        boolean sameReason = outcome.to() == null || outcome.reason() == loop.reason();
        boolean stays = to == loop.state();
        int lines = outcome.isNote() ? 1 : stays && sameReason ? 0 : from == loop.state() || from == to ? 1 : 2;
        if (!allowed(loop.state(), from, to, outcome)) {
            throw new IllegalStateException("no arrow from " + from + " to " + to + " for claim " + loop.name());
        }
        return new Move(loop, outcome, attempts, work, to, from, lines);
    }

    /** An outcome that names no state leaves the loop where it is; a parked loop may be parked for another reason. */
    private static boolean allowed(State state, State from, State to, Outcome outcome) {
        boolean back = state == State.PARKED && from == to;
        return outcome.to() == null || back || from.next().contains(to);
    }

    boolean stays() {
        return to == loop.state();
    }

    State parkedFrom() {
        return to != State.PARKED ? null : loop.state() == State.PARKED ? loop.parkedFrom() : loop.state();
    }

    Reason reason() {
        return outcome.to() == null ? loop.reason() : outcome.reason();
    }

    String detail() {
        return outcome.to() == null ? loop.detail() : outcome.detail();
    }

    Facts facts() {
        return outcome.facts();
    }

    Long taskWindowSeconds() {
        Duration window = facts().taskWindow();
        return window == null ? null : window.toSeconds();
    }

    List<Line> history() {
        List<Line> history = new ArrayList<>();
        int seq = loop.version();
        if (lines == 2) {
            history.add(new Line(loop, ++seq, loop.state(), from, "unparked", null, null, null));
        }
        if (lines > 0) {
            history.add(new Line(
                    loop,
                    ++seq,
                    lines == 2 ? from : loop.state(),
                    to,
                    outcome.cause(),
                    text(),
                    attempts,
                    outcome.proof()));
        }
        return history;
    }

    /** Whether the loop's task is, or was before it was parked, there to be answered. */
    boolean taskIsOpen() {
        return NextWork.taskIsOpen(loop);
    }

    void log() {
        if (lines > 0) {
            log.atLevel(to == State.PARKED ? Level.WARN : Level.INFO)
                    .log(
                            "claim {} {} -> {}{}",
                            loop.code() == null && facts().code() != null
                                    ? facts().code() + " (" + loop.uuid() + ")"
                                    : loop.name(),
                            loop.state(),
                            to,
                            outcome.reason() == null ? "" : ": " + text());
        }
    }

    private String text() {
        if (outcome.reason() == null) {
            return outcome.detail();
        }
        return outcome.reason().whatHappened() + (outcome.detail() == null ? "" : " " + outcome.detail());
    }
}
