package io.claimloop;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.claimloop.support.OwnWorld.OWN_CHT;
import static io.claimloop.support.OwnWorld.OWN_OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.support.OwnWorld.OwnWorldTest;
import io.claimloop.support.Recorded;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Under the policy {@code selected} an officer selects claims for feedback, and openIMIS tells nobody. */
@OwnWorldTest
class SelectedForFeedbackTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final AtomicInteger DAYS = new AtomicInteger(240);

    @Autowired
    private Loops loops;

    @Autowired
    private ProducerTemplate camel;

    @Test
    void a_claim_that_is_selected_without_a_word_is_found_and_its_loop_closes() {
        Claim claim = submitted("SEL1");
        Claim other = submitted("SEL2");

        OWN_OPENIMIS.selectForFeedback(claim);
        reaches(claim, State.TASKED);
        OWN_CHT.submit(claim.uuid(), Answer.content());
        reaches(claim, State.DELIVERED);

        assertThat(loops.find(UUID.fromString(other.uuid())))
                .as("one that nobody selected is no loop")
                .isEmpty();
    }

    @Test
    void a_selection_that_is_taken_back_while_the_task_is_open_withdraws_it() {
        Claim claim = OWN_OPENIMIS.selectForFeedback(submitted("SEL3"));
        reaches(claim, State.TASKED);

        OWN_OPENIMIS.skipFeedback(claim);

        reaches(claim, State.WITHDRAWN);
        assertThat(loops.find(UUID.fromString(claim.uuid())).orElseThrow().reason())
                .isEqualTo(Reason.FEEDBACK_NOT_REQUESTED);
        await().atMost(SOON).untilAsserted(() -> assertThat(OWN_CHT.records(claim.uuid())
                        .get(0)
                        .at("/fields/status")
                        .asText())
                .isEqualTo("withdrawn"));
    }

    /** GraphQL's list fails as a whole; the first feedback request fails every page that holds it (as recording 446). */
    @Test
    void where_graphqls_list_fails_the_feedback_requests_of_fhir_are_the_other_way() {
        List<StubMapping> faults = new ArrayList<>();
        faults.add(OWN_OPENIMIS
                .wireMock()
                .stubFor(post("/api/graphql")
                        .withRequestBody(containing("claims("))
                        .atPriority(1)
                        .willReturn(answer("215"))));
        try {
            OWN_OPENIMIS.selectForFeedback(submitted("SEL4"));
            Claim claim = OWN_OPENIMIS.selectForFeedback(submitted("SEL5"));
            for (String size : List.of("100", "10", "1")) {
                faults.add(OWN_OPENIMIS
                        .wireMock()
                        .stubFor(get(urlPathEqualTo("/api/api_fhir_r4/CommunicationRequest/"))
                                .withQueryParam("_count", equalTo(size))
                                .withQueryParam("page-offset", equalTo("1"))
                                .atPriority(1)
                                .willReturn(answer("446"))));
            }

            camel.sendBody("direct:reconcile-feedback-requests", null);

            reaches(claim, State.TASKED);
        } finally {
            faults.forEach(OWN_OPENIMIS.wireMock()::removeStub);
        }
    }

    private static com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder answer(String recording) {
        Recorded recorded = Recorded.openimis(recording);
        return aResponse()
                .withStatus(recorded.status())
                .withHeader("Content-Type", recorded.contentType())
                .withBody(recorded.answer());
    }

    private static Claim submitted(String code) {
        LocalDate day = LocalDate.now().minusDays(DAYS.incrementAndGet());
        return OWN_OPENIMIS.submit(OWN_OPENIMIS.enter(code, "070707070", day, day));
    }

    private void reaches(Claim claim, State state) {
        await(claim.code() + " at " + state).atMost(SOON).until(() -> loops.find(UUID.fromString(claim.uuid()))
                .map(loop -> loop.state() == state)
                .orElse(false));
    }
}
