package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches of what comes in: what comes several times in one is kept once and counted. */
class InboxTest extends LedgerTest {

    /** They count rows. */
    @Override
    @BeforeEach
    void empty() {
        ledger.empty();
    }

    @ParameterizedTest
    @CsvSource({"1", "100"})
    void a_batch_of_any_size_costs_three_statements(int size) {
        long before = ledger.asked.statements.get();
        ledger.inbox.record(IntStream.range(0, size)
                .mapToObj(i -> Ledger.notice(UUID.randomUUID()))
                .toList());
        assertThat(ledger.asked.statements.get() - before).as("notices").isEqualTo(3);

        before = ledger.asked.statements.get();
        ledger.inbox.receive(IntStream.range(0, size)
                .mapToObj(i -> submission("report " + i, UUID.randomUUID(), "answers"))
                .toList());
        assertThat(ledger.asked.statements.get() - before).as("submissions").isEqualTo(3);

        assertThat(ledger.count("loop")).isEqualTo(size);
        assertThat(ledger.lease(Step.CHECK)).hasSize(size);
        assertThat(ledger.lease(Step.SUBMISSION)).hasSize(size);
    }

    @Test
    void nothing_costs_nothing() {
        long before = ledger.asked.statements.get();
        ledger.inbox.record(List.of());
        ledger.inbox.receive(List.of());
        assertThat(ledger.asked.statements.get()).isEqualTo(before);
    }

    @Test
    void notices_of_one_claim_in_a_batch_open_one_loop_and_are_counted() {
        UUID claim = UUID.randomUUID();
        String upper = claim.toString().toUpperCase(Locale.ROOT);
        ledger.inbox.record(List.of(
                new ClaimNotice(claim, claim.toString(), "C-1", Ledger.bytes("a")),
                new ClaimNotice(claim, claim.toString(), "C-1", Ledger.bytes("a")),
                new ClaimNotice(claim, upper, null, Ledger.bytes("b"))));

        assertThat(ledger.jdbc.queryForList("select times from message order by times", Integer.class))
                .containsExactly(1, 2);
        assertThat(ledger.jdbc.queryForObject("select notices from loop", Integer.class))
                .isEqualTo(1 + 3);
        assertThat(ledger.loop(claim).spelling()).as("the latest").isEqualTo(upper);
        assertThat(ledger.loop(claim).code()).isEqualTo("C-1");
        assertThat(ledger.loops.history(claim)).hasSize(1);
        assertThat(ledger.steps(claim)).containsExactly(Step.CHECK);

        ledger.inbox.record(List.of(Ledger.notice(claim, "c"), Ledger.notice(claim, "d")));
        assertThat(ledger.jdbc.queryForObject("select notices from loop", Integer.class))
                .isEqualTo(1 + 3 + 2);
        assertThat(ledger.loops.history(claim)).hasSize(1);
    }

    @Test
    void a_report_that_comes_twice_in_a_batch_is_one_submission() {
        UUID claim = ledger.at(State.TASKED);
        ledger.inbox.receive(List.of(submission("report", claim, "answers"), submission("report", claim, "answers")));

        assertThat(ledger.jdbc.queryForObject("select times from message where kind = 'SUBMISSION'", Integer.class))
                .isEqualTo(2);
        assertThat(ledger.leaseOne(Step.SUBMISSION).submission().body()).isEqualTo(Ledger.bytes("answers"));
    }

    @Test
    void an_edit_that_is_taken_back_in_the_batch_that_brings_it_counts_anew() {
        UUID claim = ledger.at(State.TASKED);
        ledger.submission("report", claim, "answers");
        kept(claim);

        ledger.inbox.receive(List.of(submission("report", claim, "edited"), submission("report", claim, "answers")));

        assertThat(ledger.loops.submissions(claim))
                .extracting(Submission::state)
                .containsExactly(SubmissionState.RECEIVED, SubmissionState.RECEIVED);
        assertThat(ledger.lease(Step.SUBMISSION)).hasSize(2);
    }

    @Test
    void what_came_before_its_edit_does_not_count_anew() {
        UUID claim = ledger.at(State.TASKED);
        ledger.submission("report", claim, "answers");
        kept(claim);

        ledger.inbox.receive(List.of(submission("report", claim, "answers"), submission("report", claim, "edited")));

        assertThat(ledger.loops.submissions(claim))
                .extracting(Submission::state)
                .containsExactly(SubmissionState.KEPT, SubmissionState.RECEIVED);
        assertThat(ledger.leaseOne(Step.SUBMISSION).submission().body()).isEqualTo(Ledger.bytes("edited"));
    }

    private void kept(UUID claim) {
        ledger.complete(ledger.leaseOne(Step.SUBMISSION), Outcome.done().submission(SubmissionState.KEPT, null));
        assertThat(ledger.loops.submissions(claim))
                .extracting(Submission::state)
                .containsExactly(SubmissionState.KEPT);
    }

    @Test
    void a_submission_that_names_no_claim_comes_with_others() {
        UUID claim = ledger.at(State.TASKED);
        ledger.inbox.receive(List.of(submission("one", null, "rubbish"), submission("two", claim, "answers")));
        assertThat(ledger.lease(Step.SUBMISSION))
                .extracting(due -> due.submission().claim())
                .containsExactlyInAnyOrder(null, claim);
    }

    private static ReceivedSubmission submission(String report, UUID claim, String body) {
        return new ReceivedSubmission(report, claim, Ledger.bytes(body));
    }
}
