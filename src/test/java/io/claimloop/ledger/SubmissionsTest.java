package io.claimloop.ledger;

import static io.claimloop.ledger.Ledger.MAX_ATTEMPTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SubmissionsTest extends LedgerTest {

    /** They count rows. */
    @Override
    @BeforeEach
    void empty() {
        ledger.empty();
    }

    @Test
    void the_same_report_with_the_same_content_is_one_submission() {
        UUID claim = ledger.at(State.TASKED);
        for (int i = 0; i < 10; i++) {
            ledger.submission("report", claim, "answers");
        }
        assertThat(ledger.loops.submissions(claim)).singleElement().satisfies(submission -> {
            assertThat(submission.reportId()).isEqualTo("report");
            assertThat(submission.state()).isEqualTo(SubmissionState.RECEIVED);
        });
        assertThat(ledger.jdbc.queryForObject("select times from message where kind = 'SUBMISSION'", Integer.class))
                .isEqualTo(10);
        Due due = ledger.leaseOne(Step.SUBMISSION);
        assertThat(due.submission().body()).isEqualTo(Ledger.bytes("answers"));
        assertThat(due.loop().uuid()).isEqualTo(claim);
    }

    @Test
    void the_same_report_with_another_content_is_a_second_submission() {
        UUID claim = ledger.at(State.TASKED);
        ledger.submission("report", claim, "answers");
        ledger.submission("report", claim, "corrected");

        assertThat(ledger.loops.submissions(claim)).hasSize(2);
        assertThat(ledger.lease(Step.SUBMISSION)).hasSize(2);
    }

    @Test
    void every_content_in_which_a_report_came_in_is_there_and_of_no_other() {
        UUID claim = UUID.randomUUID();
        ledger.inbox.receive(List.of(
                new ReceivedSubmission("r1", claim, "one".getBytes()),
                new ReceivedSubmission("r1", claim, "two".getBytes()),
                new ReceivedSubmission("r2", claim, "three".getBytes())));

        assertThat(ledger.loops.contents(List.of("r1", "r3"))).containsOnlyKeys("r1");
        assertThat(ledger.loops.contents(List.of("r1", "r3")).get("r1"))
                .containsExactlyInAnyOrder("one".getBytes(), "two".getBytes());
        assertThat(ledger.loops.contents(List.of())).isEmpty();
    }

    @Test
    void a_repeated_push_does_not_take_up_again_what_was_taken() {
        UUID claim = ledger.at(State.TASKED);
        ledger.submission("report", claim, "answers");
        ledger.complete(ledger.leaseOne(Step.SUBMISSION), taken());

        ledger.submission("report", claim, "answers");

        assertThat(ledger.lease(Step.SUBMISSION)).isEmpty();
        assertThat(only(claim).state()).isEqualTo(SubmissionState.TAKEN);
    }

    private static Outcome taken() {
        return Outcome.moved(State.ANSWERED, "submission")
                .submission(SubmissionState.TAKEN, "{\"outcome\":\"ANSWERED\"}");
    }

    private Submission only(UUID claim) {
        List<Submission> submissions = ledger.loops.submissions(claim);
        assertThat(submissions).hasSize(1);
        return submissions.get(0);
    }

    @Test
    void a_taken_submission_travels_with_the_delivery() {
        UUID claim = ledger.at(State.TASKED);
        ledger.submission("report", claim, "answers");
        Due due = ledger.leaseOne(Step.SUBMISSION);
        ledger.complete(due, taken().learned(Facts.ofSubmission(due.submission().id())));

        Due delivery = ledger.leaseOne(Step.DELIVER);
        assertThat(delivery.submission().id()).isEqualTo(due.submission().id());
        assertThat(delivery.submission().feedback()).contains("ANSWERED");
        assertThat(ledger.loop(claim).submission()).isEqualTo(due.submission().id());
        assertThat(ledger.loops.submissions(SubmissionState.TAKEN, 10)).hasSize(1);
    }

    @Test
    void a_submission_that_changes_nothing_is_kept() {
        UUID claim = ledger.at(State.DELIVERED);
        ledger.submission("late", claim, "answers");
        ledger.complete(
                ledger.leaseOne(Step.SUBMISSION),
                Outcome.done().because(Reason.SUBMISSION_SUPERSEDED, null).submission(SubmissionState.KEPT, null));

        assertThat(only(claim).state()).isEqualTo(SubmissionState.KEPT);
        assertThat(only(claim).reason()).isEqualTo(Reason.SUBMISSION_SUPERSEDED);
        assertThat(ledger.loop(claim).state()).isEqualTo(State.DELIVERED);
        assertThat(ledger.steps(claim)).doesNotContain(Step.SUBMISSION);
    }

    @Test
    void a_submission_that_cannot_be_used_is_parked_with_its_loop_and_both_are_retried_together() {
        UUID claim = ledger.at(State.TASKED);
        ledger.submission("report", claim, "answers");
        ledger.complete(
                ledger.leaseOne(Step.SUBMISSION),
                Outcome.parked(Reason.ANSWERS_INVALID, "assessment must be 0 to 5.")
                        .submission(SubmissionState.PARKED, null));
        assertThat(only(claim).state()).isEqualTo(SubmissionState.PARKED);
        assertThat(only(claim).detail()).isEqualTo("assessment must be 0 to 5.");
        assertThat(ledger.loop(claim).state()).isEqualTo(State.PARKED);

        ledger.loops.retry(claim, "operator");

        assertThat(ledger.leaseOne(Step.SUBMISSION).loop().state()).isEqualTo(State.TASKED);
    }

    @Test
    void a_submission_that_names_no_claim_is_parked_alone() {
        ledger.submission("report", null, "rubbish");
        Due due = ledger.leaseOne(Step.SUBMISSION);
        assertThat(due.loop()).isNull();

        ledger.complete(due, Outcome.parked(Reason.CLAIM_NOT_NAMED, null).submission(SubmissionState.PARKED, null));

        assertThat(ledger.loops.submissions(SubmissionState.PARKED, 10)).hasSize(1);
        assertThat(ledger.lease(Step.SUBMISSION)).isEmpty();
    }

    @Test
    void a_submission_that_came_before_its_task_is_woken_by_the_task() {
        UUID claim = ledger.at(State.SELECTED);
        ledger.submission("early", claim, "answers");
        ledger.complete(ledger.leaseOne(Step.SUBMISSION), waits());
        assertThat(ledger.lease(Step.SUBMISSION)).isEmpty();

        Due dispatch = ledger.leaseOne(Step.DISPATCH);
        assertThat(ledger.dueWork.complete(List.of(new Completion(dispatch, Outcome.moved(State.TASKED, "dispatch")))))
                .contains(Step.SUBMISSION);

        assertThat(ledger.leaseOne(Step.SUBMISSION).loop().state()).isEqualTo(State.TASKED);
    }

    @Test
    void a_submission_that_is_just_looked_at_when_its_task_appears_is_looked_at_once_more() {
        UUID claim = ledger.at(State.SELECTED);
        ledger.submission("early", claim, "answers");
        Due before = ledger.leaseOne(Step.SUBMISSION);
        ledger.move(claim, Outcome.moved(State.TASKED, "dispatch"));

        assertThat(ledger.dueWork.complete(List.of(new Completion(before, waits()))))
                .containsExactly(Step.SUBMISSION);

        assertThat(ledger.leaseOne(Step.SUBMISSION).loop().state()).isEqualTo(State.TASKED);
    }

    @Test
    void a_submission_that_comes_while_its_task_is_being_written_down_is_looked_at_once_more() {
        UUID claim = ledger.at(State.SELECTED);
        AtomicReference<Due> before = new AtomicReference<>();
        ledger.transaction.executeWithoutResult(status -> {
            ledger.moves.move(ledger.loop(claim), Outcome.moved(State.TASKED, "dispatch"), 1, -1);
            // the move has woken what was there, and nobody sees it yet
            CompletableFuture.runAsync(() -> {
                        ledger.submission("prompt", claim, "answers");
                        before.set(ledger.leaseOne(Step.SUBMISSION));
                    })
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        });
        assertThat(before.get().loop().state()).isEqualTo(State.SELECTED);

        assertThat(ledger.dueWork.complete(List.of(new Completion(before.get(), waits()))))
                .containsExactly(Step.SUBMISSION);

        assertThat(ledger.leaseOne(Step.SUBMISSION).loop().state()).isEqualTo(State.TASKED);
    }

    private static Outcome waits() {
        return Outcome.later(Reason.CLAIM_NOT_TASKED, Duration.ofMinutes(15))
                .submission(SubmissionState.RECEIVED, null);
    }

    @Test
    void a_submission_whose_claim_is_not_known_waits_for_it() {
        UUID claim = UUID.randomUUID();
        ledger.submission("early", claim, "answers");
        Due due = ledger.leaseOne(Step.SUBMISSION);
        assertThat(due.loop()).isNull();
        assertThat(due.submission().claim()).isEqualTo(claim);
        ledger.complete(due, waits());

        ledger.inbox.record(List.of(Ledger.notice(claim)));
        ledger.move(claim, Outcome.moved(State.SELECTED, "check"));
        ledger.move(claim, Outcome.moved(State.TASKED, "dispatch"));

        assertThat(ledger.leaseOne(Step.SUBMISSION).loop().uuid()).isEqualTo(claim);
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"TASKED", "EXPIRED"})
    void a_submission_that_keeps_failing_parks_the_loop_that_waits_for_it(State state) {
        UUID claim = ledger.at(state);
        failsAlways(claim);
        assertThat(ledger.loop(claim).state()).isEqualTo(State.PARKED);
        assertThat(only(claim).state()).isEqualTo(SubmissionState.PARKED);
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"DELIVERED", "VALUED", "WITHDRAWN", "IN_REVIEW", "PARKED"})
    void a_submission_that_keeps_failing_disturbs_no_loop_that_does_not_wait_for_it(State state) {
        UUID claim = ledger.at(state);
        Loop before = ledger.loop(claim);
        failsAlways(claim);
        assertThat(ledger.loop(claim).state()).isEqualTo(state);
        assertThat(ledger.loop(claim).reason()).isEqualTo(before.reason());
        assertThat(only(claim).state()).isEqualTo(SubmissionState.PARKED);
        assertThat(only(claim).reason()).isEqualTo(Reason.UNEXPECTED);
    }

    private void failsAlways(UUID claim) {
        ledger.submission("report", claim, "answers");
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            ledger.complete(
                    ledger.leaseOne(Step.SUBMISSION), Outcome.failed(Reason.UNEXPECTED, "NullPointerException."));
            ledger.pausesPass();
        }
        assertThat(ledger.lease(Step.SUBMISSION)).isEmpty();
    }
}
