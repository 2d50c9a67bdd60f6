package io.claimloop.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.partner.PartnerException;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import io.claimloop.support.Works;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Claims read back in one request, and what the rules make of them. */
class EnrichmentAndRulesTest extends PartnersOnWire {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RoutesUnderTest routes;

    @BeforeEach
    void load() {
        routes = shared("eligibility-enrichment", "eligibility", "rule-checks", "openimis", "openimis-login");
    }

    @Test
    void twenty_claims_are_read_in_one_request_and_each_gets_its_own() throws IOException {
        Recorded recorded = Recorded.openimis("990");
        List<Due> batch = new ArrayList<>();
        recorded.answerJson()
                .path("data")
                .forEach(claim -> batch.add(Works.due(
                        Step.CHECK,
                        State.NOTICED,
                        UUID.fromString(claim.path("uuid").asText()))));
        assertThat(batch).hasSize(20);
        openimisAnswers(as(recorded));

        List<Due> read = read(batch);

        assertThat(read).hasSize(20).allSatisfy(due -> {
            assertThat(due.claimError()).isNull();
            assertThat(due.claim().path("uuid").asText())
                    .isEqualTo(due.loop().uuid().toString());
        });
        LoggedRequest sent = calls(OPENIMIS).stream()
                .filter(call -> call.getBodyAsString().contains("claim(uuid"))
                .findFirst()
                .orElseThrow();
        assertThat(calls(OPENIMIS)).as("claims, then policies and officers").hasSize(2);
        String query = JSON.readTree(sent.getBodyAsString()).path("query").asText();
        for (int i = 0; i < 20; i++) {
            assertThat(query)
                    .contains(
                            " c" + i + ": claim(uuid: \"" + batch.get(i).loop().spelling() + "\") { uuid code status");
        }
    }

    @Test
    void a_claim_that_openimis_does_not_know_is_told_under_its_alias_and_harms_no_other() {
        Recorded recorded = Recorded.openimis("994");
        openimisAnswers(json(200, recorded.answer().replace("\"x0\"", "\"c0\"").replace("\"x1\"", "\"c1\"")));
        List<Due> read = read(List.of(Works.due(Step.CHECK, State.NOTICED), Works.due(Step.CHECK, State.NOTICED)));

        assertThat(read.get(0).claimError()).isNull();
        assertThat(read.get(0).claim().path("code").asText()).isEqualTo("CID00001");
        assertThat(read.get(1).claimError()).isEqualTo(ClaimReader.ABSENT);
        Outcome outcome = (Outcome) routes.step("rule-checks", read.get(1));
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
        assertThat(outcome.reason()).isEqualTo(Reason.CLAIM_NOT_FOUND);
    }

    @Test
    void a_deleted_claim_still_answers_and_is_withdrawn() {
        Recorded recorded = Recorded.openimis("978");
        openimisAnswers(json(200, recorded.answer().replaceFirst("\"claim\"", "\"c0\"")));
        UUID uuid = UUID.fromString("0555e616-bfc6-4f40-bcf0-cf8afdb6ee0d");
        List<Due> read = read(List.of(Works.due(Step.CHECK, State.NOTICED, uuid)));

        Outcome outcome = (Outcome) routes.step("rule-checks", read.get(0));
        assertThat(outcome.to()).isEqualTo(State.WITHDRAWN);
        assertThat(outcome.reason()).isEqualTo(Reason.CLAIM_DELETED);
    }

    @Test
    void a_partial_answer_withdraws_nothing() {
        openimisAnswers(json(200, "{\"data\":{}}"));
        List<Due> read = read(List.of(Works.due(Step.CHECK, State.NOTICED), Works.due(Step.CHECK, State.NOTICED)));
        assertThat(read).allSatisfy(due -> {
            Outcome outcome = (Outcome) routes.step("rule-checks", due);
            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
            assertThat(outcome.to()).isNull();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "904, NO_ACCESS",
        "906, NO_ACCESS",
        "905, BUSY",
        "907, UNEXPECTED",
        "908, UNEXPECTED",
        "909, UNEXPECTED",
        "910, UNEXPECTED"
    })
    void a_reading_that_failed_as_a_whole_is_the_whole_batchs(String number, PartnerException.Kind kind) {
        openimisAnswers(as(Recorded.openimis(number)));
        Exchange read = routes.send("eligibility-enrichment", List.of(Works.due(Step.CHECK, State.NOTICED)), Map.of());
        assertThat(RoutesUnderTest.thrown(read, PartnerException.class)
                        .orElseThrow()
                        .kind())
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "4,  1,  SELECTED,     ",
        "8,  1,  SELECTED,     ",
        "4,  4,  SELECTED,     ",
        "16, 4,  SELECTED,     ",
        "2,  1,  WAITING,      ENTERED",
        "16, 1,  NOT_SELECTED, ALREADY_VALUED",
        "1,  1,  WITHDRAWN,    CLAIM_REJECTED",
        "4,  8,  WITHDRAWN,    ANSWERED_BY_SOMEBODY_ELSE",
        "4,  16, WITHDRAWN,    FEEDBACK_BYPASSED",
        "77, 1,  PARKED,       CLAIM_UNKNOWN_STATUS"
    })
    void the_submitted_ones_are_followed_up(int status, int feedbackStatus, State to, Reason reason)
            throws IOException {
        ObjectNode claim = claim();
        claim.put("status", status).put("feedbackStatus", feedbackStatus);
        Outcome outcome = check(claim);
        assertThat(outcome.to()).isEqualTo(to);
        assertThat(outcome.reason()).isEqualTo(reason);
        assertThat(outcome.facts().code()).isEqualTo("CHT201");
        assertThat(outcome.proof()).isNotBlank();
    }

