package io.claimloop;

import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.SubmissionState;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Insuree;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * A patient moves, or a place gets another CHW, while a task is open. CHT gives a report to whoever holds the place above
 * its patient (recording 402b), so record and task move with the patient: the record names the patient, and neither place
 * nor CHW. Row 23 of {@code docs/failures.md}.
 */
@ClaimLoopTest
class MovedPatientTest {
    @Autowired
    private Journey journey;

    @Autowired
    private Loops loops;

    /** A household of its own, under a CHW of its own. */
    private static String place(String name) {
        String id = name + "-" + UUID.randomUUID().toString().substring(0, 8);
        CHT.addPlace(id, id, "clinic", null);
        CHT.addPerson(Map.of("id", "chw-of-" + id, "name", "Health Worker", "parent", id));
        CHT.addUser("user-" + id, id, "chw-of-" + id, "chw");
        return id;
    }

    private Claim taskedAt(String place) {
        Insuree insuree = journey.stranger("Mover", "Maya");
        journey.inCht(insuree, place, Map.of());
        Claim claim = journey.claim(insuree);
        journey.notice(claim);
        assertThat(journey.reaches(claim, State.TASKED).chw()).isEqualTo("chw-of-" + place);
        return claim;
    }

    @Test
    void the_record_names_the_patient_and_neither_place_nor_chw() {
        String here = place("here");
        Claim claim = taskedAt(here);
        ObjectNode record = CHT.records(claim.uuid()).get(0);
        assertThat(record.at("/fields/patient_uuid").asText()).isEqualTo(Journey.personId(claim.insuree()));
        assertThat(record.path("fields").toString()).doesNotContain(here);
        assertThat(record.has("contact")).isFalse();
    }

    @Test
    void when_the_patient_moved_the_new_chw_answers_and_a_late_answer_of_the_old_one_is_kept() {
        String here = place("here");
        String there = place("there");
        Claim claim = taskedAt(here);
        CHT.changeContact(Journey.personId(claim.insuree()), Map.of("parent", there));

        journey.feedback(by("chw-of-" + there, claim, "4"));
        journey.reaches(claim, State.DELIVERED);
        // a phone that was out of reach still had the task
        journey.feedback(by("chw-of-" + here, claim, "1"));

        counts(claim, 4);
    }

    @Test
    void when_the_old_chw_answers_first_that_counts_and_the_new_ones_answer_is_kept() {
        String here = place("here");
        String there = place("there");
        Claim claim = taskedAt(here);
        CHT.changeContact(Journey.personId(claim.insuree()), Map.of("parent", there));

        journey.feedback(by("chw-of-" + here, claim, "3"));
        journey.feedback(by("chw-of-" + there, claim, "1"));

        journey.reaches(claim, State.DELIVERED);
        counts(claim, 3);
    }

    @Test
    void when_the_place_got_another_chw_that_one_answers_and_counts() {
        String here = place("here");
        Claim claim = taskedAt(here);
        CHT.removeUser("user-" + here);
        CHT.addPerson(Map.of("id", "successor-" + here, "name", "Next Worker", "parent", here));
        CHT.addUser("successor-" + here, here, "successor-" + here, "chw");

        journey.feedback(by("successor-" + here, claim, "5"));
        journey.reaches(claim, State.DELIVERED);
        journey.feedback(by("chw-of-" + here, claim, "1"));

        counts(claim, 5);
    }

    @Test
    void a_record_that_is_written_anew_after_the_move_is_the_same_one_and_its_loop_has_the_new_chw() {
        String here = place("here");
        String there = place("there");
        Claim claim = taskedAt(here);
        JsonNode before = CHT.records(claim.uuid()).get(0);
        CHT.changeContact(Journey.personId(claim.insuree()), Map.of("parent", there));

        // an officer asks for feedback: the record's priority changes
        OPENIMIS.selectForFeedback(claim);
        journey.notice(claim);

        await().atMost(Duration.ofSeconds(60)).until(() -> ("chw-of-" + there)
                .equals(journey.find(claim.uuid()).chw()));
        assertThat(CHT.records(claim.uuid())).singleElement().satisfies(record -> {
            assertThat(record.path("_id")).isEqualTo(before.path("_id"));
            assertThat(record.at("/fields/priority").asText()).isEqualTo("high");
        });
    }

    private static String by(String chw, Claim claim, String assessment) {
        ObjectNode submission = Journey.submission("answered.json", claim).put("chw_id", chw);
        ((ObjectNode) submission.path("feedback")).put("assessment", assessment);
        return submission.toString();
    }

    /** One feedback, of this assessment; the other submission is there to be seen. */
    private void counts(Claim claim, int assessment) {
        await().atMost(Duration.ofSeconds(60)).until(() -> loops.submissions(UUID.fromString(claim.uuid())).stream()
                .anyMatch(
                        kept -> kept.state() == SubmissionState.KEPT && kept.reason() == Reason.SUBMISSION_SUPERSEDED));
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(OPENIMIS.feedbackOf(claim.uuid()).asessment()).isEqualTo(assessment);
        assertThat(CHT.records(claim.uuid())).hasSize(1);
        assertThat(journey.find(claim.uuid()).state()).isEqualTo(State.DELIVERED);
    }
}
