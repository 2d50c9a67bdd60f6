package io.claimloop.valuation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.openimis.Claim;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.openimis.Mutation;
import io.claimloop.openimis.Told;
import io.claimloop.rules.RuleChecks;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.ClaimLoopProperties.Unanswered;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Follows a claim to its value. With {@code claimloop.valuation.enabled} clean answers let openIMIS process it, and bad
 * ones have it reviewed; without, ClaimLoop only looks what became of it. openIMIS's processing asks neither for feedback
 * nor for a review (recording 964): so this looks first, and never processes a claim that waits for an officer.
 */
@Component("valuation")
public class Valuation {
    private static final String VALUE = "value";
    /** After so many orders that changed nothing a person should see it. */
    private static final int TRIES = 3;

    private static final int LOOKS = 6;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final boolean enabled;
    private final Unanswered unanswered;
    private final Duration watch;
    private final ZoneId zone;
    private final ReviewTable review;

    public Valuation(ClaimLoopProperties properties, ReviewTable review) {
        ClaimLoopProperties.Valuation settings = properties.valuation();
        this.enabled = settings.enabled();
        this.unanswered = settings.unanswered();
        this.watch = settings.watch();
        this.zone = properties.openimis().zone();
        this.review = review;
    }

    /** Returns the step's {@link Outcome}, or the {@link Mutation} that is to be sent. */
    public Object decide(Due due) throws IOException {
        State state = due.loop().state();
        if (!state.next().contains(State.VALUED)) {
            return Outcome.done();
        }
        if (due.claimError() != null) {
            // not shown is not deleted
            return Outcome.later(
                    ClaimReader.ABSENT.equals(due.claimError()) ? Reason.CLAIM_NOT_FOUND : Reason.UNEXPECTED, watch);
        }
        Claim claim = Claim.of(due.claim());
        if (claim.strangeWithReview().isPresent()) {
            // money moves by nothing that we do not know
            return Outcome.later(Reason.CLAIM_UNKNOWN_STATUS, watch);
        }
        Optional<Outcome> over = over(state, claim).or(() -> Told.of(due).waits(Reason.BEING_VALUED, zone));
        Object next = over.isPresent() ? over.get() : next(due, state, claim);
        return next instanceof Outcome outcome ? outcome.proof(due.claim().toString()) : next;
    }

    /** What ended the claim ends its loop; feedback is there already, or was bypassed by our own order. */
    private Optional<Outcome> over(State state, Claim claim) {
        if (claim.deleted() || claim.status() == Claim.REJECTED) {
            return RuleChecks.ended(claim);
        }
        boolean open = state == State.EXPIRED && unanswered == Unanswered.WAIT;
        boolean answered = (state == State.EXPIRED || state == State.NOT_REACHED)
                && claim.feedbackStatus() == Claim.FEEDBACK_DELIVERED;
        return open ? RuleChecks.ended(claim) : answered ? RuleChecks.endedThoughBypassed(claim) : Optional.empty();
    }

    private Object next(Due due, State state, Claim claim) throws IOException {
        boolean bad = state == State.DELIVERED && review.asksForReview(answers(due, claim));
        boolean lateAnswersCount = state == State.EXPIRED && unanswered == Unanswered.WAIT;
        if (claim.status() == Claim.VALUATED || claim.status() == Claim.PROCESSED && !lateAnswersCount) {
            Outcome valued = Outcome.moved(State.VALUED, VALUE);
            return bad && claim.reviewStatus() <= Claim.REVIEW_NOT_SELECTED
                    ? valued.because(Reason.VALUED_DESPITE_ANSWERS, null)
                    : valued;
        }
        boolean officers =
                claim.reviewStatus() == Claim.REVIEW_SELECTED || claim.reviewStatus() == Claim.REVIEW_DELIVERED;
        if (officers && !lateAnswersCount) {
            return state == State.IN_REVIEW
                    ? again()
                    : Outcome.moved(State.IN_REVIEW, VALUE)
                            .because(bad ? Reason.ANSWERS_ASK_FOR_REVIEW : Reason.REVIEW_IN_OPENIMIS, null)
                            .again(watch);
        }
        if (!enabled || claim.status() != Claim.CHECKED) {
            return again();
        }
        return switch (state) {
            case DELIVERED -> ordered(due, bad ? "selectClaimsForReview" : "processClaims");
            case NOT_REACHED, EXPIRED -> unanswered(due, claim);
            // reviewed, or in dispute: that is for an officer to process
            default -> again();
        };
    }

    /** As they were given; where they are erased by now, as openIMIS holds them. */
    private static JsonNode answers(Due due, Claim claim) throws JsonProcessingException {
        if (due.submission() != null && due.submission().feedback() != null) {
            return JSON.readTree(due.submission().feedback());
        }
        ObjectNode answers = JSON.createObjectNode();
        Claim.StoredFeedback stored = claim.feedback();
        if (stored != null) {
            answer(answers, "careRendered", stored.careRendered());
            answer(answers, "paymentAsked", stored.paymentAsked());
            answer(answers, "drugPrescribed", stored.drugPrescribed());
            answer(answers, "drugReceived", stored.drugReceived());
            answers.put("assessment", stored.assessment());
        }
        return JSON.createObjectNode().set("answers", answers);
    }

    private static void answer(ObjectNode answers, String name, Boolean stored) {
        if (stored != null) {
            answers.put(name, stored ? "yes" : "no");
        }
    }

    private Object unanswered(Due due, Claim claim) {
        if (unanswered == Unanswered.WAIT) {
            return again();
        }
        if (claim.feedbackStatus() == Claim.FEEDBACK_SELECTED) {
            return ordered(due, "bypassClaimsFeedback");
        }
        return ordered(due, unanswered == Unanswered.PROCESS ? "processClaims" : "selectClaimsForReview");
    }

    /** An order, unless it was tried in vain: orders that openIMIS has logged count, or looks right after one. */
    private static Object ordered(Due due, String mutation) {
        Told told = Told.of(due);
        if (told.noRight() && due.before() != Reason.NO_ACCESS) {
            return Outcome.failed(
                    Reason.NO_ACCESS, "openIMIS refuses " + mutation + " to claimloop.valuation.username.");
        }
        boolean unseen = due.before() == Reason.BEING_VALUED && due.attempts() > LOOKS;
        if ((told.orders(mutation) >= TRIES || unseen) && !told.noRight()) {
            return Outcome.parked(
                    Reason.NOT_VALUED,
                    "Order: " + mutation + (told.error() ? "; its log says error." : "; its log says done."));
        }
        Outcome look = Outcome.failed(Reason.BEING_VALUED, null);
        return Mutation.onClaim(due, mutation, due.attempts() <= 2 ? look.again(Duration.ZERO) : look);
    }

    private Outcome again() {
        return Outcome.done().again(watch);
    }
}
