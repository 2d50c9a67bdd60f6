package io.claimloop;

import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.WireMock;
import io.claimloop.cht.RecordId;
import io.claimloop.ledger.Finding;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Insuree;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Which claims become tasks. What openIMIS shows decides, never what a notice said. */
@ClaimLoopTest
class SelectionTest {
    @Autowired
    private Journey journey;

    @Autowired
    private Loops loops;

    @Test
    void a_claim_that_openimis_does_not_know_never_becomes_a_task() {
        String uuid = UUID.randomUUID().toString();
        String forged = Journey.file("notifications", "claimresponse.json")
                .replace("2aa4b4f5-2429-4321-95bd-aec5e323369e", uuid)
                .replace("CHT083", "FORGED1");
        assertThat(journey.notice(forged).status()).isEqualTo(200);

        await().atMost(Duration.ofSeconds(20)).until(() -> loops.pending(UUID.fromString(uuid)).stream()
                .anyMatch(work -> work.reason() == Reason.CLAIM_NOT_FOUND && work.attempts() >= 2));
        assertThat(journey.find(uuid).state()).isEqualTo(State.NOTICED);
        assertThat(CHT.records(uuid)).isEmpty();
    }

    @Test
    void a_deleted_claim_is_withdrawn() {
        withdrawn(OPENIMIS.delete(journey.claim()), Reason.CLAIM_DELETED);
    }

    @Test
    void a_rejected_claim_is_withdrawn() {
        withdrawn(OPENIMIS.reject(journey.claim()), Reason.CLAIM_REJECTED);
    }

    @Test
    void a_claim_whose_feedback_was_bypassed_is_withdrawn() {
        Claim claim = OPENIMIS.selectForFeedback(journey.claim());
        withdrawn(OPENIMIS.bypassFeedback(claim), Reason.FEEDBACK_BYPASSED);
    }

    @Test
    void a_claim_that_somebody_else_gave_feedback_on_is_withdrawn() {
        Claim claim = OPENIMIS.selectForFeedback(journey.claim());
        OPENIMIS.deliverFeedback(claim, true, false, true, true, 4);
        withdrawn(claim, Reason.ANSWERED_BY_SOMEBODY_ELSE);
    }

