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
import io.claimloop.ledger.State;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.support.ClaimLoopTest;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.LocalDate;
import java.util.UUID;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** openIMIS says nothing in these tests: only the sweep finds what happened. */
@ClaimLoopTest
class ReconciliationTest {
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
        // and then the push comes after all
        await().atMost(Duration.ofSeconds(20))
                .until(() -> loops.submissions(UUID.fromString(claim.uuid())).size() == 2);
        camel.sendBody("direct:reconcile-submissions", null);

        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(loops.find(UUID.fromString(claim.uuid())).orElseThrow().state())
                .isEqualTo(State.DELIVERED);
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
