package io.claimloop.rules;

import static io.claimloop.openimis.Claim.FEEDBACK_BYPASSED;
import static io.claimloop.openimis.Claim.FEEDBACK_DELIVERED;
import static io.claimloop.openimis.Claim.FEEDBACK_SELECTED;

import io.claimloop.ledger.Due;
import io.claimloop.ledger.Facts;
import io.claimloop.ledger.Finding;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.openimis.Claim;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.ClaimLoopProperties.Policy;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Decides whether a claim is followed up: by what openIMIS shows now, never by what a notice said. */
@Component("ruleChecks")
public class RuleChecks {
    private static final String CHECK = "check";

    private final Loops loops;
    private final SelectionLimits limits;
    private final Policy policy;
    private final Duration lookAgain;
    private final ZoneId zone;
    private final LocalDate from;

    public RuleChecks(Loops loops, SelectionLimits limits, ClaimLoopProperties properties) {
        this.loops = loops;
        this.limits = limits;
        this.policy = properties.selection().policy();
        this.lookAgain = properties.steps().lookAgain();
        this.zone = properties.openimis().zone();
        LocalDate configured = properties.selection().from();
        this.from = configured != null ? configured : LocalDate.ofInstant(loops.firstStart(), zone);
    }

    public Outcome check(Due due) {
        if (!due.loop().state().next().contains(State.SELECTED)) {
            return Outcome.done();
        }
        if (due.claimError() != null) {
            return ClaimReader.ABSENT.equals(due.claimError())
                    ? Outcome.failed(Reason.CLAIM_NOT_FOUND, null)
                    : Outcome.failed(Reason.UNEXPECTED, "openIMIS fails on reading this claim.");
        }
        Claim claim = Claim.of(due.claim());
        String insuree = claim.insuree() == null ? null : claim.insuree().uuid();
        return decide(due, claim)
                .learned(Facts.ofClaim(claim.code(), insuree, due.eligibility()))
                .proof(due.claim().toString());
    }

    private Outcome decide(Due due, Claim claim) {
        Optional<String> strange = claim.strange();
        if (strange.isPresent()) {
            return Outcome.parked(Reason.CLAIM_UNKNOWN_STATUS, strange.get());
        }
        Optional<Outcome> ended = ended(claim);
        if (ended.isPresent()) {
            return ended.get();
        }
        if (claim.dateClaimed() != null && claim.dateClaimed().isBefore(from)) {
            return notSelected(Reason.BEFORE_THE_START, null);
        }
        switch (claim.status()) {
            case Claim.ENTERED -> {
                if (policy != Policy.ANY) {
                    return Outcome.moved(State.WAITING, CHECK)
                            .because(Reason.ENTERED, null)
                            .again(lookAgain);
                }
            }
            case Claim.CHECKED, Claim.PROCESSED -> {}
            case Claim.VALUATED -> {
                if (claim.feedbackStatus() != FEEDBACK_SELECTED) {
                    return notSelected(Reason.ALREADY_VALUED, null);
                }
            }
            default -> {
                return Outcome.parked(Reason.CLAIM_UNKNOWN_STATUS, "Status " + claim.status() + ".");
            }
        }
        if (policy == Policy.SELECTED && claim.feedbackStatus() != FEEDBACK_SELECTED) {
            return notSelected(Reason.FEEDBACK_NOT_REQUESTED, null);
        }
        Optional<Reason> barred = limits.bars(claim);
        if (barred.isPresent()) {
            return notSelected(barred.get(), null);
        }
        List<Finding> findings = new ArrayList<>(EntryRules.check(claim, LocalDate.now(zone)));
        boolean broken = !findings.isEmpty();
        findings.addAll(CoverageRule.check(due.eligibility()));
        // of a submitted claim openIMIS has judged itself
        if (broken || claim.status() == Claim.ENTERED && CoverageRule.uncovered(due.eligibility())) {
            return notSelected(Reason.INVALID_ENTRY, findings.get(0).detail()).found(findings);
        }
        Optional<Loop> other = loops.reserveVisit(visitKey(claim), due.loop().uuid());
        if (other.isPresent()) {
            String name = other.get().name();
            findings.add(new Finding(null, "same-visit", "Same insuree, facility and dates as claim " + name + "."));
            return notSelected(Reason.SAME_VISIT, "Claim " + name + ".").found(findings);
        }
        return withinDay(due.loop(), claim).found(findings);
    }

    /** Last of all: a place is taken only by a claim that is wanted otherwise. */
    private Outcome withinDay(Loop loop, Claim claim) {
        if (limits.takeDay(loop.uuid())) {
            return Outcome.moved(State.SELECTED, CHECK);
        }
        return claim.feedbackStatus() == FEEDBACK_SELECTED
                ? Outcome.moved(State.WAITING, CHECK)
                        .because(Reason.WAITS_FOR_A_DAY, null)
                        .again(limits.untilTomorrow())
                : notSelected(Reason.DAY_FULL, null);
    }

    /** Whether openIMIS itself has ended the matter. Holds at every step, not only at the check. */
    public static Optional<Outcome> ended(Claim claim) {
        return claim.feedbackStatus() == FEEDBACK_BYPASSED && !claim.deleted() && claim.status() != Claim.REJECTED
                ? Optional.of(Outcome.withdrawn(Reason.FEEDBACK_BYPASSED))
                : endedThoughBypassed(claim);
    }

    /** The same where ClaimLoop itself bypasses the feedback of what nobody answered for. */
    public static Optional<Outcome> endedThoughBypassed(Claim claim) {
        if (claim.deleted()) {
            return Optional.of(Outcome.withdrawn(Reason.CLAIM_DELETED));
        }
        if (claim.status() == Claim.REJECTED) {
            return Optional.of(Outcome.withdrawn(Reason.CLAIM_REJECTED));
        }
        if (claim.feedbackStatus() == FEEDBACK_DELIVERED) {
            return Optional.of(Outcome.withdrawn(Reason.ANSWERED_BY_SOMEBODY_ELSE));
        }
        return Optional.empty();
    }

    private static Outcome notSelected(Reason reason, String detail) {
        return Outcome.moved(State.NOT_SELECTED, CHECK).because(reason, detail);
    }

    private String visitKey(Claim claim) {
        return loops.keyed(String.join(
                "|",
                claim.insuree().uuid(),
                claim.facility().uuid(),
                claim.dateFrom().toString(),
                claim.dateTo().toString()));
    }
}
