package io.claimloop.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Facts;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.StepEnds;
import io.claimloop.ledger.Submission;
import io.claimloop.ledger.SubmissionState;
import io.claimloop.openimis.Claim;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.openimis.Told;
import io.claimloop.settings.ClaimLoopProperties;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/**
 * An edited report whose first answers were delivered. {@code deliverClaimFeedback} overwrites (recordings 937 to 939): so
 * this looks first whether openIMIS still holds what we delivered and has not gone on with the claim. Otherwise the
 * correction stays for an officer to see. The loop does not move.
 */
@Component("correction")
public class Correction {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration UNTIL_DELIVERED = Duration.ofSeconds(30);
    private static final int TRIES = 3;
    private static final int LOOKS = 6;
    private static final List<String> SAID = List.of(
            "outcome",
            "outcomeReason",
            "patientUuid",
            "respondent",
            "visitDate",
            "remarks",
            "complaint",
            "payment",
            "undelivered",
            "discrepancies");

    private final ZoneId zone;
    private final Loops loops;

    public Correction(Loops loops, ClaimLoopProperties properties) {
        this.zone = properties.openimis().zone();
        this.loops = loops;
    }

    /** Names of the fields that are not the same; ids and times of the report itself do not count. */
    static List<String> differs(JsonNode one, JsonNode other) {
        TreeSet<String> names = new TreeSet<>();
        SAID.stream().filter(name -> !one.path(name).equals(other.path(name))).forEach(names::add);
        JsonNode answers = one.path("answers");
        JsonNode others = other.path("answers");
        answers.fieldNames().forEachRemaining(name -> compare(name, answers, others, names));
        others.fieldNames().forEachRemaining(name -> compare(name, answers, others, names));
        return List.copyOf(names);
    }

    private static void compare(String name, JsonNode answers, JsonNode others, TreeSet<String> names) {
        if (!answers.path(name).equals(others.path(name))) {
            names.add("answers." + name);
        }
    }

    /** Goes on where the edited answers are to be sent; ends the step otherwise. */
    public Due look(Due due) throws JsonProcessingException {
        Loop loop = due.loop();
        if (loop.state() == State.ANSWERED) {
            throw new StepEnds(Outcome.later(Reason.CORRECTED, UNTIL_DELIVERED));
        }
        if (loop.state() != State.DELIVERED) {
            throw shown(due, Reason.CORRECTED, "The loop stands at " + loop.state() + ", so it was not delivered.");
        }
        if (due.claimError() != null) {
            throw new StepEnds(Outcome.failed(
                    ClaimReader.ABSENT.equals(due.claimError()) ? Reason.CLAIM_NOT_FOUND : Reason.UNEXPECTED, null));
        }
        if (due.submission().feedback() == null) {
            throw shown(due, Reason.PAYLOAD_ERASED, null);
        }
        Claim claim = Claim.of(due.claim());
        claim.strange().ifPresent(strange -> {
            throw new StepEnds(Outcome.failed(Reason.CLAIM_UNKNOWN_STATUS, strange));
        });
        if (claim.deleted() || claim.status() != Claim.CHECKED && claim.status() != Claim.ENTERED) {
            throw shown(due, Reason.CORRECTED, "openIMIS has gone on with the claim, so it was not delivered.");
        }
        if (claim.feedback() == null) {
            throw shown(due, Reason.CORRECTED, "openIMIS holds no feedback any more, so it was not delivered.");
        }
        if (claim.feedback().same(answers(due.submission()))) {
            throw new StepEnds(Outcome.noted("corrected")
                    .because(null, due.submission().detail())
                    .learned(Facts.ofSubmission(due.submission().id()))
                    .proof(due.claim().toString())
                    .submission(SubmissionState.TAKEN, null));
        }
        Submission delivered = loops.submission(loop.submission()).orElse(null);
        if (delivered == null
                || delivered.feedback() == null
                || !claim.feedback().same(answers(delivered))) {
            throw shown(due, Reason.OTHER_FEEDBACK_EXISTS, "It is not what ClaimLoop delivered, so it is left.");
        }
        Told told = Told.of(due);
        Optional<Outcome> waits = told.waits(Reason.BEING_VERIFIED, zone);
        if (waits.isPresent()) {
            // an edit never parks a loop whose answers are delivered
            throw waits.get().to() == State.PARKED
                    ? shown(due, Reason.ORDER_NOT_CARRIED_OUT, null)
                    : new StepEnds(waits.get());
        }
        boolean unseen = due.before() == Reason.BEING_VERIFIED && due.attempts() > LOOKS;
        if (told.orders("deliverClaimFeedback") >= TRIES || unseen) {
            throw shown(due, Reason.OPENIMIS_REFUSED, null);
        }
        return due;
    }

    private static JsonNode answers(Submission submission) throws JsonProcessingException {
        return JSON.readTree(submission.feedback()).path("answers");
    }

    private static StepEnds shown(Due due, Reason reason, String more) {
        String differs = due.submission().detail();
        String detail = differs == null ? more : more == null ? differs : differs + " " + more;
        return new StepEnds(Outcome.done().because(reason, detail).submission(SubmissionState.CORRECTION, null));
    }
}
