package io.claimloop.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.StepEnds;
import io.claimloop.openimis.Claim;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.openimis.Mutation;
import io.claimloop.openimis.Told;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.rules.RuleChecks;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.ClaimLoopProperties.Unanswered;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Base64;
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
    /** openIMIS answers nearly every refusal alike: a few tries tell a refusal from a hiccup. */
    private static final int TRIES = 3;
    /** A crash of openIMIS between feedback and claim leaves feedback that nobody sees. */
    private static final int LOOKS = 6;

    /** An attachment is not worth more than that. */
    private static final int GIVE_UP = 8;

    private static final String FEEDBACK = "deliverClaimFeedback";
    private static final String ATTACH = "createClaimAttachment";
    private static final String SAID_AND_NOT_SHOWN = "It says that feedback exists, and shows none.";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path officers;
    private final boolean attachment;
    private final Unanswered unanswered;
    private final ZoneId zone;

    public Delivery(ClaimLoopProperties properties) {
        this.unanswered = properties.valuation().unanswered();
        this.zone = properties.openimis().zone();
        this.officers = properties.mappings().resolve("tables").resolve("officers.json");
        this.attachment = properties.feedback().attachment();
    }

    /** Ends the step when nothing is to be sent, or not now. */
    public Due look(Due due) throws JsonProcessingException {
        if (due.loop().state() != State.ANSWERED) {
            throw new StepEnds(Outcome.done());
        }
        if (due.claimError() != null) {
            throw new StepEnds(Outcome.failed(
                    ClaimReader.ABSENT.equals(due.claimError()) ? Reason.CLAIM_NOT_FOUND : Reason.UNEXPECTED, null));
        }
        Claim claim = Claim.of(due.claim());
        claim.strange()
                .or(() -> claim.feedbackStatus() == Claim.FEEDBACK_DELIVERED
                                && !claim.node().has("feedback")
                        ? Optional.of("The field feedback.")
                        : Optional.empty())
                .ifPresent(strange -> end(Outcome.failed(Reason.CLAIM_UNKNOWN_STATUS, strange)));
        if (due.submission() == null || due.submission().feedback() == null) {
            end(Outcome.parked(Reason.PAYLOAD_ERASED, null));
        }
        Told.of(due).waits(Reason.BEING_VERIFIED, zone).ifPresent(Delivery::end);
        if (attaches(due)) {
            return due;
        }
        alreadyThere(claim, due)
                .or(() -> ended(due.loop(), claim))
                .ifPresent(decided -> end(decided.proof(due.claim().toString())));
        if (claim.insuree() == null) {
            end(Outcome.parked(Reason.INSUREE_UNKNOWN, null));
        }
        if (due.loop().insuree() != null
                && !due.loop().insuree().equals(claim.insuree().uuid())) {
            end(Outcome.parked(
                    Reason.ANOTHER_PATIENT, "The claim was given another insuree in openIMIS after the task."));
        }
        afterOrders(due).ifPresent(Delivery::end);
        return due;
    }

    private static void end(Outcome outcome) {
        throw new StepEnds(outcome);
    }

    /** A late answer still counts where ClaimLoop itself has bypassed the feedback meanwhile. */
    private Optional<Outcome> ended(Loop loop, Claim claim) {
        boolean late = loop.taskUntil() != null && loop.taskUntil().isBefore(Instant.now());
        return late && unanswered != Unanswered.WAIT ? RuleChecks.endedThoughBypassed(claim) : RuleChecks.ended(claim);
    }

    private static JsonNode feedback(Due due) throws JsonProcessingException {
        return JSON.readTree(due.submission().feedback());
    }

    private static boolean isThere(Claim claim, Due due) throws JsonProcessingException {
        return claim.feedback() != null
                && !claim.deleted()
                && claim.feedback().same(feedback(due).path("answers"));
    }

    /** What the feedback has no field for is to be attached, and is not. */
    private boolean toAttach(Due due) throws JsonProcessingException {
        return attachment
                && Attachment.hasContent(feedback(due))
                && !Told.of(due).attached(Attachment.title(due.submission().reportId()));
    }

    /** The feedback is there, and its attachment is worth another try. */
    public boolean attaches(Due due) throws JsonProcessingException {
        return isThere(Claim.of(due.claim()), due)
                && toAttach(due)
                && Told.of(due).orders(ATTACH) < TRIES
                && due.attempts() < GIVE_UP;
    }

    private Optional<Outcome> alreadyThere(Claim claim, Due due) throws JsonProcessingException {
        if (isThere(claim, due)) {
            Outcome delivered = Outcome.moved(State.DELIVERED, DELIVER);
            return Optional.of(toAttach(due) ? delivered.because(Reason.NOT_ATTACHED, null) : delivered);
        }
        return claim.feedback() == null || claim.deleted()
                ? Optional.empty()
                : Optional.of(Outcome.moved(State.REFUSED, DELIVER).because(Reason.OTHER_FEEDBACK_EXISTS, null));
    }

    /**
     * Orders were sent before, and the feedback is not there: is it worth another one? Only orders that openIMIS has
     * logged count, or looks right after an order; what failed before an order went out says nothing of openIMIS's mind.
     */
    private static Optional<Outcome> afterOrders(Due due) {
        Told told = Told.of(due);
        if (told.noRight() && due.before() != Reason.NO_ACCESS) {
            return Optional.of(Outcome.failed(Reason.NO_ACCESS, "openIMIS refuses " + FEEDBACK + "."));
        }
        boolean unseen = due.before() == Reason.BEING_VERIFIED && due.attempts() > LOOKS;
        if (told.orders(FEEDBACK) < TRIES && !unseen || told.noRight()) {
            return Optional.empty();
        }
        return Optional.of(Outcome.moved(State.REFUSED, DELIVER)
                .because(
                        Reason.OPENIMIS_REFUSED,
                        told.error() ? "Its log of mutations says error." : SAID_AND_NOT_SHOWN));
    }

    /** The mappings' input: {@code feedback}, {@code claim}, {@code insuree}, and {@code officer} where the table knows one. */
    public String input(Due due) throws IOException {
        Claim claim = Claim.of(due.claim());
        ObjectNode input = JSON.createObjectNode();
        input.set("feedback", feedback(due));
        input.putObject("claim").put("uuid", claim.uuid()).put("code", claim.code());
        if (claim.insuree() != null) {
            input.putObject("insuree").put("uuid", claim.insuree().uuid());
        }
        // who asked; the patient may have moved to another CHW after the task
        String asked = input.path("feedback")
                .path("chwUuid")
                .asText(String.valueOf(due.loop().chw()));
        JsonNode officer = JSON.readTree(Files.readAllBytes(officers)).path(asked);
        if (officer.isObject()) {
            input.set("officer", officer);
        }
        input.put("title", Attachment.title(due.submission().reportId()));
        return input.toString();
    }

    public Mutation order(Due due, String mapped) throws JsonProcessingException {
        return Mutation.of(due, FEEDBACK, (ObjectNode) JSON.readTree(mapped), verified(due, 1));
    }

    /** The mapping writes text; openIMIS wants it in base64. */
    public Mutation attach(Due due, String mapped) throws JsonProcessingException {
        ObjectNode input = (ObjectNode) JSON.readTree(mapped);
        byte[] text = input.path("document").asText().getBytes(StandardCharsets.UTF_8);
        input.put("document", Base64.getEncoder().encodeToString(text));
        // the second order of a loop that went well so far
        return Mutation.of(due, ATTACH, input, verified(due, 2));
    }

    /** To be looked at again: at once within the first attempts, then after the ledger's growing pause. */
    private static Outcome verified(Due due, int first) {
        Outcome verify = Outcome.failed(Reason.BEING_VERIFIED, null);
        return due.attempts() <= first ? verify.again(Duration.ZERO) : verify;
    }

    public PartnerRequest request(String communication) {
        // the slash at the end matters: without it openIMIS redirects, and the body is lost
        return PartnerRequest.post("/Communication/", communication);
    }

    /** Whatever it answered, the next look decides. */
    public Outcome sent(Due due, PartnerAnswer answer) {
        if (answer.ok() || answer.text().contains("Feedback exists")) {
            if (due.before() == Reason.BEING_VERIFIED && due.attempts() >= LOOKS) {
                return Outcome.moved(State.REFUSED, DELIVER)
                        .because(Reason.OPENIMIS_REFUSED, SAID_AND_NOT_SHOWN)
                        .proof(answer.text());
            }
            return verified(due, 1).proof(answer.text());
        }
        String detail = "openIMIS answered " + answer.status() + ".";
        return due.before() == Reason.OPENIMIS_REFUSED && due.attempts() >= TRIES
                ? Outcome.moved(State.REFUSED, DELIVER)
                        .because(Reason.OPENIMIS_REFUSED, detail)
                        .proof(answer.text())
                : Outcome.failed(Reason.OPENIMIS_REFUSED, detail);
    }
}
