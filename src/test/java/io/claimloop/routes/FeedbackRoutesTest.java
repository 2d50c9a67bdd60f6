package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.SubmissionState;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import io.claimloop.support.Works;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From what CHT pushed to feedback on the claim in openIMIS, by FHIR. */
class FeedbackRoutesTest extends PartnersOnWire {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final UUID CLAIM = UUID.fromString("9ace1602-a99b-4c40-a167-66b6be838a45");
    private static final String ANSWERED = "mappings/submission-feedback/answered.out.json";

    private RoutesUnderTest routes;

    @BeforeEach
    void load() {
        routes = shared(
                Map.of("claimloop.feedback.delivery", "fhir"),
                "feedback-return",
                "feedback-by-fhir",
                "take-up-submission",
                "openimis",
                "openimis-login");
    }

    @Test
    void the_communication_on_the_wire_is_the_recorded_one() throws IOException {
        Recorded good = Recorded.openimis("701");
        OPENIMIS.stubFor(post(urlEqualTo(COMMUNICATION)).willReturn(as(good)));

        Outcome outcome = deliver(1);

        LoggedRequest sent = calls(OPENIMIS).get(0);
        assertThat(sent.getUrl()).isEqualTo(good.path()).endsWith("/");
        assertThat(JSON.readTree(sent.getBodyAsString())).isEqualTo(JSON.readTree(good.request()));
        assertThat(sent.getHeader("Content-Type")).isEqualTo("application/json");
        assertThat(sent.getHeader("Accept")).isEqualTo("application/json");
        assertThat(outcome.reason()).as("it is read back at once").isEqualTo(Reason.BEING_VERIFIED);
        assertThat(outcome.after()).isZero();
        assertThat(outcome.proof()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({
        "702, 1, BEING_VERIFIED",
        "705, 1, OPENIMIS_REFUSED",
        "711, 2, OPENIMIS_REFUSED",
        "720, 1, OPENIMIS_REFUSED"
    })
    void whatever_openimis_answers_the_claim_is_read_again(String number, int attempts, Reason reason) {
        OPENIMIS.stubFor(post(urlEqualTo(COMMUNICATION)).willReturn(as(Recorded.openimis(number))));
        Outcome outcome = deliver(attempts);
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
        assertThat(outcome.reason()).isEqualTo(reason);
        assertThat(outcome.to()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"705", "711", "720", "725", "977"})
    void a_refusal_that_stays_is_a_refusal(String number) {
        OPENIMIS.stubFor(post(urlEqualTo(COMMUNICATION)).willReturn(as(Recorded.openimis(number))));
        assertThat(deliver(3).to()).as("the first refusal after other failures").isNull();
        Outcome outcome = deliver(3, Reason.OPENIMIS_REFUSED);
        assertThat(outcome.to()).isEqualTo(State.REFUSED);
        assertThat(outcome.reason()).isEqualTo(Reason.OPENIMIS_REFUSED);
        assertThat(outcome.detail()).doesNotContain("payload", "Claim does not exist");
    }

    @Test
    void feedback_that_exists_and_is_never_shown_is_not_looked_for_for_ever() {
        OPENIMIS.stubFor(post(urlEqualTo(COMMUNICATION)).willReturn(as(Recorded.openimis("702"))));
        assertThat(deliver(2).reason()).isEqualTo(Reason.BEING_VERIFIED);
        assertThat(deliver(2).after()).as("the ledger's growing pause").isNull();
        assertThat(deliver(50, Reason.BEING_VERIFIED).to()).isEqualTo(State.REFUSED);
    }

    @Test
    void a_lost_answer_is_not_a_refusal() {
        OPENIMIS.stubFor(post(urlEqualTo(COMMUNICATION)).willReturn(json(504, "")));
        Outcome outcome = deliver(3);
        assertThat(outcome.reason()).isEqualTo(Reason.PARTNER_AWAY);
        assertThat(outcome.to()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"4, DELIVERED", "3, REFUSED"})
    void feedback_that_is_there_already_is_compared_and_not_sent_again(int assessment, State to) throws IOException {
        ObjectNode claim = EnrichmentAndRulesTest.claim();
        claim.put("feedbackStatus", 8)
                .set(
                        "feedback",
                        JSON.createObjectNode()
                                .put("careRendered", true)
                                .put("paymentAsked", false)
                                .put("drugPrescribed", true)
                                .put("drugReceived", true)
                                .put("asessment", assessment));
        Outcome outcome = (Outcome) routes.step("feedback-return", Works.withClaim(answered(1), claim));
        assertThat(outcome.to()).isEqualTo(to);
        assertThat(calls(OPENIMIS)).isEmpty();
    }

    @Test
    void a_claim_that_was_rejected_meanwhile_gets_no_feedback() throws IOException {
        ObjectNode claim = EnrichmentAndRulesTest.claim();
        claim.put("status", 1);
        Outcome outcome = (Outcome) routes.step("feedback-return", Works.withClaim(answered(1), claim));
        assertThat(outcome.to()).isEqualTo(State.WITHDRAWN);
        assertThat(calls(OPENIMIS)).isEmpty();
    }

    @Test
    void answers_that_break_openimis_own_rules_are_never_sent() throws IOException {
        Due due = Works.withSubmission(
                Works.due(Step.DELIVER, State.ANSWERED, CLAIM),
                null,
                Files.readString(Path.of(ANSWERED)).replace("\"assessment\": 4", "\"assessment\": 9"));
        Outcome outcome =
                (Outcome) routes.step("feedback-return", Works.withClaim(due, EnrichmentAndRulesTest.claim()));
        assertThat(outcome.to()).isNotEqualTo(State.DELIVERED);
        assertThat(outcome.reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(calls(OPENIMIS)).isEmpty();
    }

    @Test
    void a_recorded_push_becomes_answers() {
        String push = push("511");
        Outcome outcome = takeUp(State.TASKED, push);
        assertThat(outcome.to()).isEqualTo(State.ANSWERED);
        assertThat(outcome.submission()).isEqualTo(SubmissionState.TAKEN);
        assertThat(outcome.facts().submission()).isEqualTo(7);
        assertThat(outcome.feedback()).contains("\"careRendered\"");
    }

    @Test
    void a_late_answer_counts_too() {
        assertThat(takeUp(State.EXPIRED, push("511")).to()).isEqualTo(State.ANSWERED);
    }

    @Test
    void where_no_drug_was_prescribed_the_skipped_question_is_no_gap() {
        assertThat(takeUp(State.TASKED, push("512")).to()).isEqualTo(State.ANSWERED);
    }

    @Test
    void a_question_that_was_not_answered_is_never_filled_in() {
        Outcome outcome = takeUp(State.TASKED, push("511").replace("\"payment_asked\":\"no\",", ""));
        assertThat(outcome.to()).isEqualTo(State.PARKED);
        assertThat(outcome.reason()).isEqualTo(Reason.ANSWER_MISSING);
        assertThat(outcome.submission()).isEqualTo(SubmissionState.PARKED);
        assertThat(outcome.detail()).contains("paymentAsked must be answered");
    }

    @ParameterizedTest
    @CsvSource({
        "refused,      NOT_REACHED,    NOBODY_REACHED",
        "moved,        NOT_REACHED,    NOBODY_REACHED",
        "died,         NOT_REACHED,    NOBODY_REACHED",
        "not-found,    NOT_REACHED,    NOBODY_REACHED",
        "wrong-person, NEEDS_IDENTITY, WRONG_PERSON",
        "bad-answer,     PARKED,       ANSWERS_INVALID",
        "bad-assessment, PARKED,       ANSWERS_INVALID",
        "missing-answer, PARKED,       ANSWER_MISSING"
    })
    void each_submission_has_its_own_end(String name, State to, Reason reason) throws IOException {
        ObjectNode push = (ObjectNode)
                JSON.readTree(Path.of("test-data/submissions/" + name + ".json").toFile());
        push.put("patient_uuid", Works.PATIENT);
        Outcome outcome = takeUp(State.TASKED, push.toString());
        assertThat(outcome.to()).isEqualTo(to);
        assertThat(outcome.reason()).isEqualTo(reason);
    }

    @Test
    void answers_about_another_person_are_not_taken() {
        Outcome outcome = takeUp(
                State.TASKED,
                push("511").replace(Works.PATIENT, UUID.randomUUID().toString()));
        assertThat(outcome.to()).isEqualTo(State.PARKED);
        assertThat(outcome.reason()).isEqualTo(Reason.ANOTHER_PATIENT);
    }

    @ParameterizedTest
    @CsvSource({"NOTICED, CLAIM_NOT_TASKED, LATER", "SELECTED, CLAIM_NOT_TASKED, LATER"})
    void answers_that_come_before_the_task_is_known_wait(State state, Reason reason, Outcome.Kind kind) {
        Outcome outcome = takeUp(state, push("511"));
        assertThat(outcome.kind()).isEqualTo(kind);
        assertThat(outcome.reason()).isEqualTo(reason);
        assertThat(outcome.submission()).isEqualTo(SubmissionState.RECEIVED);
    }

    @Test
    void answers_to_a_question_that_is_settled_are_kept_and_change_nothing() {
        Outcome outcome = takeUp(State.DELIVERED, push("511"));
        assertThat(outcome.to()).isNull();
        assertThat(outcome.submission()).isEqualTo(SubmissionState.KEPT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "text", "[1]", "null", "{", "{}", "{\"feedback\":7}", "{\"feedback\":{\"assessment\":[]}}"})
    void rubbish_parks_the_loop_and_says_why(String push) {
        Outcome outcome = takeUp(State.TASKED, push);
        assertThat(outcome.to()).isEqualTo(State.PARKED);
        assertThat(outcome.reason()).isIn(Reason.NOT_JSON, Reason.ANSWERS_INVALID, Reason.ANSWER_MISSING);
        assertThat(outcome.submission()).isEqualTo(SubmissionState.PARKED);
    }

    private Outcome deliver(int attempts) {
        return deliver(attempts, null);
    }

    private Outcome deliver(int attempts, Reason before) {
        try {
            Due due = Works.after(answered(attempts), before);
            return (Outcome) routes.step("feedback-return", Works.withClaim(due, EnrichmentAndRulesTest.claim()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Due answered(int attempts) throws IOException {
        return Works.withAttempts(
                Works.withSubmission(
                        Works.due(Step.DELIVER, State.ANSWERED, CLAIM), null, Files.readString(Path.of(ANSWERED))),
                attempts);
    }

    private Outcome takeUp(State state, String push) {
        return (Outcome) routes.step(
                "take-up-submission", Works.withSubmission(Works.due(Step.SUBMISSION, state, CLAIM), push, null));
    }

    private static String push(String number) {
        return Recorded.cht(number).request();
    }
}
