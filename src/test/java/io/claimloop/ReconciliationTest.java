package io.claimloop;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Push;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Recorded;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.LocalDate;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;

/** openIMIS says nothing in these tests: only the sweep finds what happened. */
@ClaimLoopTest
class ReconciliationTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    enum Ending {
        REJECTED(OPENIMIS::reject, Reason.CLAIM_REJECTED),
        BYPASSED(OPENIMIS::bypassFeedback, Reason.FEEDBACK_BYPASSED),
        ANSWERED(
                claim -> {
                    OPENIMIS.deliverFeedback(claim, true, false, false, false, 3);
                    return claim;
                },
                Reason.ANSWERED_BY_SOMEBODY_ELSE);

        private final UnaryOperator<Claim> happens;
        private final Reason reason;

        Ending(UnaryOperator<Claim> happens, Reason reason) {
            this.happens = happens;
            this.reason = reason;
        }
    }

    @Autowired
    private Loops loops;

    @Autowired
    private ProducerTemplate camel;

    @Autowired
    private MeterRegistry meters;

    @Test
    void a_claim_that_was_never_pushed_is_found_and_its_loop_closes() {
        double before = meters.counter("claimloop.reconciliation.gap").count();
        Claim claim = OPENIMIS.submit(enter("SWEEP1", 200));

        sweep();
        reaches(claim, State.TASKED);
        CHT.submit(claim.uuid(), Answer.content());
        reaches(claim, State.DELIVERED);

        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(meters.counter("claimloop.reconciliation.gap").count()).isGreaterThan(before);
    }

    @Test
    void a_claim_entered_on_monday_and_submitted_on_friday_is_found_on_friday() {
        Claim claim = enter("SWEEP2", 201);
        sweep();
        reaches(claim, State.WAITING);

        OPENIMIS.submit(claim);
        sweep();

        reaches(claim, State.TASKED);
    }

    @Test
    void a_claim_that_is_rejected_without_a_word_loses_its_task() {
        Claim claim = OPENIMIS.submit(enter("SWEEP3", 202));
        sweep();
        reaches(claim, State.TASKED);

        OPENIMIS.reject(claim);
        sweep();

        reaches(claim, State.WITHDRAWN);
    }

    @Test
    void a_sweep_that_fails_halfway_goes_on_later_and_ends_no_loop() {
        Claim claim = OPENIMIS.submit(enter("SWEEP4", 203));
        StubMapping away = OPENIMIS.wireMock()
                .stubFor(post("/api/graphql")
                        .withRequestBody(containing("dateClaimed_Gte"))
                        .atPriority(1)
                        .willReturn(aResponse().withStatus(503)));
        try {
            assertThatThrownBy(this::sweep).isInstanceOf(CamelExecutionException.class);
        } finally {
            OPENIMIS.wireMock().removeStub(away);
        }
        sweep();
        reaches(claim, State.TASKED);
        sweep();
        assertThat(loops.find(UUID.fromString(claim.uuid())).orElseThrow().state())
                .isEqualTo(State.TASKED);
    }

    @Test
    void a_new_claim_is_found_by_a_look_at_the_newest() {
        newest();
        Claim claim = OPENIMIS.submit(enter("SWEEP6", 205));

        newest();

        reaches(claim, State.TASKED);
    }

    @ParameterizedTest
    @EnumSource
    void what_ends_a_claim_in_openimis_without_a_word_ends_its_task(Ending ending) {
        Claim claim = OPENIMIS.submit(enter("SWEEP7-" + ending, 210 + ending.ordinal()));
        sweep();
        reaches(claim, State.TASKED);

        ending.happens.apply(claim);
        sweep();

        reaches(claim, State.WITHDRAWN);
        assertThat(loops.find(UUID.fromString(claim.uuid())).orElseThrow().reason())
                .isEqualTo(ending.reason);
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        CHT.records(claim.uuid()).get(0).at("/fields/status").asText())
                .isEqualTo("withdrawn"));
    }

    /** openIMIS's lists lose a deleted claim, and so says nothing of it; only the claim itself tells (978, 979). */
    @Test
    void a_claim_that_is_deleted_without_a_word_is_withdrawn_when_its_task_is_watched_and_not_before() {
        Claim claim = OPENIMIS.submit(enter("SWEEP8", 220));
        sweep();
        reaches(claim, State.TASKED);

        OPENIMIS.delete(claim);
        sweep();
        assertThat(loops.find(UUID.fromString(claim.uuid())).orElseThrow().state())
                .isEqualTo(State.TASKED);
        // as when claimloop.steps.watch is over
        loops.retry(UUID.fromString(claim.uuid()), "test");

        reaches(claim, State.WITHDRAWN);
    }

    @Test
    void a_claim_that_changes_without_a_word_changes_its_record() {
        Claim claim = OPENIMIS.submit(enter("SWEEP9", 221));
        sweep();
        reaches(claim, State.TASKED);

        OPENIMIS.selectForFeedback(claim);
        sweep();

        await().atMost(SOON).untilAsserted(() -> assertThat(
                        CHT.records(claim.uuid()).get(0).at("/fields/priority").asText())
                .isEqualTo("high"));
        reaches(claim, State.TASKED);
    }

    /** What is missing from a list never ends a loop, nor does a list with nothing on it. */
    @Test
    void an_empty_list_ends_no_loop() {
        Claim claim = OPENIMIS.submit(enter("SWEEP10", 222));
        sweep();
        reaches(claim, State.TASKED);
        int history = loops.history(UUID.fromString(claim.uuid())).size();

        whileTheListAnswers("916", "first: ", () -> {
            sweep();
            newest();
        });

        assertThat(loops.history(UUID.fromString(claim.uuid()))).hasSize(history);
    }

    @Test
    void a_page_that_fails_as_a_whole_is_read_in_smaller_ones() {
        Claim claim = OPENIMIS.submit(enter("SWEEP11", 223));

        whileTheListAnswers("215", "first: 100", this::sweep);

        reaches(claim, State.TASKED);
    }

    @Test
    void an_edited_report_whose_second_push_was_lost_is_found() {
        camel.sendBody("direct:reconcile-submissions", null);
        Claim claim = OPENIMIS.submit(enter("SWEEP12", 224));
        OPENIMIS.sendNotification(claim);
        reaches(claim, State.TASKED);
        // assessment is missing: the loop is parked, and the CHW corrects the report
        String report = CHT.submit(claim.uuid(), Answer.content().with("assessment", ""));
        reaches(claim, State.PARKED);
        camel.sendBody("direct:reconcile-submissions", null);
        assertThat(loops.submissions(UUID.fromString(claim.uuid())))
                .as("what was pushed is no news")
                .hasSize(1);

        CHT.pauseSentinel();
        try {
            CHT.edit(report, Answer.content());
            camel.sendBody("direct:reconcile-submissions", null);
            reaches(claim, State.DELIVERED);
        } finally {
            CHT.resumeSentinel();
        }
    }

    @Test
    void a_report_that_cht_never_pushed_is_found_once_and_its_answers_are_delivered() {
        camel.sendBody("direct:reconcile-submissions", null);
        Claim claim = OPENIMIS.submit(enter("SWEEP5", 204));
        OPENIMIS.sendNotification(claim);
        reaches(claim, State.TASKED);

        CHT.pauseSentinel();
        try {
            CHT.submit(claim.uuid(), Answer.content());
            camel.sendBody("direct:reconcile-submissions", null);
            reaches(claim, State.DELIVERED);
        } finally {
            CHT.resumeSentinel();
        }
        // and then the push comes after all: it says the same, so it is no second submission
        await().atMost(Duration.ofSeconds(20)).until(() -> CHT.pushes().stream()
                .anyMatch(push -> push.claimUuid().equals(claim.uuid()) && push.verdict() == Push.Verdict.DELIVERED));
        assertThat(loops.submissions(UUID.fromString(claim.uuid()))).hasSize(1);
        camel.sendBody("direct:reconcile-submissions", null);

        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(loops.find(UUID.fromString(claim.uuid())).orElseThrow().state())
                .isEqualTo(State.DELIVERED);
    }

    @Test
    void a_report_that_cannot_be_mapped_parks_its_loop_and_holds_up_no_later_one() {
        camel.sendBody("direct:reconcile-submissions", null);
        Claim strange = OPENIMIS.submit(enter("SWEEP13", 225));
        Claim usual = OPENIMIS.submit(enter("SWEEP14", 226));
        OPENIMIS.sendNotification(strange);
        OPENIMIS.sendNotification(usual);
        reaches(strange, State.TASKED);
        reaches(usual, State.TASKED);

        CHT.pauseSentinel();
        try {
            CHT.submit(strange.uuid(), Answer.content().withField("lines", "none"));
            CHT.submit(usual.uuid(), Answer.content());
            camel.sendBody("direct:reconcile-submissions", null);
            reaches(usual, State.DELIVERED);
            reaches(strange, State.PARKED);
        } finally {
            CHT.resumeSentinel();
        }
    }

    private void newest() {
        camel.sendBody("direct:reconcile-head", null);
    }

    private static void whileTheListAnswers(String recording, String page, Runnable meanwhile) {
        Recorded recorded = Recorded.openimis(recording);
        StubMapping instead = OPENIMIS.wireMock()
                .stubFor(post("/api/graphql")
                        .withRequestBody(containing("dateClaimed_Gte"))
                        .withRequestBody(containing(page))
                        .atPriority(1)
                        .willReturn(aResponse()
                                .withStatus(recorded.status())
                                .withHeader("Content-Type", recorded.contentType())
                                .withBody(recorded.answer())));
        try {
            meanwhile.run();
        } finally {
            OPENIMIS.wireMock().removeStub(instead);
        }
    }

    private void sweep() {
        camel.sendBody("direct:reconcile-claims", null);
    }

    private static Claim enter(String code, int daysAgo) {
        LocalDate visit = LocalDate.now().minusDays(daysAgo);
        return OPENIMIS.enter(code, "070707070", visit, visit);
    }

    private void reaches(Claim claim, State state) {
        await().atMost(Duration.ofSeconds(20)).until(() -> loops.find(UUID.fromString(claim.uuid()))
                .map(loop -> loop.state() == state)
                .orElse(false));
    }
}
