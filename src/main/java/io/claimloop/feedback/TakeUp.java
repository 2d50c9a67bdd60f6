package io.claimloop.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.ClaimLoopProperties.Corrections;
import io.claimloop.settings.ClaimLoopProperties.Delivery;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotNull;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Decides what a submission does to its loop. */
@Component("takeUp")
public class TakeUp {
    private static final String SUBMISSION = "submission";
    /** How often a submission looks for its claim; a task that appears wakes it at once. */
    private static final Duration UNTIL_KNOWN = Duration.ofMinutes(15);

    /** After that a person should see it; a task that appears still takes it up. */
    private static final Duration WAITS_UNSEEN = Duration.ofDays(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Validator validator;
    private final Loops loops;
    private final boolean unknownCanBeSaid;
    private final boolean deliverCorrections;

    public TakeUp(Validator validator, Loops loops, ClaimLoopProperties properties) {
        this.validator = validator;
        this.loops = loops;
        this.deliverCorrections = properties.feedback().corrections() == Corrections.DELIVER;
        this.unknownCanBeSaid = properties.feedback().delivery() == Delivery.GRAPHQL;
    }

    public Outcome decide(Due due, String mapped) throws JsonProcessingException {
        Outcome elsewhere = elsewhere(due, mapped);
        if (elsewhere != null) {
            return elsewhere;
        }
        Feedback feedback = JSON.readValue(mapped, Feedback.class);
        Set<ConstraintViolation<Feedback>> violations = violations(feedback);
        if (!violations.isEmpty()) {
            return invalid(violations).submission(SubmissionState.PARKED, mapped);
        }
        if (!feedback.patientUuid().equals(due.loop().patient())) {
            return Outcome.parked(Reason.ANOTHER_PATIENT, null).submission(SubmissionState.PARKED, mapped);
        }
        Outcome outcome =
                switch (feedback.outcome()) {
                    case Feedback.ANSWERED -> Outcome.moved(State.ANSWERED, SUBMISSION);
                    case Feedback.WRONG_PERSON ->
                        Outcome.moved(State.NEEDS_IDENTITY, SUBMISSION).because(Reason.WRONG_PERSON, null);
                    default ->
                        Outcome.moved(State.NOT_REACHED, SUBMISSION)
                                .because(
                                        Reason.NOBODY_REACHED,
                                        "Outcome: "
                                                + feedback.outcome()
                                                        .toLowerCase(Locale.ROOT)
                                                        .replace('_', ' ') + ".");
                };
        return outcome.learned(Facts.ofSubmission(due.submission().id()))
                .proof(mapped)
                .submission(SubmissionState.TAKEN, mapped);
    }

    private Set<ConstraintViolation<Feedback>> violations(Feedback feedback) {
        return validator.validate(feedback).stream()
                .filter(violation -> !unknownCanBeSaid || !unknown(violation))
                .collect(Collectors.toSet());
    }

    /** A submission that cannot even be mapped. It parks a loop that waits for it, and disturbs no other. */
    public Outcome unusable(Due due, Reason reason, String detail) {
        Outcome elsewhere;
        try {
            elsewhere = elsewhere(due, null);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        return elsewhere != null && due.loop() != null
                ? elsewhere
                : Outcome.parked(reason, detail).submission(SubmissionState.PARKED, null);
    }

    StepEnds notJson(Due due) {
        return new StepEnds(unusable(due, Reason.NOT_JSON, null));
    }

    /** What happens where no answer is awaited; null where one is. */
    private Outcome elsewhere(Due due, String mapped) throws JsonProcessingException {
        Loop loop = due.loop();
        Submission submission = due.submission();
        if (submission.claim() == null) {
            return Outcome.parked(Reason.CLAIM_NOT_NAMED, null).submission(SubmissionState.PARKED, mapped);
        }
        State state = loop == null ? null : loop.state() == State.PARKED ? loop.parkedFrom() : loop.state();
        if (state == null || state.next().contains(State.TASKED) || state.next().contains(State.SELECTED)) {
            boolean longAgo = submission.receivedAt().isBefore(Instant.now().minus(WAITS_UNSEEN));
            return longAgo
                    ? Outcome.parked(Reason.CLAIM_NOT_TASKED, null).submission(SubmissionState.PARKED, mapped)
                    : Outcome.later(Reason.CLAIM_NOT_TASKED, UNTIL_KNOWN).submission(SubmissionState.RECEIVED, mapped);
        }
        if (state == State.TASKED || state == State.EXPIRED) {
            return null;
        }
        boolean answered = loop.submission() != null && state != State.NOT_REACHED && state != State.WITHDRAWN;
        Submission counts =
                answered && mapped != null ? loops.submission(loop.submission()).orElse(null) : null;
        if (counts != null && counts.feedback() != null) {
            return compared(due, mapped, counts);
        }
        if (counts != null && submission.reportId().equals(counts.reportId())) {
            return Outcome.done()
                    .because(Reason.CORRECTED, "What it said before is erased by now (claimloop.retention.payload).")
                    .submission(SubmissionState.CORRECTION, mapped);
        }
        return Outcome.done()
                .because(
                        answered ? Reason.SUBMISSION_SUPERSEDED : Reason.ALREADY_ENDED,
                        "The loop stood at " + loop.state() + ".")
                .submission(SubmissionState.KEPT, mapped);
    }

    /** Answers came before. The same again is done; an edit of the same report is a correction; else the first ones count. */
    private Outcome compared(Due due, String mapped, Submission counts) throws JsonProcessingException {
        Submission submission = due.submission();
        List<String> differs = Correction.differs(JSON.readTree(counts.feedback()), JSON.readTree(mapped));
        if (differs.isEmpty()) {
            return Outcome.done()
                    .because(Reason.SAME_ANSWERS, null)
                    .submission(submission.id() == counts.id() ? SubmissionState.TAKEN : SubmissionState.KEPT, mapped);
        }
        // names only: the values are the patient's
        String detail = "It differs in: " + String.join(", ", differs) + ".";
        if (!submission.reportId().equals(counts.reportId())) {
            return Outcome.done()
                    .because(Reason.SUBMISSION_SUPERSEDED, detail)
                    .submission(SubmissionState.KEPT, mapped);
        }
        Outcome correction =
                Outcome.done().because(Reason.CORRECTED, detail).submission(SubmissionState.CORRECTION, mapped);
        return deliverCorrections && deliverable(due, mapped) ? correction.again(Duration.ZERO) : correction;
    }

    private boolean deliverable(Due due, String mapped) throws JsonProcessingException {
        Feedback feedback = JSON.readValue(mapped, Feedback.class);
        State state = due.loop().state();
        return (state == State.ANSWERED || state == State.DELIVERED)
                && Feedback.ANSWERED.equals(feedback.outcome())
                && violations(feedback).isEmpty()
                && feedback.patientUuid().equals(due.loop().patient());
    }

    private static Outcome invalid(Set<ConstraintViolation<Feedback>> violations) {
        boolean onlyMissing = violations.stream().allMatch(TakeUp::missing);
        String fields = violations.stream()
                .map(violation -> violation.getPropertyPath() + " " + violation.getMessage())
                .sorted()
                .collect(Collectors.joining("; ", "", "."));
        return Outcome.parked(onlyMissing ? Reason.ANSWER_MISSING : Reason.ANSWERS_INVALID, fields);
    }

    /**
     * A question that was not answered, which openIMIS can store as unknown. A feedback without assessment breaks FHIR's
     * list of Communications (read in openIMIS's code), and one without any answer says nothing.
     */
    private static boolean unknown(ConstraintViolation<Feedback> violation) {
        String path = violation.getPropertyPath().toString();
        return missing(violation) && path.startsWith("answers.") && !path.endsWith("assessment");
    }

    /** An answer that is not there, rather than one that cannot be read. */
    private static boolean missing(ConstraintViolation<Feedback> violation) {
        String path = violation.getPropertyPath().toString();
        return violation.getConstraintDescriptor().getAnnotation() instanceof NotNull
                || path.endsWith("drugReceivedAnswered")
                || path.endsWith("answeredWithAnswers");
    }
}
