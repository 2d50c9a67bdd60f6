package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Eligibility;
import io.claimloop.ledger.Finding;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import io.claimloop.support.Works;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What is read beside the claims for the check: policies and enrolment officers. */
@ExtendWith(OutputCaptureExtension.class)
class EligibilityTest extends PartnersOnWire {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] FILES = {
        "eligibility-enrichment", "eligibility", "rule-checks", "openimis", "openimis-login"
    };

    private RoutesUnderTest routes;

    @BeforeEach
    void load() {
        routes = shared(FILES);
    }

    @Test
    void policy_and_officer_are_read_as_recorded_and_kept_without_a_persons_name() throws IOException {
        claimsAre(claim());
        eligibilityIs(
                recorded("985", "policiesByInsuree", "i0"), recorded("983", "substitutionEnrolmentOfficers", "v0"));

        Due read = read(1).get(0);

        assertThat(read.eligibility())
                .isEqualTo(new Eligibility(
                        true,
                        "7d41e2c9-5baf-42f3-8471-19adae089f33",
                        "BCUL0001",
                        "R1D1M1V1",
                        "VIHC001",
                        "E00005",
                        1,
                        List.of()));
        Outcome outcome = check(read);
        assertThat(outcome.to()).isEqualTo(State.SELECTED);
        assertThat(outcome.findings()).isEmpty();
        assertThat(JSON.writeValueAsString(outcome.facts().eligibility()))
                .doesNotContain("Macintyre", "070707070", "sri", "+255");
    }

    @Test
    void equal_insurees_and_villages_of_a_batch_are_asked_about_once_and_go_in_as_variables() throws IOException {
        ObjectNode odd = claim();
        String number = "07\") { edges } evil: \\ \n\u00e9";
        insuree(odd).put("chfId", number);
        claimsAre(claim(), claim(), odd);
        eligibilityIs(
                recorded("985", "policiesByInsuree", "i0"), recorded("983", "substitutionEnrolmentOfficers", "v0"));

        List<Due> read = read(3);

        assertThat(read.get(1).eligibility()).isEqualTo(read.get(0).eligibility());
        JsonNode sent = JSON.readTree(asked().get(0));
        assertThat(asked()).hasSize(1);
        assertThat(sent.path("variables").properties().stream().map(Map.Entry::getKey))
                .containsExactly("i0", "i1", "v0");
        assertThat(sent.at("/variables/i1").asText()).isEqualTo(number.strip());
        assertThat(sent.at("/variables/v0/0").asText()).isEqualTo("8ed4eb0d-61ae-4022-8b4c-3076a619f957");
        assertThat(sent.path("query").asText()).doesNotContain("evil", "070707070", "8ed4eb0d");
    }

    @Test
    void the_check_of_fifty_claims_of_fifty_insurees_costs_two_requests() throws IOException {
        ObjectNode[] claims = new ObjectNode[50];
        StringBuilder policies = new StringBuilder();
        for (int i = 0; i < claims.length; i++) {
            claims[i] = claim();
            insuree(claims[i]).put("chfId", "number-" + i);
            policies.append(i == 0 ? "" : ",")
                    .append("\"i")
                    .append(i)
                    .append("\":")
                    .append(policies(2, "2026-01-01", "2026-12-31"));
        }
        claimsAre(claims);
        eligibilityIs(policies.toString(), recorded("983", "substitutionEnrolmentOfficers", "v0"));

        assertThat(read(50)).allSatisfy(due -> {
            assertThat(due.eligibility().covered()).isTrue();
            assertThat(due.eligibility().officerId()).isEqualTo(1);
        });
        assertThat(calls(OPENIMIS)).hasSize(2);
    }

    @Test
    void only_the_check_asks() throws IOException {
        claimsAre(claim());
        Due read = read(List.of(Works.due(Step.WATCH, State.TASKED))).get(0);
        assertThat(read.eligibility()).isNull();
        assertThat(asked()).isEmpty();
    }

    @ParameterizedTest(name = "status {0} from {1} to {2} covers a visit of 20 to 22 November: {3}")
    @CsvSource({
        "2, 2026-11-20, 2026-11-22, true",
        "2, 2026-11-21, 2026-12-22, false",
        "2, 2026-01-01, 2026-11-21, false",
        "8, 2026-01-01, 2026-11-22, true",
        "1, 2026-01-01, 2027-01-01, false",
        "4, 2026-01-01, 2027-01-01, false",
        "2, , 2027-01-01, false"
    })
    void a_policy_covers_from_its_first_to_its_last_day(int status, String from, String to, boolean covered)
            throws IOException {
        claimsAre(claim().put("dateTo", "2026-11-22"));
        eligibilityIs("\"i0\":" + policies(status, from, to), "\"v0\":{\"edges\":[]}");
        Eligibility read = read(1).get(0).eligibility();
        assertThat(read.covered()).isEqualTo(covered);
        assertThat(read.product()).isEqualTo(covered ? "P1" : null);
        assertThat(read.officer()).isNull();
        assertThat(read.unread()).isEmpty();
    }

    @Test
    void of_a_submitted_claim_no_coverage_is_a_finding_only() throws IOException {
        claimsAre(claim());
        eligibilityIs("\"i0\":{\"edges\":[]}", "\"v0\":{\"edges\":[]}");
        Outcome outcome = check(read(1).get(0));
        assertThat(outcome.to()).isEqualTo(State.SELECTED);
        assertThat(outcome.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(21);
            assertThat(finding.rule()).isEqualTo("no-coverage");
        });
    }

    @Test
    void an_entered_claim_without_coverage_is_not_selected() throws IOException {
        try (RoutesUnderTest any =
                RoutesUnderTest.of(OPENIMIS, CHT, Map.of("claimloop.selection.policy", "any"), FILES)) {
            claimsAre(claim().put("status", 2));
            eligibilityIs("\"i0\":{\"edges\":[]}", "\"v0\":{\"edges\":[]}");
            Outcome uncovered =
                    (Outcome) any.step("rule-checks", read(any, due(1)).get(0));
            assertThat(uncovered.to()).isEqualTo(State.NOT_SELECTED);
            assertThat(uncovered.reason()).isEqualTo(Reason.INVALID_ENTRY);
            assertThat(uncovered.findings()).extracting(Finding::code).containsExactly(21);

            eligibilityIs("\"i0\":null", "\"v0\":{\"edges\":[]}");
            Outcome unknown =
                    (Outcome) any.step("rule-checks", read(any, due(1)).get(0));
            assertThat(unknown.to()).as("unknown is not uncovered").isEqualTo(State.SELECTED);
            assertThat(unknown.findings()).extracting(Finding::rule).containsExactly("coverage-unknown");
        }
    }

    @Test
    void without_the_right_claims_are_checked_all_the_same_and_it_is_said_once(CapturedOutput output)
            throws IOException {
        claimsAre(claim(), claim());
        answers(
                "policiesByInsuree",
                "{\"errors\":[{\"message\":\"unauthorized\",\"path\":[\"i0\"]},{\"message\":\"unauthorized\",\"path\":[\"v0\"]}],"
                        + "\"data\":{\"i0\":null,\"v0\":null}}",
                200);
        try (RoutesUnderTest fresh = RoutesUnderTest.of(OPENIMIS, CHT, FILES)) {
            read(fresh, due(2));
            Due read = read(fresh, due(2)).get(1);
            assertThat(read.eligibility().covered()).isNull();
            assertThat(read.eligibility().unread()).containsExactly("policies", "officers");
            Outcome outcome = (Outcome) fresh.step("rule-checks", read);
            assertThat(outcome.to()).isEqualTo(State.SELECTED);
            assertThat(outcome.findings())
                    .extracting(Finding::rule)
                    .containsExactly("coverage-unknown", "officer-unknown");
        }
        assertThat(output.getOut().split("does not show ClaimLoop's account policies", -1))
                .hasSize(2);
        assertThat(output.getOut().split("does not show ClaimLoop's account enrolment officers", -1))
                .hasSize(2);
    }

    @Test
    void one_insuree_that_openimis_fails_on_harms_no_other() throws IOException {
        ObjectNode bad = claim();
        insuree(bad).put("chfId", "POISON");
        claimsAre(claim(), bad, claim(), claim());
        eligibilityIs(
                recorded("985", "policiesByInsuree", "i0"), recorded("983", "substitutionEnrolmentOfficers", "v0"));
        OPENIMIS.stubFor(post(urlEqualTo(GRAPHQL))
                .atPriority(1)
                .withRequestBody(containing("POISON"))
                .willReturn(json(500, "<h1>Server Error (500)</h1>")));

        List<Due> read = read(4);

        assertThat(read).extracting(due -> due.eligibility().covered()).containsExactly(true, null, true, true);
        assertThat(read.get(1).eligibility().unread()).containsExactly("policies", "officers");
        assertThat(check(read.get(1)).to()).isEqualTo(State.SELECTED);
    }

    private static ObjectNode claim() throws IOException {
        return EnrichmentAndRulesTest.claim();
    }

    private static ObjectNode insuree(ObjectNode claim) {
        return (ObjectNode) claim.path("insuree");
    }

    private static void claimsAre(ObjectNode... claims) {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode data = body.putObject("data");
        for (int i = 0; i < claims.length; i++) {
            data.set("c" + i, claims[i]);
        }
        answers("claim(uuid", body.toString(), 200);
    }

    /** A recorded answer's content under our alias. */
    private static String recorded(String number, String field, String alias) {
        return "\"" + alias + "\":"
                + Recorded.openimis(number).answerJson().path("data").path(field);
    }

    private static void eligibilityIs(String policies, String officers) {
        answers("policiesByInsuree", "{\"data\":{" + policies + "," + officers + "}}", 200);
    }

    private static void answers(String question, String answer, int status) {
        OPENIMIS.stubFor(post(urlEqualTo(GRAPHQL))
                .atPriority(5)
                .withRequestBody(containing(question))
                .willReturn(json(status, answer)));
    }

    private static String policies(int status, String from, String to) {
        ObjectNode node = JSON.createObjectNode()
                .put("policyUuid", "p")
                .put("productCode", "P1")
                .put("effectiveDate", from)
                .put("expiryDate", to)
                .put("status", status);
        ObjectNode connection = JSON.createObjectNode();
        connection.putArray("edges").addObject().set("node", node);
        return connection.toString();
    }

    private static List<String> asked() {
        return calls(OPENIMIS).stream()
                .map(call -> call.getBodyAsString())
                .filter(body -> body.contains("policiesByInsuree"))
                .toList();
    }

    private static List<Due> due(int claims) {
        List<Due> batch = new ArrayList<>();
        for (int i = 0; i < claims; i++) {
            batch.add(Works.due(Step.CHECK, State.NOTICED));
        }
        return batch;
    }

    private List<Due> read(int claims) {
        return read(due(claims));
    }

    private List<Due> read(List<Due> batch) {
        return read(routes, batch);
    }

    @SuppressWarnings("unchecked")
    private static List<Due> read(RoutesUnderTest routes, List<Due> batch) {
        Exchange read = routes.send("eligibility-enrichment", batch);
        assertThat(read.getException()).isNull();
        return read.getMessage().getBody(List.class);
    }

    private Outcome check(Due due) {
        return (Outcome) routes.step("rule-checks", due);
    }
}
