package io.claimloop.cht;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.StepEnds;
import io.claimloop.openimis.Claim;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.rules.RuleChecks;
import io.claimloop.rules.SelectionLimits;
import io.claimloop.settings.ClaimLoopProperties;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * What is done for each claim by itself on its way into CHT: whether it still gets a task, and which person has its
 * insurance number. Never invents a person: who is not found, or not surely the insuree, is a matter for people.
 */
@Component("taskDispatch")
public class TaskDispatch {
    static final String DISPATCH = "dispatch";

    private final ChtNames names;
    private final Duration lookAgain;
    private final SelectionLimits limits;

    public TaskDispatch(SelectionLimits limits, ClaimLoopProperties properties) {
        this.limits = limits;
        ClaimLoopProperties.Cht cht = properties.cht();
        this.names = new ChtNames(cht.insuranceNumberField(), cht.personType(), cht.chwRole());
        this.lookAgain = properties.steps().lookAgain();
    }

    /** The claim was read again: what openIMIS ended since the check gets no task. */
    public Dispatch begin(Due due) {
        boolean changed = due.step() == Step.WATCH;
        if (!changed && !due.loop().state().next().contains(State.TASKED)) {
            throw new StepEnds(Outcome.done());
        }
        if (due.claimError() != null) {
            throw new StepEnds(Outcome.failed(
                    ClaimReader.ABSENT.equals(due.claimError()) ? Reason.CLAIM_NOT_FOUND : Reason.UNEXPECTED, null));
        }
        Claim claim = Claim.of(due.claim());
        claim.strange().ifPresent(strange -> {
            throw new StepEnds(Outcome.failed(Reason.CLAIM_UNKNOWN_STATUS, strange));
        });
        RuleChecks.ended(claim).ifPresent(outcome -> {
            throw new StepEnds(outcome.proof(due.claim().toString()));
        });
        if (!changed) {
            limits.bars(claim).ifPresent(reason -> {
                // what is not shown withdraws nothing
                throw new StepEnds((reason == Reason.EXCLUSION_UNREADABLE
                                ? Outcome.failed(reason, null)
                                : Outcome.withdrawn(reason))
                        .proof(due.claim().toString()));
            });
        }
        String number = claim.insuree() == null ? null : claim.insuree().insuranceNumber();
        if (number == null || number.indexOf('"') >= 0 || number.length() > 100) {
            throw new StepEnds(Outcome.parked(Reason.INSUREE_UNKNOWN, null));
        }
        return new Dispatch(due, claim, names);
    }

    /** From here on the claim goes on together with the others of its batch. */
    public Dispatch found(Dispatch dispatch, PartnerAnswer answer) {
        JsonNode hits = answer.ok() ? answer.json().path("data") : null;
        if (hits == null || !hits.isArray()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no list of contacts");
        }
        if (hits.isEmpty()) {
            throw new StepEnds(notInCht(lookAgain).proof(answer.text()));
        }
        if (hits.size() > 1) {
            throw new StepEnds(needsIdentity(Reason.SEVERAL_PATIENTS).proof(answer.text()));
        }
        dispatch.patient(hits.get(0).asText());
        return dispatch;
    }

    static Outcome notInCht(Duration lookAgain) {
        return needsIdentity(Reason.PATIENT_NOT_IN_CHT).again(lookAgain);
    }

    static Outcome needsIdentity(Reason reason) {
        return Outcome.moved(State.NEEDS_IDENTITY, DISPATCH).because(reason, null);
    }
}
