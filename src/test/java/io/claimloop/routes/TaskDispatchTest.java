package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.put;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.claimloop.cht.RecordId;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import io.claimloop.support.Works;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a selected claim to a claim record in CHT, and what becomes of it there. */
class TaskDispatchTest extends PartnersOnWire {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SEARCH = "/api/v1/contact/uuid?freetext=insurance_number%3A070707070&type=person";
    private static final String PERSON = "/api/v1/contact/" + Works.PATIENT + "?with_lineage=true";
    private static final String HOUSEHOLD = "07a5d9a1f5e53858129c31b041001ab4";
    private static final String HEALTH_CENTRE = "07a5d9a1f5e53858129c31b04100101f";
    private static final String DISTRICT = "07a5d9a1f5e53858129c31b041000380";
    private static final String CHW = "07a5d9a1f5e53858129c31b041001714";
    private static final UUID CLAIM = UUID.fromString("9ace1602-a99b-4c40-a167-66b6be838a45");
    private static final String RECORD = "/medic/" + RecordId.of(CLAIM, RecordId.FEEDBACK);

    private RoutesUnderTest routes;
    private ObjectNode claim;

    @BeforeEach
    void load() throws IOException {
        routes = RoutesUnderTest.of(
                OPENIMIS, CHT, "task-dispatch", "claim-record", "record-watch", "claim-watch", "cht");
        claim = EnrichmentAndRulesTest.claim();
        ((ObjectNode) claim.path("insuree"))
                .put("lastName", "Patient")
                .put("otherNames", "Rita")
                .put("dob", "1984-05-02")
                .set("gender", JSON.createObjectNode().put("code", "F"));
        answers(SEARCH, Recorded.cht("211"));
        answers(PERSON, Recorded.cht("252"));
        holder(HOUSEHOLD, "[]");
        holder(HEALTH_CENTRE, "[" + user("chw", false) + "]");
        holder(DISTRICT, "[]");
    }

    @AfterEach
    void close() {
        routes.close();
    }

