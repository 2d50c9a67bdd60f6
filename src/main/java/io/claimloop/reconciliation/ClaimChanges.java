package io.claimloop.reconciliation;

import static io.claimloop.openimis.Claim.ENTERED;
import static io.claimloop.openimis.Claim.FEEDBACK_BYPASSED;
import static io.claimloop.openimis.Claim.FEEDBACK_DELIVERED;
import static io.claimloop.openimis.Claim.FEEDBACK_SELECTED;
import static io.claimloop.openimis.Claim.PROCESSED;
import static io.claimloop.openimis.Claim.REJECTED;

import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;

/**
 * Whether a row may move a loop, by where the loop stands. A look costs a read: so only what may move it is looked at. What
 * the look finds decides, never the row.
 */
final class ClaimChanges {
    enum Look {
        NO,
        /** Each time, until the loop has moved. */
        YES,
        /** When this very row was not seen before. */
        ONCE
    }

    private ClaimChanges() {}

    static Look changed(Loop loop, ClaimRow row) {
        State state = loop.state() == State.PARKED ? openTask(loop.parkedFrom()) : loop.state();
        return switch (state) {
            case WAITING -> waiting(loop, row);
            case NOT_SELECTED -> selectedSince(loop, row) ? Look.YES : Look.NO;
            case NEEDS_IDENTITY -> ended(row) ? Look.ONCE : Look.NO;
            case TASKED -> ended(row) ? Look.YES : row.status() < 0 ? Look.NO : Look.ONCE;
            case EXPIRED -> ended(row) || movedOn(row) ? Look.ONCE : Look.NO;
            case DELIVERED, NOT_REACHED, REFUSED, IN_REVIEW -> movedOn(row) ? Look.ONCE : Look.NO;
            // not looked at yet, at work already, or over
            default -> Look.NO;
        };
    }

    /** A parked loop waits for a person; but what ends in openIMIS ends its task. */
    private static State openTask(State parkedFrom) {
        return parkedFrom == State.TASKED || parkedFrom == State.EXPIRED ? parkedFrom : State.PARKED;
    }

    private static Look waiting(Loop loop, ClaimRow row) {
        if (loop.reason() == Reason.WAITS_FOR_A_DAY || row.status() == ENTERED) {
            return Look.NO;
        }
        return row.status() < 0 ? Look.ONCE : Look.YES;
    }

    private static boolean selectedSince(Loop loop, ClaimRow row) {
        return (loop.reason() == Reason.FEEDBACK_NOT_REQUESTED || loop.reason() == Reason.DAY_FULL)
                && row.feedbackStatus() == FEEDBACK_SELECTED;
    }

    /** openIMIS has ended the matter: rejected, bypassed, or answered by somebody else. */
    private static boolean ended(ClaimRow row) {
        return row.status() == REJECTED
                || row.feedbackStatus() == FEEDBACK_DELIVERED
                || row.feedbackStatus() == FEEDBACK_BYPASSED;
    }

    /** Processed, valued, rejected, or in an officer's hands. */
    private static boolean movedOn(ClaimRow row) {
        return row.status() == REJECTED
                || row.status() >= PROCESSED
                || row.reviewStatus() == ClaimRow.REVIEW_SELECTED
                || row.reviewStatus() == ClaimRow.REVIEW_DELIVERED;
    }
}
