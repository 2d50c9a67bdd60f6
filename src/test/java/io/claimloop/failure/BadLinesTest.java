package io.claimloop.failure;

import static io.claimloop.failure.ChaosWorld.CHT;
import static io.claimloop.failure.ChaosWorld.CHT_LINE;
import static io.claimloop.failure.ChaosWorld.OPENIMIS;
import static io.claimloop.failure.ChaosWorld.OPENIMIS_LINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import io.claimloop.ledger.State;
import io.claimloop.partner.PartnerGate;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.support.Journey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

/** What a bad line to a partner does, and what it must not do. Rows 1, 2, 8, 19 and 59 of {@code docs/failures.md}. */
@ChaosTest
class BadLinesTest {
    /** CHT gives up after ten seconds and holds up its other pushes meanwhile. */
    private static final Duration PROMPT = Duration.ofSeconds(5);

    private static final Duration RECOVERY = Duration.ofSeconds(90);

    @Autowired
    private Journey journey;

    @Autowired
    private ProducerTemplate camel;

    @Autowired
    @Qualifier("openimis")
    private PartnerGate openimis;

    @AfterEach
    void heal() {
        ChaosWorld.heal();
    }

    @Test
    void while_openimis_is_away_notices_are_taken_and_then_all_go_on_by_themselves() {
        OPENIMIS_LINE.cut();
        List<Claim> claims = claims(10);
        claims.forEach(claim -> assertThat(notice(claim)).isEqualTo(200));
        await().atMost(RECOVERY).untilAsserted(() -> {
            Journey.Response health = journey.get("/actuator/health");
            assertThat(health.status()).isEqualTo(200);
            assertThat(health.json().path("status").asText()).isEqualTo("DEGRADED");
        });
        OPENIMIS_LINE.heal();
        claims.forEach(claim -> reaches(claim, State.TASKED));
        claims.forEach(claim -> assertThat(CHT.records(claim.uuid())).hasSize(1));
    }

    @Test
    void while_openimis_never_answers_the_edges_are_prompt_and_submissions_go_on() {
        List<Claim> tasked = claims(3);
        tasked.forEach(journey::notice);
        tasked.forEach(claim -> reaches(claim, State.TASKED));
        OPENIMIS_LINE.silence();
        List<Claim> claims = claims(10);
        for (Claim claim : claims) {
            Instant asked = Instant.now();
            assertThat(notice(claim)).isEqualTo(200);
            assertThat(Duration.between(asked, Instant.now())).isLessThan(PROMPT);
        }
        tasked.forEach(claim -> CHT.submit(claim.uuid(), Answer.content()));
        tasked.forEach(claim -> reaches(claim, State.ANSWERED));
        OPENIMIS_LINE.heal();
        claims.forEach(claim -> reaches(claim, State.TASKED));
        tasked.forEach(claim -> reaches(claim, State.DELIVERED));
        tasked.forEach(claim -> assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1));
    }

    @Test
    void while_cht_is_away_claims_wait_in_the_order_in_which_they_came_and_then_all_get_their_task() {
        CHT_LINE.cut();
        List<Claim> claims = claims(30);
        claims.forEach(journey::notice);
        claims.forEach(claim -> reaches(claim, State.SELECTED));
        CHT_LINE.heal();
        claims.forEach(claim -> reaches(claim, State.TASKED));
        claims.forEach(claim -> assertThat(CHT.records(claim.uuid())).hasSize(1));
    }

    @Test
    void an_answer_that_breaks_off_after_its_effect_leads_to_a_look_and_never_to_a_second_effect() {
        CHT_LINE.halfAnswers(1, "POST /medic/_bulk_docs");
        OPENIMIS_LINE.halfAnswers(1, "deliverClaimFeedback");
        Claim claim = journey.claim();
        journey.notice(claim);
        reaches(claim, State.TASKED);
        CHT.submit(claim.uuid(), Answer.content());
        reaches(claim, State.DELIVERED);
        assertThat(CHT_LINE.halvesLeft() + OPENIMIS_LINE.halvesLeft())
                .as("answers that were to be cut")
                .isZero();
        assertThat(CHT.records(claim.uuid())).hasSize(1);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
    }

    @Test
    void a_line_that_resets_whatever_is_open_delays_and_doubles_nothing() {
        List<Claim> claims = claims(10);
        claims.forEach(journey::notice);
        for (int i = 0; i < 10; i++) {
            OPENIMIS_LINE.reset();
            CHT_LINE.reset();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        claims.forEach(claim -> reaches(claim, State.TASKED));
        claims.forEach(claim -> assertThat(CHT.records(claim.uuid())).hasSize(1));
    }

    @Test
    void an_empty_list_of_openimis_withdraws_nothing_and_no_task() {
        List<Claim> claims = claims(20);
        claims.forEach(journey::notice);
        claims.forEach(claim -> reaches(claim, State.TASKED));
        StubMapping empty = OPENIMIS.wireMock()
                .stubFor(WireMock.post("/api/graphql")
                        .withRequestBody(WireMock.containing("pageInfo"))
                        .atPriority(1)
                        .willReturn(WireMock.okJson("{\"data\":{\"claims\":{\"totalCount\":0,\"pageInfo\":"
                                + "{\"hasNextPage\":false,\"endCursor\":null},\"edges\":[]}}}")));
        try {
            // the newest first: they close a breaker that is half open, under which nothing is swept
            for (int i = 0; i < 3; i++) {
                look("direct:reconcile-head", () -> openimis.permits() > 0);
            }
            for (int i = 0; i < 3; i++) {
                look("direct:reconcile-claims", openimis::spare);
            }
            assertThat(OPENIMIS.wireMock()
                            .countRequestsMatching(WireMock.postRequestedFor(WireMock.urlEqualTo("/api/graphql"))
                                    .withRequestBody(WireMock.containing("pageInfo"))
                                    .build())
                            .getCount())
                    .isGreaterThanOrEqualTo(6);
        } finally {
            OPENIMIS.wireMock().removeStub(empty);
        }
        assertThat(claims)
                .allSatisfy(
                        claim -> assertThat(journey.find(claim.uuid()).state()).isEqualTo(State.TASKED));
        assertThat(claims).allSatisfy(claim -> assertThat(
                        CHT.records(claim.uuid()).get(0).at("/fields/status").asText())
                .isNotEqualTo("withdrawn"));
    }

    /** Where the claims before it left no call of the limit over, a look asks nothing and goes on later. */
    private void look(String route, Callable<Boolean> mayAsk) {
        await("calls for " + route).atMost(RECOVERY).until(mayAsk);
        camel.requestBody(route, (Object) null);
    }

    private List<Claim> claims(int n) {
        return Stream.generate(journey::claim).limit(n).toList();
    }

    private int notice(Claim claim) {
        return journey.notice(OPENIMIS.notificationOf(claim)).status();
    }

    private void reaches(Claim claim, State state) {
        await("claim " + claim.code() + " at " + state)
                .atMost(RECOVERY)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> journey.find(claim.uuid()), found -> found != null && found.state() == state);
    }
}