    @Test
    void an_entered_claim_waits_and_is_taken_up_once_it_is_submitted() {
        Claim claim = journey.entered(journey.person());
        journey.notice(claim);
        assertThat(journey.reaches(claim, State.WAITING).reason()).isEqualTo(Reason.ENTERED);
        assertThat(CHT.records(claim.uuid())).isEmpty();

        OPENIMIS.submit(claim);
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);
    }

    @Test
    void an_entered_claim_is_taken_up_when_the_operator_orders_it() {
        Claim claim = journey.entered(journey.person());
        journey.notice(claim);
        journey.reaches(claim, State.WAITING);

        OPENIMIS.submit(claim);
        assertThat(journey.order("/api/loops/" + claim.uuid() + "/retry").status())
                .isEqualTo(200);
        journey.reaches(claim, State.TASKED);
    }

    @Test
    void the_same_visit_is_asked_about_once_and_the_finding_names_the_other_claim() {
        Insuree person = journey.person();
        LocalDate day = journey.day();
        Claim first = OPENIMIS.submit(OPENIMIS.enter("VISIT1", person.chfId(), day, day));
        journey.notice(first);
        journey.reaches(first, State.TASKED);
        Claim second = OPENIMIS.submit(OPENIMIS.enter("VISIT2", person.chfId(), day, day));
        journey.notice(second);

        assertThat(journey.reaches(second, State.NOT_SELECTED).reason()).isEqualTo(Reason.SAME_VISIT);
        assertThat(loops.findings(UUID.fromString(second.uuid())))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.rule()).isEqualTo("same-visit");
                    assertThat(finding.detail()).contains("VISIT1", first.uuid());
                });
        assertThat(CHT.records(second.uuid())).isEmpty();
    }

    @Test
    void the_second_claim_of_a_visit_is_taken_up_when_the_first_is_withdrawn() {
        Insuree person = journey.stranger("Nowhere", "Visit");
        LocalDate day = journey.day();
        Claim first = OPENIMIS.submit(OPENIMIS.enter("VISIT3", person.chfId(), day, day));
        journey.notice(first);
        journey.reaches(first, State.NEEDS_IDENTITY);
        Claim second = OPENIMIS.submit(OPENIMIS.enter("VISIT4", person.chfId(), day, day));
        journey.notice(second);
        journey.reaches(second, State.NOT_SELECTED);

        assertThat(journey.order("/api/loops/" + first.uuid() + "/withdraw").status())
                .isEqualTo(200);
        journey.reaches(first, State.WITHDRAWN);
        journey.notice(second);
        journey.reaches(second, State.NEEDS_IDENTITY);
    }

    @Test
    void a_claim_that_breaks_an_entry_rule_is_not_selected_and_has_openimis_code() {
        Insuree person = journey.person();
        LocalDate day = journey.day();
        Claim claim = OPENIMIS.submit(OPENIMIS.enter("ENTRY1", person.chfId(), day, day));
        // openIMIS itself would have rejected it on submission: so it is shown in a way that its rules prevent
        String query = "claim(uuid: \\\"" + claim.uuid();
        OPENIMIS.wireMock()
                .stubFor(WireMock.post(WireMock.urlEqualTo("/api/graphql"))
                        .withRequestBody(WireMock.containing(query))
                        .willReturn(WireMock.okJson("{\"data\":{\"c0\":{\"uuid\":\"" + claim.uuid()
                                + "\",\"code\":\"ENTRY1\",\"status\":4,\"feedbackStatus\":1,\"dateFrom\":\"" + day
                                + "\",\"dateTo\":\"" + day.minusDays(3) + "\",\"dateClaimed\":\"" + day.minusDays(1)
                                + "\",\"insuree\":{\"uuid\":\"" + person.uuid()
                                + "\"},\"icd\":null,\"icd1\":null,\"icd2\":null,\"icd3\":null,\"icd4\":null,"
                                + "\"items\":[],\"services\":[]}}}")));
        journey.notice(claim);

        assertThat(journey.reaches(claim, State.NOT_SELECTED).reason()).isEqualTo(Reason.INVALID_ENTRY);
        assertThat(loops.findings(UUID.fromString(claim.uuid())))
                .extracting(Finding::rule, Finding::code)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("visit-end", 9),
                        org.assertj.core.groups.Tuple.tuple("date-claimed", 9),
                        org.assertj.core.groups.Tuple.tuple("insuree", 7),
                        org.assertj.core.groups.Tuple.tuple("lines", 1),
                        org.assertj.core.groups.Tuple.tuple("facility", null));
        assertThat(CHT.records(claim.uuid())).isEmpty();
    }

    @Test
    void a_claim_whose_uuid_openimis_spells_in_upper_case_travels_under_that_spelling() {
        String spelling = UUID.randomUUID().toString().toUpperCase(Locale.ROOT);
        String key = spelling.toLowerCase(Locale.ROOT);
        LocalDate day = journey.day();
        Insuree person = journey.person();
        Claim claim = OPENIMIS.submit(OPENIMIS.enter(spelling, "UPPER1", person.chfId(), day, day));
        journey.notice(claim);

        Loop loop = journey.reaches(spelling, State.TASKED);
        assertThat(loop.uuid()).hasToString(key);
        assertThat(loop.spelling()).isEqualTo(spelling);
        assertThat(loop.recordId()).isEqualTo(RecordId.of(UUID.fromString(key), RecordId.FEEDBACK));
        assertThat(CHT.records(key)).hasSize(1);
        CHT.submit(key, Answer.content());

        journey.reaches(spelling, State.DELIVERED);
        assertThat(OPENIMIS.deliveries(spelling)).isEqualTo(1);
        assertThat(journey.get("/api/loops/" + spelling).json().path("uuid").asText())
                .isEqualTo(key);
    }

    @Test
    void sensitive_care_is_not_taken_up_and_nothing_tells_which() {
        Claim claim = OPENIMIS.diagnose(journey.claim(), "A000", "B349", "Z72.5");
        journey.notice(claim);

        assertThat(journey.reaches(claim, State.NOT_SELECTED).reason()).isEqualTo(Reason.EXCLUDED);
        assertThat(CHT.records(claim.uuid())).isEmpty();
        assertThat(journey.trace(claim).toString()).doesNotContain("Z72", "B349", "A000");
    }

    @Test
    void a_claim_that_is_edited_to_sensitive_care_while_its_task_is_open_takes_the_task_back() {
        Claim claim = journey.tasked();
        OPENIMIS.diagnose(claim, "Z720");
        journey.notice(claim);

        assertThat(journey.reaches(claim, State.WITHDRAWN).reason()).isEqualTo(Reason.EXCLUDED);
        await().atMost(Duration.ofSeconds(20)).until(() -> "withdrawn"
                .equals(CHT.records(claim.uuid())
                        .get(0)
                        .path("fields")
                        .path("status")
                        .asText()));
    }

    @Test
    void a_trace_tells_coverage_village_and_officer_and_no_person() {
        Claim claim = journey.tasked();
        JsonNode eligibility = journey.trace(claim).path("eligibility");
        assertThat(eligibility.path("covered").asBoolean()).isTrue();
        assertThat(eligibility.path("product").asText()).isEqualTo("BCUL0001");
        assertThat(eligibility.path("village").asText()).isEqualTo("R1D1M1V1");
        assertThat(eligibility.path("facility").asText()).isNotBlank();
        assertThat(eligibility.path("officer").asText()).isEqualTo("E00005");
        assertThat(eligibility.path("officerId").asInt()).isEqualTo(1);
        assertThat(eligibility.toString())
                .doesNotContain(claim.insuree().chfId(), claim.insuree().lastName());
    }

    private void withdrawn(Claim claim, Reason reason) {
        journey.notice(claim);
        assertThat(journey.reaches(claim, State.WITHDRAWN).reason()).isEqualTo(reason);
        assertThat(CHT.records(claim.uuid())).isEmpty();
    }
}