    @Test
    void a_record_is_written_where_cht_lacks_it_and_read_back() throws IOException {
        CHT.stubFor(get(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("348"))));
        CHT.stubFor(put(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("331"))));
        Outcome missing = dispatch();
        assertThat(missing.kind()).as("written, but not there when read back").isEqualTo(Outcome.Kind.FAILED);

        LoggedRequest written = calls(CHT).stream()
                .filter(call -> "PUT".equals(call.getMethod().value()))
                .findFirst()
                .orElseThrow();
        JsonNode record = JSON.readTree(written.getBodyAsString());
        assertThat(record.path("_id").asText()).isEqualTo(RECORD.substring("/medic/".length()));
        assertThat(record.has("_rev")).isFalse();
        assertThat(record.at("/fields/claim_uuid").asText()).isEqualTo(CLAIM.toString());
        assertThat(record.at("/fields/claim_code").asText()).isEqualTo("CHT201");
        assertThat(written.getHeader("Content-Type")).isEqualTo("application/json");

        CHT.resetRequests();
        stored(record, "1-abc");
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isEqualTo(State.TASKED);
        assertThat(outcome.facts().patient()).isEqualTo(Works.PATIENT);
        assertThat(outcome.facts().chw()).isEqualTo(CHW);
        assertThat(outcome.facts().recordRev()).isEqualTo("1-abc");
        assertThat(outcome.facts().recordId()).isEqualTo(RecordId.of(CLAIM, RecordId.FEEDBACK));
        assertThat(calls(CHT)).as("the same content is not written again").noneMatch(call -> "PUT"
                .equals(call.getMethod().value()));
    }

    @Test
    void a_record_with_older_content_is_written_over_its_revision() throws IOException {
        JsonNode older = JSON.readTree("{\"fields\":{\"claim_uuid\":\"" + CLAIM + "\",\"claim_code\":\"OLD\"}}");
        stored(older, "4-old");
        CHT.stubFor(put(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("331"))));
        dispatch();
        LoggedRequest written = calls(CHT).stream()
                .filter(call -> "PUT".equals(call.getMethod().value()))
                .findFirst()
                .orElseThrow();
        assertThat(JSON.readTree(written.getBodyAsString()).path("_rev").asText())
                .isEqualTo("4-old");
    }

    @Test
    void a_document_of_somebody_else_under_the_records_id_is_left_alone() throws IOException {
        stored(JSON.readTree("{\"fields\":{\"claim_uuid\":\"" + UUID.randomUUID() + "\"}}"), "1-x");
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isEqualTo(State.PARKED);
        assertThat(outcome.reason()).isEqualTo(Reason.RECORD_DIFFERS);
    }

    @Test
    void over_the_limit_of_the_chws_week_nothing_is_written_and_no_attempt_is_used() throws IOException {
        limitedTo(Map.of("claimloop.selection.per-chw-per-week", "2"));
        CHT.stubFor(get(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("348"))));
        Outcome full = dispatch();
        assertThat(full.kind()).isEqualTo(Outcome.Kind.LATER);
        assertThat(full.reason()).isEqualTo(Reason.CHW_WEEK_FULL);
        assertThat(full.after())
                .isPositive()
                .isLessThanOrEqualTo(Duration.ofDays(7).plusHours(1));
        assertThat(calls(CHT)).noneMatch(call -> "PUT".equals(call.getMethod().value()));
        verify(routes.places).ofWeek(eq(CHW), any(), eq(CLAIM), eq(2));
    }

    @Test
    void a_record_that_is_open_already_needs_no_place_and_a_withdrawn_one_does() throws IOException {
        limitedTo(Map.of("claimloop.selection.per-chw-per-week", "2"));
        CHT.stubFor(put(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("331"))));
        stored(JSON.readTree("{\"fields\":{\"claim_uuid\":\"" + CLAIM + "\",\"status\":\"open\"}}"), "2-open");
        assertThat(dispatch().reason()).isNotEqualTo(Reason.CHW_WEEK_FULL);
        verifyNoInteractions(routes.places);

        stored(JSON.readTree("{\"fields\":{\"claim_uuid\":\"" + CLAIM + "\",\"status\":\"withdrawn\"}}"), "3-gone");
        assertThat(dispatch().reason()).isEqualTo(Reason.CHW_WEEK_FULL);
    }

    @Test
    void a_changed_claim_of_an_open_task_needs_no_place() throws IOException {
        limitedTo(Map.of("claimloop.selection.per-chw-per-week", "2"));
        CHT.stubFor(get(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("348"))));
        CHT.stubFor(put(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("331"))));
        routes.step("watch-claim", Works.withClaim(Works.due(Step.WATCH, State.TASKED, CLAIM), claim));
        assertThat(calls(CHT)).anyMatch(call -> "PUT".equals(call.getMethod().value()));
        verifyNoInteractions(routes.places);
    }

    @ParameterizedTest
    @CsvSource({
        "claimloop.selection.max-visit-age, 1d, VISIT_TOO_OLD",
        "claimloop.selection.exclude.services, A1, EXCLUDED",
        "claimloop.selection.exclude.diagnoses, B20, EXCLUDED"
    })
    void what_may_not_be_asked_about_any_more_is_withdrawn_before_its_task(String name, String value, Reason reason) {
        limitedTo(Map.of(name, value));
        claim.put("dateFrom", "2020-01-01").put("dateTo", "2020-01-02");
        diagnoses("A000", "B201");
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isEqualTo(State.WITHDRAWN);
        assertThat(outcome.reason()).isEqualTo(reason);
        assertThat(outcome.detail()).isNull();
        assertThat(calls(CHT)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"TASKED, B20, WITHDRAWN", "EXPIRED, B20, WITHDRAWN", "TASKED, C50,", "EXPIRED, C50,"})
    void a_claim_that_is_edited_to_an_excluded_one_takes_its_task_back(State state, String prefix, State to) {
        limitedTo(Map.of("claimloop.selection.exclude.diagnoses", prefix));
        diagnoses("A000", "B201");
        Outcome outcome =
                (Outcome) routes.step("watch-claim", Works.withClaim(Works.due(Step.WATCH, state, CLAIM), claim));
        assertThat(outcome.to()).isEqualTo(to);
        assertThat(outcome.reason() == Reason.EXCLUDED).isEqualTo(to != null);
    }

    @Test
    void no_diagnosis_gets_into_the_mapping() {
        limitedTo(Map.of("claimloop.selection.exclude.diagnoses", "B20"));
        diagnoses("A000", "Z720");
        CHT.stubFor(get(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("348"))));
        CHT.stubFor(put(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("331"))));
        dispatch();
        assertThat(calls(CHT)).anyMatch(call -> "PUT".equals(call.getMethod().value()));
        assertThat(calls(CHT))
                .noneMatch(call -> call.getBodyAsString().contains("A000")
                        || call.getBodyAsString().contains("Z720"));
    }

    private void limitedTo(Map<String, String> settings) {
        routes.close();
        routes = RoutesUnderTest.of(
                OPENIMIS, CHT, settings, "task-dispatch", "claim-record", "record-watch", "claim-watch", "cht");
    }

    /** All five, as openIMIS shows them. */
    private void diagnoses(String main, String last) {
        claim.putObject("icd").put("code", main);
        claim.putNull("icd1").putNull("icd2").putNull("icd3");
        claim.putObject("icd4").put("code", last);
    }

    @Test
    void a_conflict_is_looked_at_again_without_using_an_attempt() {
        CHT.stubFor(get(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("348"))));
        CHT.stubFor(put(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("335"))));
        assertThat(dispatch().kind()).isEqualTo(Outcome.Kind.LATER);
    }

    @ParameterizedTest
    @CsvSource({"341, NO_ACCESS", "340, UNEXPECTED"})
    void a_write_that_cht_refuses_makes_no_task(String number, Reason reason) {
        CHT.stubFor(get(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("348"))));
        CHT.stubFor(put(urlEqualTo(RECORD)).willReturn(as(Recorded.cht(number))));
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isNotEqualTo(State.TASKED);
        assertThat(outcome.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"212, PATIENT_NOT_IN_CHT, true", "213, SEVERAL_PATIENTS, false"})
    void a_patient_who_is_not_surely_found_needs_an_identity(String number, Reason reason, boolean lookedUpAgain) {
        answers(SEARCH, Recorded.cht(number));
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isEqualTo(State.NEEDS_IDENTITY);
        assertThat(outcome.reason()).isEqualTo(reason);
        assertThat(outcome.after() != null).isEqualTo(lookedUpAgain);
        assertThat(calls(CHT)).hasSize(1);
    }

    @Test
    void another_person_with_this_number_is_not_the_patient() {
        ((ObjectNode) claim.path("insuree")).put("otherNames", "Joseph").put("dob", "1967-05-05");
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isEqualTo(State.NEEDS_IDENTITY);
        assertThat(outcome.reason()).isEqualTo(Reason.PATIENT_DISAGREES);
        assertThat(calls(CHT)).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"date_of_death, PATIENT_DECEASED", "muted, PATIENT_MUTED"})
    void nobody_is_sent_to_the_dead_and_the_muted(String field, Reason reason) {
        ObjectNode person = Recorded.cht("252").answerJson().deepCopy();
        person.put(field, "2026-11-01");
        CHT.stubFor(get(urlEqualTo(PERSON)).willReturn(json(200, person.toString())));
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isEqualTo(State.PARKED);
        assertThat(outcome.reason()).isEqualTo(reason);
    }

    @Test
    void where_no_active_chw_holds_a_place_a_person_is_asked_and_a_retry_looks_anew() throws IOException {
        CHT.stubFor(get(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("348"))));
        CHT.stubFor(put(urlEqualTo(RECORD)).willReturn(as(Recorded.cht("331"))));
        holder(HEALTH_CENTRE, "[" + user("chw", true) + "," + user("supervisor", false) + "]");
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isEqualTo(State.PARKED);
        assertThat(outcome.reason()).isEqualTo(Reason.NO_CHW);
        assertThat(calls(CHT)).noneMatch(call -> "PUT".equals(call.getMethod().value()));

        holder(HEALTH_CENTRE, "[" + user("chw", false) + "]");
        dispatch();
        assertThat(calls(CHT)).anyMatch(call -> "PUT".equals(call.getMethod().value()));
    }

    @Test
    void an_answer_without_a_list_of_users_is_not_taken_for_nobody() {
        holder(HOUSEHOLD, "{\"code\":500}");
        assertThat(dispatch().reason()).isEqualTo(Reason.UNEXPECTED);
    }

    @Test
    void an_error_while_looking_for_the_chw_ends_the_step() {
        CHT.stubFor(get(urlPathEqualTo("/api/v2/users")).willReturn(json(503, "")));
        Outcome outcome = dispatch();
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
        assertThat(outcome.reason()).isEqualTo(Reason.PARTNER_AWAY);
        assertThat(calls(CHT)).noneMatch(call -> call.getUrl().startsWith("/medic/"));
    }

    @Test
    void what_openimis_has_ended_since_the_check_gets_no_task() {
        claim.put("status", 1);
        assertThat(dispatch().to()).isEqualTo(State.WITHDRAWN);
        claim.put("status", 4).put("validityTo", "2026-11-22");
        assertThat(dispatch().reason()).isEqualTo(Reason.CLAIM_DELETED);
        assertThat(calls(CHT)).isEmpty();
    }

    @Test
    void a_number_that_cht_cannot_search_is_not_searched() {
        ((ObjectNode) claim.path("insuree")).put("chfId", "a\"b1");
        assertThat(dispatch().reason()).isEqualTo(Reason.INSUREE_UNKNOWN);
        assertThat(calls(CHT)).isEmpty();
    }

    @Test
    void a_record_that_sentinel_has_passed_is_done() {
        Outcome outcome = lookAgain(Recorded.cht("333"), 1);
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.DONE);
        assertThat(outcome.to()).isNull();
        assertThat(outcome.facts().recordRev()).startsWith("2-");
    }

    @Test
    void a_record_in_which_sentinel_found_an_error_parks_the_loop() {
        Outcome outcome = lookAgain(Recorded.cht("343"), 1);
        assertThat(outcome.to()).isEqualTo(State.PARKED);
        assertThat(outcome.reason()).isEqualTo(Reason.RECORD_REFUSED);
        assertThat(outcome.detail()).startsWith("Error ").doesNotContain("00000");
    }

    @Test
    void a_record_that_sentinel_has_not_handled_is_looked_at_later_without_using_an_attempt() {
        Outcome outcome = lookAgain(Recorded.cht("332"), 1);
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.LATER);
        assertThat(outcome.reason()).isEqualTo(Reason.SENTINEL_BEHIND);
    }

    @Test
    void a_record_that_is_gone_parks_the_loop() {
        assertThat(lookAgain(Recorded.cht("348"), 1).reason()).isEqualTo(Reason.RECORD_REFUSED);
    }

    @Test
    void a_window_that_is_over_ends_the_task_and_nothing_else() {
        assertThat(((Outcome) routes.step("expire", Works.due(Step.EXPIRE, State.TASKED))).to())
                .isEqualTo(State.EXPIRED);
        assertThat(routes.step("expire", Works.due(Step.EXPIRE, State.ANSWERED)))
                .isEqualTo(Outcome.done());
    }

    @Test
    void a_task_that_is_over_is_retracted_by_the_status_of_its_record() throws IOException {
        Outcome outcome = retract(Recorded.cht("331"));
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.DONE);
        LoggedRequest written = calls(CHT).get(1);
        JsonNode expected = Recorded.cht("333").answerJson();
        ((ObjectNode) expected.path("fields")).put("status", "withdrawn");
        assertThat(JSON.readTree(written.getBodyAsString())).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"335, LATER", "340, FAILED", "341, FAILED"})
    void a_retraction_that_cht_does_not_take_is_tried_for_ever_only_on_a_conflict(String number, Outcome.Kind kind) {
        assertThat(retract(Recorded.cht(number)).kind()).isEqualTo(kind);
    }

    private Outcome retract(Recorded answer) {
        Due due = Works.due(Step.RETRACT, State.WITHDRAWN);
        String record = "/medic/" + due.loop().recordId();
        answers(record, Recorded.cht("333"));
        CHT.stubFor(put(urlEqualTo(record)).willReturn(as(answer)));
        return (Outcome) routes.step("retract-task", due);
    }

    private Outcome dispatch() {
        return (Outcome)
                routes.step("task-dispatch", Works.withClaim(Works.due(Step.DISPATCH, State.SELECTED, CLAIM), claim));
    }

    private Outcome lookAgain(Recorded recorded, int attempts) {
        chtAnswers(as(recorded));
        return (Outcome)
                routes.step("look-again", Works.withAttempts(Works.due(Step.LOOK_AGAIN, State.TASKED), attempts));
    }

    /** CHT holds this record, in the revision as told. */
    private static void stored(JsonNode record, String revision) {
        ObjectNode doc = record.deepCopy();
        doc.put("_rev", revision);
        CHT.stubFor(get(urlEqualTo(RECORD))
                .inScenario("record " + revision)
                .whenScenarioStateIs(Scenario.STARTED)
                .willReturn(json(200, doc.toString())));
    }

    private static void answers(String url, Recorded recorded) {
        CHT.stubFor(get(urlEqualTo(url)).willReturn(as(recorded)));
    }

    private static void holder(String place, String users) {
        CHT.stubFor(get(urlEqualTo("/api/v2/users?facility_id=" + place)).willReturn(json(200, users)));
    }

    private static String user(String role, boolean inactive) {
        return "{\"id\":\"org.couchdb.user:x\",\"username\":\"x\",\"roles\":[\"" + role + "\"],\"inactive\":" + inactive
                + ",\"contact\":{\"_id\":\"" + CHW + "\"}}";
    }
}
