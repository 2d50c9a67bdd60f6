package io.claimloop;

import static io.claimloop.support.CorrectingWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Submission;
import io.claimloop.ledger.SubmissionState;
import io.claimloop.simulated.Claim;
import io.claimloop.support.CorrectingWorld;
import io.claimloop.support.Journey;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ContextConfiguration;

/** Edited reports where they are delivered: claimloop.feedback.corrections=deliver. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = CorrectingWorld.class)
class CorrectionTest {
    @Autowired
    private Journey journey;

    @Autowired
    private Loops loops;

    private ObjectNode delivered(Claim claim) {
        ObjectNode submission = Journey.submission("answered.json", claim);
        journey.feedback(submission.toString());
        journey.reaches(claim, State.DELIVERED);
        return submission;
    }

    private void push(ObjectNode submission, String assessment) {
        ((ObjectNode) submission.path("feedback")).put("assessment", assessment);
        assertThat(journey.feedback(submission.toString()).status()).isEqualTo(200);
    }

    private List<Submission> become(Claim claim, SubmissionState... states) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> loops.submissions(UUID.fromString(claim.uuid())),
                        found -> found.stream().map(Submission::state).toList().equals(List.of(states)));
    }

    @Test
    void edited_answers_replace_those_that_we_delivered_and_the_loop_stays() {
        Claim claim = journey.tasked();
        ObjectNode submission = delivered(claim);

        push(submission, "1");
        become(claim, SubmissionState.KEPT, SubmissionState.TAKEN);

        assertThat(OPENIMIS.feedbackOf(claim.uuid()).asessment()).isEqualTo(1);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(2);
        assertThat(journey.find(claim.uuid()).state()).isEqualTo(State.DELIVERED);
        assertThat(loops.history(UUID.fromString(claim.uuid()))).last().satisfies(line -> {
            assertThat(line.cause()).isEqualTo("corrected");
            assertThat(line.to()).isEqualTo(State.DELIVERED);
            assertThat(line.detail()).contains("answers.assessment");
            assertThat(line.proof()).isNotBlank();
        });

        // and back again: content that came before counts anew
        push(submission, "4");
        become(claim, SubmissionState.TAKEN, SubmissionState.KEPT);
        assertThat(OPENIMIS.feedbackOf(claim.uuid()).asessment()).isEqualTo(4);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(3);
    }

    @Test
    void what_somebody_else_changed_in_openimis_is_never_overwritten() {
        Claim claim = journey.tasked();
        ObjectNode submission = delivered(claim);
        OPENIMIS.deliverFeedback(claim, false, true, false, false, 0);

        push(submission, "1");
        Submission shown =
                become(claim, SubmissionState.TAKEN, SubmissionState.CORRECTION).get(1);
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        loops.submissions(UUID.fromString(claim.uuid())).get(1).reason()
                                == Reason.OTHER_FEEDBACK_EXISTS);

        assertThat(shown.reportId()).isEqualTo(submission.path("report_id").asText());
        assertThat(OPENIMIS.feedbackOf(claim.uuid()).asessment()).isZero();
        assertThat(journey.find(claim.uuid()).state()).isEqualTo(State.DELIVERED);
    }

    @Test
    void a_claim_that_openimis_has_gone_on_with_keeps_its_feedback() {
        Claim claim = journey.tasked();
        ObjectNode submission = delivered(claim);
        OPENIMIS.process(claim);

        push(submission, "1");
        become(claim, SubmissionState.TAKEN, SubmissionState.CORRECTION);
        await().atMost(Duration.ofSeconds(20)).until(() -> loops.submissions(UUID.fromString(claim.uuid()))
                .get(1)
                .detail()
                .contains("gone on with the claim"));

        assertThat(OPENIMIS.feedbackOf(claim.uuid()).asessment()).isEqualTo(4);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
    }

    @Test
    void an_edit_that_cannot_be_delivered_is_shown() {
        Claim claim = journey.tasked();
        ObjectNode submission = delivered(claim);

        push(submission, "nonsense");
        become(claim, SubmissionState.TAKEN, SubmissionState.CORRECTION);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
    }

    @Test
    void an_answer_lost_on_the_way_does_not_correct_twice() {
        Claim claim = journey.tasked();
        ObjectNode submission = delivered(claim);
        OPENIMIS.dropAnswerAfterMutation(1);

        push(submission, "1");
        become(claim, SubmissionState.KEPT, SubmissionState.TAKEN);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(2);
    }
}
