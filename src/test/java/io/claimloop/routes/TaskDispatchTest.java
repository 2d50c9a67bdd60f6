package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
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
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
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
    private static final String HOUSEHOLD = "07a5d9a1f5e53858129c31b041001ab4";
    private static final String HEALTH_CENTRE = "07a5d9a1f5e53858129c31b04100101f";
    private static final String DISTRICT = "07a5d9a1f5e53858129c31b041000380";
    private static final String CHW = "07a5d9a1f5e53858129c31b041001714";
    private static final UUID CLAIM = UUID.fromString("9ace1602-a99b-4c40-a167-66b6be838a45");
    private static final String RECORD = RecordId.of(CLAIM, RecordId.FEEDBACK).toString();
    private static final String ALL_DOCS = "/medic/_all_docs?include_docs=true";
    private static final String BULK_DOCS = "/medic/_bulk_docs";

    private static final String[] FILES = {
        "task-dispatch", "patients", "claim-record", "record-watch", "claim-watch", "cht"
    };

    private RoutesUnderTest routes;
    private ObjectNode claim;
    private ObjectNode person;
    private ObjectNode household;

    @BeforeEach
    void load() throws IOException {
        routes = RoutesUnderTest.of(OPENIMIS, CHT, FILES);
        claim = EnrichmentAndRulesTest.claim();
        ((ObjectNode) claim.path("insuree"))
                .put("lastName", "Patient")
                .put("otherNames", "Rita")
                .put("dob", "1984-05-02")
                .set("gender", JSON.createObjectNode().put("code", "F"));
        answers(SEARCH, Recorded.cht("211"));
        person = Recorded.cht("274").answerJson().at("/rows/0/doc").deepCopy();
        household = JSON.createObjectNode().put("_id", HOUSEHOLD);
        knows(missing(RECORD));
        taken();
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
        Outcome missing = dispatch();
        assertThat(missing.kind()).as("written, but not there when read back").isEqualTo(Outcome.Kind.FAILED);

        LoggedRequest written =
                calls(CHT).stream().filter(TaskDispatchTest::wrote).findFirst().orElseThrow();
        JsonNode record = JSON.readTree(written.getBodyAsString()).at("/docs/0");
        assertThat(record.path("_id").asText()).isEqualTo(RECORD);
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
        assertThat(calls(CHT)).as("the same content is not written again").noneMatch(TaskDispatchTest::wrote);
    }

    @Test
    void a_record_with_older_content_is_written_over_its_revision() throws IOException {
        JsonNode older = JSON.readTree("{\"fields\":{\"claim_uuid\":\"" + CLAIM + "\",\"claim_code\":\"OLD\"}}");
        stored(older, "4-old");
        dispatch();
        LoggedRequest written =
                calls(CHT).stream().filter(TaskDispatchTest::wrote).findFirst().orElseThrow();
        assertThat(JSON.readTree(written.getBodyAsString()).at("/docs/0/_rev").asText())
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
    void a_record_that_was_deleted_is_written_anew() throws IOException {
        knows(deleted(RECORD));
        dispatch();
        LoggedRequest written =
                calls(CHT).stream().filter(TaskDispatchTest::wrote).findFirst().orElseThrow();
        // CouchDB takes a deleted id again without a revision (recording 609)
        assertThat(JSON.readTree(written.getBodyAsString()).at("/docs/0").has("_rev"))
                .isFalse();
    }

    @Test
    void a_person_who_is_gone_since_the_search_is_looked_for_again() {
        allDocs(Works.PATIENT, 2, deleted(Works.PATIENT), missing(RECORD));
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isEqualTo(State.NEEDS_IDENTITY);
        assertThat(outcome.reason()).isEqualTo(Reason.PATIENT_NOT_IN_CHT);
        assertThat(outcome.after()).isPositive();
    }

    @Test
    void an_answer_that_leaves_documents_out_is_not_taken_for_missing_ones() {
        allDocs(Works.PATIENT, 2, row(Works.PATIENT, person));
        assertThat(dispatch().reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(calls(CHT)).noneMatch(TaskDispatchTest::wrote);

        allDocs(Works.due(Step.LOOK_AGAIN, State.TASKED).loop().recordId().toString(), 1);
        assertThat(routes.lookAgain(Works.due(Step.LOOK_AGAIN, State.TASKED)).kind())
                .isEqualTo(Outcome.Kind.FAILED);
    }

    @Test
    void a_muted_place_mutes_whoever_lives_there() {
        household.put("muted", "2026-11-01");
        knows(missing(RECORD));
        assertThat(dispatch().reason()).isEqualTo(Reason.PATIENT_MUTED);
        assertThat(calls(CHT)).noneMatch(TaskDispatchTest::wrote);
    }

    @Test
    void over_the_limit_of_the_chws_week_nothing_is_written_and_no_attempt_is_used() throws IOException {
        limitedTo(Map.of("claimloop.selection.per-chw-per-week", "2"));
        Outcome full = dispatch();
        assertThat(full.kind()).isEqualTo(Outcome.Kind.LATER);
        assertThat(full.reason()).isEqualTo(Reason.CHW_WEEK_FULL);
        assertThat(full.after())
                .isPositive()
                .isLessThanOrEqualTo(Duration.ofDays(7).plusHours(1));
        assertThat(calls(CHT)).noneMatch(TaskDispatchTest::wrote);
        verify(routes.places).ofWeek(eq(CHW), any(), eq(CLAIM), eq(2));
    }

    @Test
    void a_record_that_is_open_already_needs_no_place_and_a_withdrawn_one_does() throws IOException {
        limitedTo(Map.of("claimloop.selection.per-chw-per-week", "2"));
        stored(JSON.readTree("{\"fields\":{\"claim_uuid\":\"" + CLAIM + "\",\"status\":\"open\"}}"), "2-open");
        assertThat(dispatch().reason()).isNotEqualTo(Reason.CHW_WEEK_FULL);
        verifyNoInteractions(routes.places);

        stored(JSON.readTree("{\"fields\":{\"claim_uuid\":\"" + CLAIM + "\",\"status\":\"withdrawn\"}}"), "3-gone");
        assertThat(dispatch().reason()).isEqualTo(Reason.CHW_WEEK_FULL);
    }

    @Test
    void a_changed_claim_of_an_open_task_needs_no_place() throws IOException {
        limitedTo(Map.of("claimloop.selection.per-chw-per-week", "2"));
        routes.step("watch-claim", Works.withClaim(Works.due(Step.WATCH, State.TASKED, CLAIM), claim));
        assertThat(calls(CHT)).anyMatch(TaskDispatchTest::wrote);
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
        dispatch();
        assertThat(calls(CHT)).anyMatch(TaskDispatchTest::wrote);
        assertThat(calls(CHT))
                .noneMatch(call -> call.getBodyAsString().contains("A000")
                        || call.getBodyAsString().contains("Z720"));
    }

    private void limitedTo(Map<String, String> settings) {
        routes.close();
        routes = RoutesUnderTest.of(OPENIMIS, CHT, settings, FILES);
    }

    /** All five, as openIMIS shows them. */
    private void diagnoses(String main, String last) {
        claim.putObject("icd").put("code", main);
        claim.putNull("icd1").putNull("icd2").putNull("icd3");
        claim.putObject("icd4").put("code", last);
    }

    @Test
    void a_conflict_is_looked_at_again_without_using_an_attempt() {
        JsonNode conflict = Recorded.cht("346").answerJson().get(0);
        writes(json(201, "[" + ((ObjectNode) conflict.deepCopy()).put("id", RECORD) + "]"));
        assertThat(dispatch().kind()).isEqualTo(Outcome.Kind.LATER);
    }

    @ParameterizedTest
    @CsvSource({"341, NO_ACCESS", "340, UNEXPECTED"})
    void a_write_that_cht_refuses_makes_no_task(String number, Reason reason) {
        writes(as(Recorded.cht(number)));
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
        person.put(field, "2026-11-01");
        knows(missing(RECORD));
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isEqualTo(State.PARKED);
        assertThat(outcome.reason()).isEqualTo(reason);
    }

    @Test
    void where_no_active_chw_holds_a_place_a_person_is_asked_and_a_retry_looks_anew() throws IOException {
        holder(HEALTH_CENTRE, "[" + user("chw", true) + "," + user("supervisor", false) + "]");
        Outcome outcome = dispatch();
        assertThat(outcome.to()).isEqualTo(State.PARKED);
        assertThat(outcome.reason()).isEqualTo(Reason.NO_CHW);
        assertThat(calls(CHT)).noneMatch(TaskDispatchTest::wrote);

        holder(HEALTH_CENTRE, "[" + user("chw", false) + "]");
        dispatch();
        assertThat(calls(CHT)).anyMatch(TaskDispatchTest::wrote);
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
        assertThat(calls(CHT)).noneMatch(TaskDispatchTest::wrote);
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
    void a_record_that_was_taken_back_though_its_task_is_open_parks_the_loop() throws IOException {
        Due due = Works.due(Step.LOOK_AGAIN, State.TASKED);
        String id = due.loop().recordId().toString();
        ObjectNode doc = (ObjectNode) Recorded.cht("333").answerJson();
        ((ObjectNode) doc.path("fields")).put("status", "withdrawn");
        allDocs(id, 1, row(id, doc));
        assertThat(routes.lookAgain(due).reason()).isEqualTo(Reason.RECORD_REFUSED);
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
        String record = "/medic/" + RecordId.of(due.loop().uuid(), RecordId.FEEDBACK);
        answers(record, Recorded.cht("333"));
        CHT.stubFor(put(urlEqualTo(record)).willReturn(as(answer)));
        return (Outcome) routes.step("retract-task", due);
    }

    private Outcome dispatch() {
        return (Outcome)
                routes.step("task-dispatch", Works.withClaim(Works.due(Step.DISPATCH, State.SELECTED, CLAIM), claim));
    }

    private Outcome lookAgain(Recorded recorded, int attempts) {
        Due due = Works.withAttempts(Works.due(Step.LOOK_AGAIN, State.TASKED), attempts);
        String id = due.loop().recordId().toString();
        allDocs(id, 1, recorded.status() == 404 ? missing(id) : row(id, recorded.answerJson()));
        return routes.lookAgain(due);
    }

    /** CHT holds this record, in the revision as told. */
    private void stored(JsonNode record, String revision) {
        ObjectNode doc = record.deepCopy();
        doc.put("_rev", revision);
        knows(row(RECORD, doc));
    }

    /** The person, the places above, and this row of the record. */
    private void knows(String record) {
        allDocs(Works.PATIENT, 2, row(Works.PATIENT, person), record);
        allDocs(
                HOUSEHOLD,
                2,
                row(HOUSEHOLD, household),
                row(HEALTH_CENTRE, JSON.createObjectNode().put("_id", HEALTH_CENTRE)),
                missing(DISTRICT));
        allDocs(RECORD, 3, record);
    }

    private static void allDocs(String askedFor, int priority, String... rows) {
        CHT.stubFor(post(urlEqualTo(ALL_DOCS))
                .atPriority(priority)
                .withRequestBody(containing("\"" + askedFor + "\""))
                .willReturn(
                        json(200, "{\"total_rows\":65,\"offset\":null,\"rows\":[" + String.join(",", rows) + "]}")));
    }

    private static String row(String id, JsonNode doc) {
        return "{\"id\":\"" + id + "\",\"key\":\"" + id + "\",\"value\":{\"rev\":\"2-a\"},\"doc\":" + doc + "}";
    }

    private static String missing(String id) {
        return "{\"key\":\"" + id + "\",\"error\":\"not_found\"}";
    }

    private static String deleted(String id) {
        return "{\"id\":\"" + id + "\",\"key\":\"" + id
                + "\",\"value\":{\"rev\":\"3-c\",\"deleted\":true},\"doc\":null}";
    }

    private static void taken() {
        writes(json(201, "[{\"ok\":true,\"id\":\"" + RECORD + "\",\"rev\":\"1-abc\"}]"));
    }

    private static void writes(ResponseDefinitionBuilder answer) {
        CHT.stubFor(post(urlEqualTo(BULK_DOCS)).willReturn(answer));
    }

    private static boolean wrote(LoggedRequest call) {
        return call.getUrl().equals(BULK_DOCS);
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
