package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.partner.PartnerException;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Works;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** openIMIS fails on a whole batch because of one claim in it. */
class BadClaimTest extends PartnersOnWire {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] FILES = {
        "eligibility-enrichment", "eligibility", "rule-checks", "openimis", "openimis-login"
    };

    private RoutesUnderTest routes;

    @BeforeEach
    void load() {
        routes = shared(FILES);
    }

    enum Failure {
        PAGE(json(500, "<h1>Server Error (500)</h1>")),
        NO_DATA(json(200, "{\"errors\":[{\"message\":\"boom\"}],\"data\":null}")),
        NOT_JSON(json(200, "Traceback"));

        private final ResponseDefinitionBuilder answer;

        Failure(ResponseDefinitionBuilder answer) {
            this.answer = answer;
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_bad_claim_of_a_batch_stands_alone_and_the_others_are_read(Failure failure) {
        List<Due> batch = batch(Step.WATCH, 50);
        anyNumberOfClaims();
        failsOn(batch.get(36), failure.answer);

        List<Due> read = read(batch);

        assertThat(read)
                .extracting(Due::id)
                .containsExactlyElementsOf(batch.stream().map(Due::id).toList());
        assertThat(read.stream().filter(due -> due.claimError() != null))
                .extracting(Due::id, Due::claimError)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(batch.get(36).id(), ClaimReader.UNREADABLE));
        assertThat(calls(OPENIMIS)).hasSizeLessThanOrEqualTo(13);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void more_than_one_bad_claim_is_found(int bad) {
        List<Due> batch = batch(Step.DELIVER, 50);
        anyNumberOfClaims();
        for (int i = 0; i < bad; i++) {
            failsOn(batch.get(i * 17), Failure.PAGE.answer);
        }
        assertThat(read(batch).stream().filter(due -> due.claimError() != null)).hasSize(bad);
    }

    @Test
    void the_bad_claim_alone_gets_a_failed_attempt() {
        List<Due> batch = batch(Step.CHECK, 3);
        anyNumberOfClaims();
        failsOn(batch.get(2), Failure.PAGE.answer);

        List<Outcome> outcomes = read(batch).stream()
                .map(due -> (Outcome) routes.step("rule-checks", due))
                .toList();

        assertThat(outcomes.get(2).kind()).isEqualTo(Outcome.Kind.FAILED);
        assertThat(outcomes.get(2).reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(outcomes.subList(0, 2))
                .allSatisfy(outcome -> assertThat(outcome.kind()).isEqualTo(Outcome.Kind.DONE));
    }

    @Test
    void where_openimis_fails_on_everything_the_search_ends_soon() {
        openimisAnswers(json(500, "<h1>Server Error (500)</h1>"));
        List<Due> read = read(batch(Step.CHECK, 50));
        assertThat(read).hasSize(50).allSatisfy(due -> assertThat(due.claimError())
                .isEqualTo(ClaimReader.UNREADABLE));
        assertThat(calls(OPENIMIS)).hasSizeLessThanOrEqualTo(41);
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void a_partner_that_is_away_is_not_asked_for_halves(int status) {
        openimisAnswers(json(status, ""));
        Exchange read = routes.send("eligibility-enrichment", batch(Step.CHECK, 4), Map.of());
        assertThat(RoutesUnderTest.thrown(read, PartnerException.class)
                        .orElseThrow()
                        .kind())
                .isEqualTo(PartnerException.Kind.AWAY);
        assertThat(calls(OPENIMIS)).hasSize(1);
    }

    @Test
    void a_partner_that_goes_away_in_the_middle_ends_the_search_for_the_whole_batch() {
        List<Due> batch = batch(Step.CHECK, 4);
        anyNumberOfClaims();
        failsOn(batch.get(0), Failure.PAGE.answer);
        OPENIMIS.stubFor(post(urlEqualTo(GRAPHQL))
                .atPriority(1)
                .withRequestBody(containing(
                        "{ c0: claim(uuid: \\\"" + batch.get(2).loop().spelling()))
                .willReturn(json(503, "")));
        Exchange read = routes.send("eligibility-enrichment", batch, Map.of());
        assertThat(RoutesUnderTest.thrown(read, PartnerException.class)
                        .orElseThrow()
                        .kind())
                .isEqualTo(PartnerException.Kind.AWAY);
    }

    @Test
    void a_release_without_further_diagnoses_breaks_no_loop_but_selects_nothing_while_they_are_excluded()
            throws Exception {
        ObjectNode claim = EnrichmentAndRulesTest.claim();
        claim.putObject("icd").put("code", "A000");
        OPENIMIS.stubFor(post(urlEqualTo(GRAPHQL))
                .atPriority(5)
                .withRequestBody(containing("claim(uuid"))
                .willReturn(json(200, "{\"data\":{\"c0\":" + claim + "}}")));
        OPENIMIS.stubFor(post(urlEqualTo(GRAPHQL))
                .atPriority(1)
                .withRequestBody(containing("icd1"))
                .willReturn(json(400, unknownFields())));
        try (RoutesUnderTest excluding =
                RoutesUnderTest.of(OPENIMIS, CHT, Map.of("claimloop.selection.exclude.diagnoses", "B20"), FILES)) {
            Exchange first = excluding.send("eligibility-enrichment", batch(Step.CHECK, 1), Map.of());
            assertThat(RoutesUnderTest.thrown(first, PartnerException.class)
                            .orElseThrow()
                            .kind())
                    .as("no attempt is used")
                    .isEqualTo(PartnerException.Kind.BUSY);

            Exchange second = excluding.send("eligibility-enrichment", batch(Step.CHECK, 1), Map.of());
            Due read = (Due) second.getMessage().getBody(List.class).get(0);
            assertThat(read.claim().at("/icd/code").asText()).isEqualTo("A000");
            Outcome outcome = (Outcome) excluding.step("rule-checks", read);
            assertThat(outcome.to()).isEqualTo(State.NOT_SELECTED);
            assertThat(outcome.reason()).isEqualTo(Reason.EXCLUSION_UNREADABLE);
        }
    }

    @Test
    void diagnoses_are_asked_for_only_where_some_are_excluded() {
        anyNumberOfClaims();
        read(batch(Step.WATCH, 1));
        assertThat(calls(OPENIMIS).get(0).getBodyAsString()).doesNotContain("icd");
    }

    private static String unknownFields() {
        return "{\"errors\":["
                + String.join(
                        ",",
                        IntStream.rangeClosed(1, 4)
                                .mapToObj(i -> "{\"message\":\"Cannot query field \\\"icd" + i
                                        + "\\\" on type \\\"ClaimGQLType\\\".\"}")
                                .toList())
                + "]}";
    }

    private static void failsOn(Due due, ResponseDefinitionBuilder answer) {
        OPENIMIS.stubFor(post(urlEqualTo(GRAPHQL))
                .atPriority(2)
                .withRequestBody(containing(due.loop().spelling()))
                .willReturn(answer));
    }

    /** Every alias up to fifty has a claim. */
    private static StubMapping anyNumberOfClaims() {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode data = body.putObject("data");
        for (int i = 0; i < 50; i++) {
            data.putObject("c" + i).put("uuid", "u").put("code", "C").put("status", 1);
        }
        return OPENIMIS.stubFor(post(urlEqualTo(GRAPHQL)).atPriority(5).willReturn(json(200, body.toString())));
    }

    private static List<Due> batch(Step step, int claims) {
        return IntStream.range(0, claims)
                .mapToObj(i -> Works.due(step, step == Step.CHECK ? State.NOTICED : State.TASKED, UUID.randomUUID()))
                .toList();
    }

    @SuppressWarnings("unchecked")
    private List<Due> read(List<Due> batch) {
        Exchange read = routes.send("eligibility-enrichment", batch);
        assertThat(read.getException()).isNull();
        return read.getMessage().getBody(List.class);
    }
}
