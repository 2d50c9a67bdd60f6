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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Decides whether a claim is followed up: by what openIMIS shows now, never by what a notice said. */
@Component("ruleChecks")
public class RuleChecks {
    private static final String CHECK = "check";
    private static final Duration SAME_VISIT_AGAIN = Duration.ofDays(1);

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

    /** What the claim says by itself: an outcome, or that it is {@link Wanted}. */
    public Object check(Due due) {
        if (!due.loop().state().next().contains(State.SELECTED)) {
            return Outcome.done();
        }
        if (due.claimError() != null) {
            return ClaimReader.ABSENT.equals(due.claimError())
                    ? Outcome.failed(Reason.CLAIM_NOT_FOUND, null)
                    : Outcome.failed(Reason.UNEXPECTED, "openIMIS fails on reading this claim.");
        }
        Claim claim = Claim.of(due.claim());
        List<Finding> findings = new ArrayList<>();
        Outcome unwanted = unwanted(due, claim, findings);
        return unwanted == null ? new Wanted(due, claim, visitKey(claim), findings) : read(due, claim, unwanted);
    }

    private static Outcome read(Due due, Claim claim, Outcome outcome) {
        String insuree = claim.insuree() == null ? null : claim.insuree().uuid();
        return outcome.learned(Facts.ofClaim(claim.code(), insuree, due.eligibility()))
                .proof(due.claim().toString());
    }

    /** Null when it is wanted. */
    private Outcome unwanted(Due due, Claim claim, List<Finding> findings) {
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
        findings.addAll(EntryRules.check(claim, LocalDate.now(zone)));
        boolean broken = !findings.isEmpty();
        findings.addAll(CoverageRule.check(due.eligibility()));
        // of a submitted claim openIMIS has judged itself
        if (broken || claim.status() == Claim.ENTERED && CoverageRule.uncovered(due.eligibility())) {
            return notSelected(Reason.INVALID_ENTRY, findings.get(0).detail()).found(findings);
        }
        return null;
    }

    /** One visit is asked about once, and a place of the day is taken last of all, only by a claim that is wanted otherwise. */
    public void choose(List<Wanted> wanted) {
        Map<UUID, String> visits = new LinkedHashMap<>();
        wanted.forEach(one -> visits.put(one.due().loop().uuid(), one.visit()));
        Map<UUID, Loop> asking = loops.reserveVisits(visits);
        Set<UUID> places = limits.takeDay(visits.keySet().stream()
                .filter(loop -> !asking.containsKey(loop))
                .toList());
        for (Wanted one : wanted) {
            UUID loop = one.due().loop().uuid();
            Outcome outcome = asking.containsKey(loop)
                    ? sameVisit(asking.get(loop), one.findings())
                    : places.contains(loop) ? Outcome.moved(State.SELECTED, CHECK) : dayFull(one.claim());
            one.end(read(one.due(), one.claim(), outcome.found(one.findings())));
        }
    }

    private static Outcome sameVisit(Loop other, List<Finding> findings) {
        findings.add(
                new Finding(null, "same-visit", "Same insuree, facility and dates as claim " + other.name() + "."));
        // the other one may end without an answer; nobody tells of it here
        return notSelected(Reason.SAME_VISIT, "Claim " + other.name() + ".").again(SAME_VISIT_AGAIN);
    }

    private Outcome dayFull(Claim claim) {
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
