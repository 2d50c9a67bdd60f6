package io.claimloop.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.StepEnds;
import io.claimloop.openimis.Claim;
import io.claimloop.openimis.Claim.StoredFeedback;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.rules.RuleChecks;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Brings the answers to openIMIS. It always looks first and acts then: the claim is read (with many others in one
 * request); feedback that is there with the same content is delivered; where none is there, it is sent and the work comes
 * back at once to be read again. So an answer that was lost on the way is found, whoever lost it.
 */
@Component("delivery")
public class Delivery {
    private static final String DELIVER = "deliver";
    /** openIMIS answers nearly every refusal with 500: a few tries tell a refusal from a hiccup. */
    private static final int TRIES = 3;
    /** A crash of openIMIS between feedback and claim leaves feedback that nobody sees. */
    private static final int LOOKS = 6;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The mapping's input, as {@code mappings/communication.jslt} describes it; ends the step when nothing is to send. */
    public String input(Due due) throws JsonProcessingException {
        if (due.loop().state() != State.ANSWERED) {
            throw new StepEnds(Outcome.done());
        }
        if (due.claimError() != null) {
            throw new StepEnds(Outcome.failed(
                    ClaimReader.ABSENT.equals(due.claimError()) ? Reason.CLAIM_NOT_FOUND : Reason.UNEXPECTED, null));
        }
        Claim claim = Claim.of(due.claim());
        JsonNode feedback = JSON.readTree(due.submission().feedback());
        Optional<Outcome> decided =
                alreadyThere(claim, feedback.path("answers")).or(() -> RuleChecks.ended(claim));
        if (decided.isPresent()) {
            throw new StepEnds(decided.get().proof(due.claim().toString()));
        }
        if (claim.insuree() == null) {
            throw new StepEnds(Outcome.parked(Reason.INSUREE_UNKNOWN, null));
        }
        if (due.loop().insuree() != null
                && !due.loop().insuree().equals(claim.insuree().uuid())) {
            throw new StepEnds(Outcome.parked(
                    Reason.ANOTHER_PATIENT, "The claim was given another insuree in openIMIS after the task."));
        }
        ObjectNode input = JSON.createObjectNode();
        input.set("feedback", feedback);
        input.putObject("claim").put("uuid", claim.uuid());
        input.putObject("insuree").put("uuid", claim.insuree().uuid());
        return input.toString();
    }

    private static Optional<Outcome> alreadyThere(Claim claim, JsonNode answers) {
        if (claim.feedback() == null || claim.deleted()) {
            return Optional.empty();
        }
        return Optional.of(
                same(claim.feedback(), answers)
                        ? Outcome.moved(State.DELIVERED, DELIVER)
                        : Outcome.moved(State.REFUSED, DELIVER).because(Reason.OTHER_FEEDBACK_EXISTS, null));
    }

    /** Compared as sent: a drug that was not prescribed was not received. */
    private static boolean same(StoredFeedback stored, JsonNode answers) {
        String received = answers.path("drugReceived")
                .asText("no".equals(answers.path("drugPrescribed").asText()) ? "no" : "");
        return yes(stored.careRendered(), answers.path("careRendered").asText())
                && yes(stored.paymentAsked(), answers.path("paymentAsked").asText())
                && yes(stored.drugPrescribed(), answers.path("drugPrescribed").asText())
                && yes(stored.drugReceived(), received)
                && Objects.equals(
                        stored.assessment(), answers.path("assessment").asInt());
    }

    private static boolean yes(Boolean stored, String answer) {
        return stored != null && stored == "yes".equals(answer) && !answer.isEmpty();
    }

    public PartnerRequest request(String communication) {
        // the slash at the end matters: without it openIMIS redirects, and the body is lost
        return PartnerRequest.post("/Communication/", communication);
    }

    /** Whatever it answered, the next look decides. */
    public Outcome sent(Due due, PartnerAnswer answer) {
        if (answer.ok() || answer.text() != null && answer.text().contains("Feedback exists")) {
            if (due.attempts() >= LOOKS) {
                return Outcome.moved(State.REFUSED, DELIVER)
                        .because(Reason.OPENIMIS_REFUSED, "It says that feedback exists, and shows none.")
                        .proof(answer.text());
            }
            Outcome verify = Outcome.failed(Reason.BEING_VERIFIED, null).proof(answer.text());
            return due.attempts() == 1 ? verify.again(Duration.ZERO) : verify;
        }
        String detail = "openIMIS answered " + answer.status() + ".";
        return due.attempts() >= TRIES
                ? Outcome.moved(State.REFUSED, DELIVER)
                        .because(Reason.OPENIMIS_REFUSED, detail)
                        .proof(answer.text())
                : Outcome.failed(Reason.OPENIMIS_REFUSED, detail);
    }
}
