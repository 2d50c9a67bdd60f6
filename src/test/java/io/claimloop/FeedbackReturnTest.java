package io.claimloop;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Submission;
import io.claimloop.ledger.SubmissionState;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Feedback;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import io.claimloop.support.Journey.Response;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the CHW reports, and what becomes of it. */
@ClaimLoopTest
class FeedbackReturnTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Autowired
    private Journey journey;

    @Autowired
    private Loops loops;

    @Autowired
    private JdbcTemplate jdbc;

    @ParameterizedTest
    @CsvSource({
        "answered.json, DELIVERED,",
        "drugs-not-prescribed.json, DELIVERED,",
        "with-remarks.json, DELIVERED,",
        "recorded-push.json, DELIVERED,",
        "not-found.json, NOT_REACHED, NOBODY_REACHED",
        "refused.json, NOT_REACHED, NOBODY_REACHED",
        "moved.json, NOT_REACHED, NOBODY_REACHED",
        "died.json, NOT_REACHED, NOBODY_REACHED",
        "wrong-person.json, NEEDS_IDENTITY, WRONG_PERSON",
        "bad-answer.json, PARKED, ANSWERS_INVALID",
        "bad-assessment.json, PARKED, ANSWERS_INVALID",
        "missing-answer.json, DELIVERED,",
        "missing-assessment.json, PARKED, ANSWER_MISSING"
    })
    void each_submission_ends_as_it_must(String file, State state, Reason reason) {
        Claim claim = journey.tasked();
        stored(journey.feedback(Journey.submission(file, claim).toString()));

        assertThat(journey.reaches(claim, state).reason()).isEqualTo(reason);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(state == State.DELIVERED ? 1 : 0);
    }

    @Test
    void the_five_answers_arrive_as_they_were_given() {
        Claim claim = journey.tasked();
        journey.feedback(Journey.submission("with-remarks.json", claim).toString());
        journey.reaches(claim, State.DELIVERED);
        assertThat(OPENIMIS.feedbackOf(claim.uuid()))
                .extracting(
                        Feedback::careRendered,
                        Feedback::paymentAsked,
                        Feedback::drugPrescribed,
                        Feedback::drugReceived,
                        Feedback::asessment)
                .containsExactly(true, true, true, true, 2);
    }

    @Test
    void whether_a_drug_was_received_that_was_not_prescribed_is_unknown() {
        Claim claim = journey.tasked();
        journey.feedback(Journey.submission("drugs-not-prescribed.json", claim).toString());
        journey.reaches(claim, State.DELIVERED);
        assertThat(OPENIMIS.feedbackOf(claim.uuid()).drugReceived()).isNull();
    }

    @Test
    void an_answer_that_was_skipped_is_unknown_and_never_invented() {
        Claim claim = journey.tasked();
        ObjectNode submission = Journey.submission("answered.json", claim);
        ((ObjectNode) submission.path("feedback")).remove("drug_received");
        journey.feedback(submission.toString());
        journey.reaches(claim, State.DELIVERED);
        assertThat(OPENIMIS.feedbackOf(claim.uuid()))
                .extracting(Feedback::drugPrescribed, Feedback::drugReceived)
                .containsExactly(true, null);
    }

    @Test
    void the_day_of_the_visit_arrives_with_the_answers() {
        Claim claim = journey.tasked();
        journey.feedback(Journey.submission("answered.json", claim).toString());
        journey.reaches(claim, State.DELIVERED);
        assertThat(OPENIMIS.feedbackOf(claim.uuid()).feedbackDate()).isEqualTo("2026-11-22T00:00");
    }

    @Test
    void without_an_assessment_a_feedback_is_not_sent() {
        Claim claim = journey.tasked();
        ObjectNode submission = Journey.submission("answered.json", claim);
        ((ObjectNode) submission.path("feedback")).remove("assessment");
        journey.feedback(submission.toString());
        assertThat(journey.reaches(claim, State.PARKED).reason()).isEqualTo(Reason.ANSWER_MISSING);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isZero();

        // the CHW completes the report: CHT pushes it again under the same report id
        ((ObjectNode) submission.path("feedback")).put("assessment", "3");
        journey.feedback(submission.toString());
        journey.reaches(claim, State.DELIVERED);
        assertThat(OPENIMIS.feedbackOf(claim.uuid()).asessment()).isEqualTo(3);
    }

    @Test
    void a_violation_names_field_and_rule_and_never_the_value() {
        Claim claim = journey.tasked();
        ObjectNode submission = Journey.submission("bad-answer.json", claim);
        ((ObjectNode) submission.path("feedback")).put("care_rendered", "zzyxwv");
        journey.feedback(submission.toString());
        Loop parked = journey.reaches(claim, State.PARKED);
        assertThat(parked.detail()).contains("answers.careRendered", "must be yes or no");
        assertThat(journey.get("/api/loops/" + claim.uuid()).body()).doesNotContain("zzyxwv");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rubbish", "[1]", "null", "{", "17"})
    void what_is_no_json_object_is_stored_answered_and_visible(String body) {
        stored(journey.feedback(body));
        await().atMost(LIMIT).until(() -> submissionsOf("PARKED"), found -> found.stream()
                .anyMatch(line -> line.path("reportId").asText().startsWith("unnamed-")));
    }

    @Test
    void rubbish_about_a_known_claim_parks_it() {
        Claim claim = journey.tasked();
        stored(journey.feedback(
                "{\"claim_uuid\":\"" + claim.uuid() + "\",\"feedback\":[1,{\"a\":[]}],\"outcome\":{}}"));
        assertThat(journey.reaches(claim, State.PARKED).reason()).isEqualTo(Reason.ANSWERS_INVALID);
    }

    @Test
    void the_answers_of_another_patient_never_count() {
        Claim claim = journey.tasked();
        journey.feedback(Journey.submission("answered.json", claim)
                .put("patient_uuid", "rita-person")
                .toString());
        assertThat(journey.reaches(claim, State.PARKED).reason()).isEqualTo(Reason.ANOTHER_PATIENT);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isZero();
    }

    @Test
    void answers_on_a_claim_not_known_yet_wait_visibly_and_count_when_the_task_appears() {
        Claim claim = journey.claim();
        ObjectNode submission = Journey.submission("answered.json", claim);
        stored(journey.feedback(submission.toString()));
        String report = submission.path("report_id").asText();
        await().atMost(LIMIT).until(() -> submissionsOf("RECEIVED"), found -> found.stream()
                .anyMatch(line -> line.path("reportId").asText().equals(report)));

        journey.notice(claim);
        journey.reaches(claim, State.DELIVERED);
        assertThat(loops.submissions(UUID.fromString(claim.uuid())))
                .singleElement()
                .extracting(Submission::state)
                .isEqualTo(SubmissionState.TAKEN);
    }

    @Test
    void a_submission_that_names_no_claim_is_visible() {
        ObjectNode submission = Journey.submission("answered.json", journey.claim());
        submission.remove("claim_uuid");
        stored(journey.feedback(submission.toString()));
        String report = submission.path("report_id").asText();
        await().atMost(LIMIT).until(() -> submissionsOf("PARKED"), found -> found.stream()
                .anyMatch(line -> line.path("reportId").asText().equals(report)
                        && line.path("reason").asText().equals("CLAIM_NOT_NAMED")));
    }

    @Test
    void the_same_push_five_times_is_one_submission_and_one_feedback() {
        Claim claim = journey.tasked();
        String body = Journey.submission("answered.json", claim).toString();
        for (int i = 0; i < 3; i++) {
            stored(journey.feedback(body));
        }
        journey.reaches(claim, State.DELIVERED);
        for (int i = 0; i < 2; i++) {
            stored(journey.feedback(body));
        }
        assertThat(loops.submissions(UUID.fromString(claim.uuid()))).hasSize(1);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(journey.find(claim.uuid()).state()).isEqualTo(State.DELIVERED);
    }

    @Test
    void an_edited_report_after_delivery_is_a_correction_that_is_shown_by_the_names_of_its_fields() {
        Claim claim = journey.tasked();
        ObjectNode submission = Journey.submission("answered.json", claim);
        journey.feedback(submission.toString());
        journey.reaches(claim, State.DELIVERED);

        ((ObjectNode) submission.path("feedback")).put("assessment", "1");
        stored(journey.feedback(submission.toString()));
        await().atMost(LIMIT).until(() -> loops.submissions(UUID.fromString(claim.uuid())).stream()
                .map(Submission::state)
                .toList()
                .equals(List.of(SubmissionState.TAKEN, SubmissionState.CORRECTION)));
        assertThat(OPENIMIS.feedbackOf(claim.uuid()).asessment()).isEqualTo(4);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(journey.find(claim.uuid()).state()).isEqualTo(State.DELIVERED);
        JsonNode shown = journey.trace(claim).path("submissions").path(1);
        assertThat(shown.path("reason").asText()).isEqualTo("CORRECTED");
        assertThat(shown.path("whatHappened").asText()).endsWith("It differs in: answers.assessment.");
        assertThat(submissionsOf("CORRECTION"))
                .anyMatch(line -> line.path("reportId").equals(submission.path("report_id")));

        // the CHW takes the edit back
        ((ObjectNode) submission.path("feedback")).put("assessment", "4");
        stored(journey.feedback(submission.toString()));
        await().atMost(LIMIT).until(() -> loops.submissions(UUID.fromString(claim.uuid())).stream()
                .map(Submission::state)
                .toList()
                .equals(List.of(SubmissionState.TAKEN, SubmissionState.KEPT)));
    }

    @Test
    void a_report_that_says_the_same_again_is_done() {
        Claim claim = journey.tasked();
        ObjectNode submission = Journey.submission("answered.json", claim);
        journey.feedback(submission.toString());
        journey.reaches(claim, State.DELIVERED);

        stored(journey.feedback(submission.put("reported_date", 1795313726999L).toString()));
        await().atMost(LIMIT).until(() -> loops.submissions(UUID.fromString(claim.uuid())).stream()
                .anyMatch(kept -> kept.state() == SubmissionState.KEPT && kept.reason() == Reason.SAME_ANSWERS));
    }

    @Test
    void a_second_report_with_other_answers_is_kept_and_no_correction() {
        Claim claim = journey.tasked();
        journey.feedback(Journey.submission("answered.json", claim).toString());
        journey.reaches(claim, State.DELIVERED);

        ObjectNode other = Journey.submission("answered.json", claim);
        ((ObjectNode) other.path("feedback")).put("assessment", "1");
        stored(journey.feedback(other.toString()));
        await().atMost(LIMIT).until(() -> loops.submissions(UUID.fromString(claim.uuid())).stream()
                .anyMatch(
                        kept -> kept.state() == SubmissionState.KEPT && kept.reason() == Reason.SUBMISSION_SUPERSEDED));
    }

    @Test
    void an_answer_after_the_window_still_counts() {
        Claim claim = journey.tasked();
        jdbc.update("update loop set task_until = now() where uuid = ?", UUID.fromString(claim.uuid()));
        jdbc.update(
                "update work set due_at = now() where step = 'EXPIRE' and loop_uuid = ?",
                UUID.fromString(claim.uuid()));
        assertThat(journey.reaches(claim, State.EXPIRED).reason()).isEqualTo(Reason.WINDOW_OVER);

        journey.feedback(Journey.submission("answered.json", claim).toString());
        journey.reaches(claim, State.DELIVERED);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
    }

    @Test
    void feedback_that_is_there_with_the_same_content_is_delivered_and_not_sent_again() {
        Claim claim = journey.tasked();
        OPENIMIS.selectForFeedback(claim);
        OPENIMIS.deliverFeedback(claim, true, false, true, true, 4);
        journey.feedback(Journey.submission("answered.json", claim).toString());
        journey.reaches(claim, State.DELIVERED);
        assertThat(OPENIMIS.deliveries(claim.uuid())).as("the other's only").isEqualTo(1);
    }

    @Test
    void feedback_that_is_there_with_other_content_is_never_overwritten() {
        Claim claim = journey.tasked();
        OPENIMIS.selectForFeedback(claim);
        OPENIMIS.deliverFeedback(claim, true, false, true, null, 4);
        journey.feedback(Journey.submission("answered.json", claim).toString());
        assertThat(journey.reaches(claim, State.REFUSED).reason()).isEqualTo(Reason.OTHER_FEEDBACK_EXISTS);
        assertThat(OPENIMIS.deliveries(claim.uuid())).as("the other's only").isEqualTo(1);
        assertThat(OPENIMIS.feedbackOf(claim.uuid()).drugReceived()).isNull();
    }

    @Test
    void an_answer_lost_after_the_feedback_was_taken_is_found_by_reading_back() {
        Claim claim = journey.tasked();
        OPENIMIS.dropAnswerAfterMutation(1);
        journey.feedback(Journey.submission("answered.json", claim).toString());
        journey.reaches(claim, State.DELIVERED);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
    }

    @Test
    void a_claim_deleted_before_its_feedback_is_withdrawn() {
        Claim claim = journey.tasked();
        OPENIMIS.delete(claim);
        journey.feedback(Journey.submission("answered.json", claim).toString());
        assertThat(journey.reaches(claim, State.WITHDRAWN).reason()).isEqualTo(Reason.CLAIM_DELETED);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isZero();
    }

    @Test
    void what_openimis_has_no_field_for_is_kept_on_the_loop_with_a_link_to_the_claim() {
        Claim claim = journey.tasked();
        journey.feedback(Journey.submission("with-remarks.json", claim).toString());
        journey.reaches(claim, State.DELIVERED);

        JsonNode trace = journey.trace(claim);
        assertThat(trace.path("kept").path("remarks").asText()).isEqualTo("Mother answered, नमस्ते");
        assertThat(trace.path("kept").path("complaint").path("text").asText()).isEqualTo("Had to pay for the bandages");
        assertThat(trace.path("kept").path("discrepancies")).hasSize(2);
        assertThat(trace.path("kept").path("payment").path("amount").asInt()).isEqualTo(250);
        assertThat(trace.path("inOpenImis").asText())
                .isEqualTo(OPENIMIS.url() + "/front/claim/feedback/" + claim.uuid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"remark \\u0000 with a character that no database takes", "half \\ud83d a character"})
    void odd_characters_in_a_remark_do_not_hold_up_the_answers(String remark) {
        Claim claim = journey.tasked();
        stored(journey.feedback(Journey.submission("answered.json", claim)
                .toString()
                .replace("\"remarks\":\"\"", "\"remarks\":\"" + remark + "\"")));
        journey.reaches(claim, State.DELIVERED);
    }

    @Test
    void a_number_beyond_all_bounds_ends_in_a_visible_state() {
        Claim claim = journey.tasked();
        ObjectNode submission = Journey.submission("with-remarks.json", claim);
        ((ObjectNode) submission.path("feedback")).put("payment_amount", "1e400000");
        stored(journey.feedback(submission.toString()));
        await().atMost(LIMIT).until(() -> journey.find(claim.uuid()).state(), state -> state != State.TASKED);
    }

    // ---- logins, limits and refusals of openIMIS

    @Test
    void an_expired_token_costs_one_login_and_no_attempt() {
        journey.tasked();
        Claim claim = journey.claim();
        int logins = OPENIMIS.logins();
        OPENIMIS.expireTokens();
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);

        assertThat(OPENIMIS.logins()).isEqualTo(logins + 1);
        assertThat(loops.history(UUID.fromString(claim.uuid())))
                .filteredOn(line -> line.to() == State.SELECTED)
                .extracting(Loops.Transition::attempts)
                .containsExactly(1);
    }

    @Test
    void a_missing_right_is_named_and_once_it_is_given_the_claim_goes_on_by_itself() {
        Claim claim = journey.claim();
        StubMapping refusal = instead(claim, "/api/graphql", 403, "You do not have permission");
        journey.notice(claim);
        await().atMost(LIMIT).until(() -> loops.pending(UUID.fromString(claim.uuid())).stream()
                .anyMatch(work -> work.reason() == Reason.NO_ACCESS));
        OPENIMIS.wireMock().removeStub(refusal);
        journey.reaches(claim, State.TASKED);
    }

    @Test
    void a_reached_limit_costs_no_attempt() {
        Claim claim = journey.claim();
        StubMapping refusal = OPENIMIS.wireMock()
                .stubFor(post(urlPathMatching("/api/graphql"))
                        .atPriority(1)
                        .withRequestBody(containing(claim.uuid()))
                        .willReturn(aResponse().withStatus(429).withHeader("Retry-After", "1")));
        journey.notice(claim);
        await().atMost(LIMIT).until(() -> loops.pending(UUID.fromString(claim.uuid())).stream()
                .anyMatch(work -> work.reason() == Reason.PARTNER_BUSY && work.attempts() == 0));
        OPENIMIS.wireMock().removeStub(refusal);
        journey.reaches(claim, State.TASKED);
        assertThat(loops.history(UUID.fromString(claim.uuid())))
                .filteredOn(line -> line.to() == State.SELECTED)
                .extracting(Loops.Transition::attempts)
                .containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void a_redirect_is_never_followed(int status) {
        Claim claim = journey.tasked();
        StubMapping elsewhere = OPENIMIS.wireMock()
                .stubFor(com.github.tomakehurst.wiremock.client.WireMock.any(urlPathMatching("/elsewhere"))
                        .atPriority(1)
                        .willReturn(aResponse().withStatus(201).withBody("{}")));
        StubMapping redirect = OPENIMIS.wireMock()
                .stubFor(post(urlPathMatching("/api/graphql"))
                        .atPriority(1)
                        .withRequestBody(containing("deliverClaimFeedback"))
                        .withRequestBody(containing(claim.uuid()))
                        .willReturn(
                                aResponse().withStatus(status).withHeader("Location", OPENIMIS.url() + "/elsewhere")));
        journey.feedback(Journey.submission("answered.json", claim).toString());
        await().atMost(LIMIT).until(() -> loops.pending(UUID.fromString(claim.uuid())).stream()
                .anyMatch(work -> work.reason() == Reason.UNEXPECTED));
        OPENIMIS.wireMock().removeStub(redirect);
        journey.reaches(claim, State.DELIVERED);

        OPENIMIS.wireMock()
                .verify(
                        0,
                        com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor(urlPathMatching("/elsewhere")));
        OPENIMIS.wireMock().removeStub(elsewhere);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
    }

    @Test
    void what_openimis_takes_and_never_shows_is_refused_and_not_tried_for_ever() {
        Claim claim = journey.tasked();
        StubMapping refusal = OPENIMIS.wireMock()
                .stubFor(post(urlPathMatching("/api/graphql"))
                        .atPriority(1)
                        .withRequestBody(containing("deliverClaimFeedback"))
                        .withRequestBody(containing(claim.uuid()))
                        .willReturn(aResponse()
                                .withHeader("Content-Type", "application/json")
                                .withBody("{\"data\":{\"m0\":{\"internalId\":\"1\",\"clientMutationId\":\"2\"}}}")));
        CHT.submit(claim.uuid(), Answer.content());
        assertThat(journey.reaches(claim, State.REFUSED).reason()).isEqualTo(Reason.OPENIMIS_REFUSED);
        OPENIMIS.wireMock().removeStub(refusal);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isZero();
    }

    private static StubMapping instead(Claim claim, String path, int status, String text) {
        return OPENIMIS.wireMock()
                .stubFor(post(urlPathMatching(path))
                        .atPriority(1)
                        .withRequestBody(containing(claim.uuid()))
                        .willReturn(aResponse().withStatus(status).withBody(text)));
    }

    private List<JsonNode> submissionsOf(String state) {
        List<JsonNode> found = new java.util.ArrayList<>();
        journey.get("/api/submissions?limit=500&state=" + state).json().forEach(found::add);
        return found;
    }

    private static void stored(Response response) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.contentType()).isEqualTo("application/json");
        assertThat(response.json().path("status").asText()).isEqualTo("stored");
        assertThat(response.headers().firstValue("Location")).isEmpty();
    }
}
