package io.claimloop.cht;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.StepEnds;
import io.claimloop.openimis.Claim;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.rules.RuleChecks;
import io.claimloop.rules.SelectionLimits;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.ClaimLoopProperties.Policy;
import io.claimloop.settings.ClaimLoopProperties.Unanswered;
import java.time.Duration;
import java.util.Objects;
import org.springframework.stereotype.Component;

/**
 * Follows a claim while its task is open. openIMIS says nothing when a claim is edited, rejected or deleted, or when
 * somebody else enters the feedback: so it is read again now and then, and whenever a notice comes.
 */
@Component("claimWatch")
public class ClaimWatch {
    static final String WITHDRAWN = "withdrawn";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A claim that openIMIS does not show is looked for again, as long as its task is open. */
    private static final Duration HIDDEN = Duration.ofHours(1);

    private final Loops loops;
    private final SelectionLimits limits;
    private final Policy policy;
    private final Unanswered unanswered;
    private final Duration watch;

    public ClaimWatch(Loops loops, SelectionLimits limits, ClaimLoopProperties properties) {
        this.loops = loops;
        this.limits = limits;
        this.policy = properties.selection().policy();
        this.unanswered = properties.valuation().unanswered();
        this.watch = properties.steps().watch();
    }

    /** Goes on to the dispatch when the record must be written anew; ends the step otherwise. */
    public Due changed(Due due) {
        boolean parked = due.loop().state() == State.PARKED;
        State state = parked ? due.loop().parkedFrom() : due.loop().state();
        if (state != State.TASKED && state != State.EXPIRED) {
            throw new StepEnds(Outcome.done());
        }
        if (due.claimError() != null) {
            // not shown is not deleted: nothing is withdrawn for an empty answer
            throw new StepEnds(Outcome.later(
                    ClaimReader.ABSENT.equals(due.claimError()) ? Reason.CLAIM_NOT_FOUND : Reason.UNEXPECTED, HIDDEN));
        }
        Claim claim = Claim.of(due.claim());
        claim.strange().ifPresent(strange -> {
            // a release that names a field anew must not withdraw all tasks
            throw new StepEnds(Outcome.later(Reason.CLAIM_UNKNOWN_STATUS, HIDDEN));
        });
        // of what nobody answered for, ClaimLoop itself bypasses the feedback
        boolean ours = state == State.EXPIRED && unanswered != Unanswered.WAIT;
        (ours ? RuleChecks.endedThoughBypassed(claim) : RuleChecks.ended(claim)).ifPresent(outcome -> {
            throw new StepEnds(outcome.proof(due.claim().toString()));
        });
        if (limits.excludes(claim)) {
            // edited so that it may not be asked about any more
            throw new StepEnds(
                    Outcome.withdrawn(Reason.EXCLUDED).proof(due.claim().toString()));
        }
        if (!ours && policy == Policy.SELECTED && claim.feedbackStatus() != Claim.FEEDBACK_SELECTED) {
            throw new StepEnds(Outcome.withdrawn(Reason.FEEDBACK_NOT_REQUESTED)
                    .proof(due.claim().toString()));
        }
        if (parked
                || state == State.EXPIRED
                || loops.keyed(content(claim)).equals(due.loop().claimHash())) {
            throw new StepEnds(Outcome.done().again(watch));
        }
        return due;
    }

    /** What of a claim goes into its record, or decides to whom. */
    static String content(Claim claim) {
        Claim.Insuree insuree = claim.insuree();
        return String.join(
                "|",
                claim.code(),
                Objects.toString(claim.dateFrom()),
                Objects.toString(claim.dateTo()),
                Objects.toString(claim.facility()),
                Objects.toString(claim.feedbackStatus()),
                insuree == null ? "" : insuree.uuid() + "|" + insuree.insuranceNumber(),
                claim.node().path("items").toString(),
                claim.node().path("services").toString());
    }

    /** The record as it is, told to be withdrawn; ends the step when there is nothing to tell. */
    public PartnerRequest retract(Due due, PartnerAnswer answer) throws JsonProcessingException {
        if (answer.status() == 404) {
            throw new StepEnds(Outcome.done());
        }
        if (!answer.ok()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no document");
        }
        ObjectNode doc = (ObjectNode) JSON.readTree(answer.text());
        ObjectNode fields = (ObjectNode) doc.path("fields");
        if (WITHDRAWN.equals(fields.path("status").asText())) {
            throw new StepEnds(Outcome.done());
        }
        fields.put("status", WITHDRAWN);
        return PartnerRequest.put("/medic/" + RecordId.of(due.loop().uuid(), RecordId.FEEDBACK), doc.toString());
    }

    public Outcome retracted(PartnerAnswer answer) {
        if (answer.status() == 409) {
            // sentinel wrote meanwhile: read it again
            return Outcome.later(Reason.PARTNER_BUSY, Duration.ofSeconds(1));
        }
        if (!answer.ok()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "not what was asked for");
        }
        return Outcome.done().proof(answer.text());
    }
}
