package io.claimloop.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.reconciliation.ClaimChanges.Look;
import io.claimloop.support.Works;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimChangesTest {
    private static final UUID CLAIM = UUID.randomUUID();

    /** status: 1 rejected, 2 entered, 4 checked, 8 processed, 16 valued; feedback and review: 4 selected, 8 delivered, 16 bypassed. */
    @ParameterizedTest(name = "{0}, claim {1}, feedback {2}, review {3}: {4}")
    @CsvSource({
        "WAITING,        2,  1, 1, NO",
        "WAITING,        4,  1, 1, YES",
        "WAITING,        1,  1, 1, YES",
        "WAITING,       -1,  4, -1, ONCE",
        "NOT_SELECTED,   4,  4, 1, NO",
        "NOTICED,        4,  4, 1, NO",
        "SELECTED,       1,  1, 1, NO",
        "NEEDS_IDENTITY, 4,  1, 1, NO",
        "NEEDS_IDENTITY, 1,  1, 1, ONCE",
        "TASKED,         1,  1, 1, YES",
        "TASKED,         4,  8, 1, YES",
        "TASKED,         4, 16, 1, YES",
        "TASKED,         4,  4, 1, ONCE",
        "TASKED,         4,  1, 4, ONCE",
        "TASKED,        -1,  4, -1, NO",
        "EXPIRED,        4,  1, 1, NO",
        "EXPIRED,        1,  1, 1, ONCE",
        "EXPIRED,        8,  1, 1, ONCE",
        "EXPIRED,        4,  1, 4, ONCE",
        "ANSWERED,       1,  1, 1, NO",
        "DELIVERED,      4,  8, 1, NO",
        "DELIVERED,      8,  8, 1, ONCE",
        "DELIVERED,     16,  8, 1, ONCE",
        "DELIVERED,      4,  8, 4, ONCE",
        "DELIVERED,      1,  8, 8, ONCE",
        "NOT_REACHED,    4,  1, 8, ONCE",
        "REFUSED,       16,  8, 1, ONCE",
        "IN_REVIEW,      8,  8, 8, ONCE",
        "VALUED,         1,  8, 8, NO",
        "WITHDRAWN,     16,  8, 1, NO"
    })
    void only_what_may_move_a_loop_is_looked_at(State state, int status, int feedback, int review, Look look) {
        assertThat(ClaimChanges.changed(Works.loop(state, CLAIM), row(status, feedback, review)))
                .isEqualTo(look);
    }

    @ParameterizedTest(name = "parked from {0}: {1}")
    @CsvSource({"TASKED, YES", "EXPIRED, ONCE", "SELECTED, NO", "WAITING, NO"})
    void a_parked_loop_is_looked_at_only_for_its_open_task(State from, Look look) {
        assertThat(ClaimChanges.changed(parked(from), row(1, 1, 1))).isEqualTo(look);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"FEEDBACK_NOT_REQUESTED, YES", "DAY_FULL, YES", "EXCLUDED, NO", "SAME_VISIT, NO", "BEFORE_THE_START, NO"
    })
    void a_claim_selected_later_is_taken_up_when_only_that_was_missing(Reason reason, Look look) {
        assertThat(ClaimChanges.changed(loop(State.NOT_SELECTED, null, reason), row(4, 4, 1)))
                .isEqualTo(look);
    }

    @Test
    void a_claim_that_waits_for_the_next_day_is_not_looked_at_before() {
        assertThat(ClaimChanges.changed(loop(State.WAITING, null, Reason.WAITS_FOR_A_DAY), row(4, 4, 1)))
                .isEqualTo(Look.NO);
    }

    private static Loop parked(State from) {
        return loop(State.PARKED, from, Reason.UNEXPECTED);
    }

    private static Loop loop(State state, State parkedFrom, Reason reason) {
        Loop plain = Works.loop(state, CLAIM);
        return new Loop(
                plain.uuid(),
                plain.spelling(),
                plain.code(),
                state,
                parkedFrom,
                reason,
                null,
                plain.version(),
                plain.insuree(),
                plain.patient(),
                plain.chw(),
                plain.recordId(),
                plain.recordRev(),
                plain.submission(),
                plain.claimHash(),
                plain.eligibility(),
                plain.taskUntil(),
                plain.createdAt(),
                plain.changedAt());
    }

    private static ClaimRow row(int status, int feedback, int review) {
        return new ClaimRow(CLAIM, CLAIM.toString(), "CHT201", 7, status, feedback, review, null, "{}");
    }
}