    @Test
    void the_selected_ones_only_where_that_is_the_policy() throws IOException {
        try (RoutesUnderTest selecting =
                RoutesUnderTest.of(OPENIMIS, CHT, Map.of("claimloop.selection.policy", "selected"), "rule-checks")) {
            Due due = Works.due(Step.CHECK, State.NOTICED);
            Outcome idle =
                    (Outcome) selecting.step("rule-checks", Works.withClaim(due, claim().put("feedbackStatus", 1)));
            assertThat(idle.reason()).isEqualTo(Reason.FEEDBACK_NOT_REQUESTED);
            Outcome selected =
                    (Outcome) selecting.step("rule-checks", Works.withClaim(due, claim().put("feedbackStatus", 4)));
            assertThat(selected.to()).isEqualTo(State.SELECTED);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, NOT_SELECTED, DAY_FULL", "4, WAITING, WAITS_FOR_A_DAY"})
    void on_a_full_day_what_an_officer_selected_waits_and_others_are_not_selected(
            int feedbackStatus, State to, Reason reason) throws IOException {
        try (RoutesUnderTest limited =
                RoutesUnderTest.of(OPENIMIS, CHT, Map.of("claimloop.selection.per-day", "1"), "rule-checks")) {
            Due due = Works.withClaim(
                    Works.due(Step.CHECK, State.NOTICED), claim().put("feedbackStatus", feedbackStatus));
            Outcome full = (Outcome) limited.step("rule-checks", due);
            assertThat(full.to()).isEqualTo(to);
            assertThat(full.reason()).isEqualTo(reason);
            assertThat(full.after() != null).as("looked at again by itself").isEqualTo(to == State.WAITING);

            when(limited.places.ofDay(any(), any(), anyInt()))
                    .thenReturn(Set.of(due.loop().uuid()));
            assertThat(((Outcome) limited.step("rule-checks", due)).to()).isEqualTo(State.SELECTED);
        }
    }

    @Test
    void a_place_of_the_day_is_taken_last_only_by_a_claim_that_is_wanted_otherwise() throws IOException {
        try (RoutesUnderTest limited = RoutesUnderTest.of(
                OPENIMIS,
                CHT,
                Map.of("claimloop.selection.per-day", "1", "claimloop.selection.exclude.services", "A1"),
                "rule-checks")) {
            Outcome excluded = (Outcome)
                    limited.step("rule-checks", Works.withClaim(Works.due(Step.CHECK, State.NOTICED), claim()));
            assertThat(excluded.to()).isEqualTo(State.NOT_SELECTED);
            assertThat(excluded.reason()).isEqualTo(Reason.EXCLUDED);
            assertThat(excluded.detail()).isNull();
            assertThat(excluded.findings()).isEmpty();
            verifyNoInteractions(limited.places);
        }
    }

    @Test
    void the_same_visit_is_asked_about_once() throws IOException {
        Due due = Works.due(Step.CHECK, State.NOTICED);
        when(routes.loops.reserveVisits(any()))
                .thenReturn(Map.of(due.loop().uuid(), Works.loop(State.TASKED, UUID.randomUUID())));
        Outcome outcome = (Outcome) routes.step("rule-checks", Works.withClaim(due, claim()));
        assertThat(outcome.to()).isEqualTo(State.NOT_SELECTED);
        assertThat(outcome.reason()).isEqualTo(Reason.SAME_VISIT);
        assertThat(outcome.after())
                .as("the other one may end without an answer, and nobody tells")
                .isEqualTo(Duration.ofDays(1));
        assertThat(outcome.findings()).hasSize(1);
    }

    @Test
    void a_loop_that_is_past_the_check_stays_where_it_is() throws IOException {
        Outcome outcome =
                (Outcome) routes.step("rule-checks", Works.withClaim(Works.due(Step.CHECK, State.TASKED), claim()));
        assertThat(outcome).isEqualTo(Outcome.done());
    }

    private Outcome check(JsonNode claim) {
        return (Outcome) routes.step("rule-checks", Works.withClaim(Works.due(Step.CHECK, State.NOTICED), claim));
    }

    static ObjectNode claim() throws IOException {
        return (ObjectNode) JSON.readTree(java.nio.file.Path.of("mappings/claim-record/normal.in.json")
                        .toFile())
                .path("claim");
    }

    @SuppressWarnings("unchecked")
    private List<Due> read(List<Due> batch) {
        Exchange read = routes.send("eligibility-enrichment", batch);
        assertThat(read.getException()).isNull();
        return read.getMessage().getBody(List.class);
    }
}
