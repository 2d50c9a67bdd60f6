package io.claimloop.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.claimloop.feedback.TakeUp;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.StepEnds;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.Tls;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.component.jsonvalidator.JsonValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Turns what was thrown in a step into its outcome. Messages of libraries and partners carry names and numbers: only our
 * own texts, classes and statuses go on.
 */
@Component("errorPolicy")
public class ErrorPolicy {
    private static final Logger log = LoggerFactory.getLogger(ErrorPolicy.class);
    /** A partner whose circuit breaker is open is asked again after this; no attempt is used. */
    static final Duration SOON = Duration.ofSeconds(5);

    private final TakeUp takeUp;

    public ErrorPolicy(TakeUp takeUp) {
        this.takeUp = takeUp;
    }

    /** The error policy's one step: the body becomes the outcome. */
    public void decide(Exchange exchange) {
        Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        exchange.getMessage().setBody(outcome(thrown, exchange.getProperty("due", Due.class)));
    }

    Outcome outcome(Throwable thrown, Due due) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StepEnds ends) {
                return ends.outcome();
            }
            if (cause instanceof PartnerException partner) {
                return partner(partner);
            }
            if (cause instanceof CallNotPermittedException) {
                return Outcome.later(Reason.PARTNER_AWAY, SOON);
            }
            if (cause instanceof IOException && !ours(cause)) {
                return Outcome.failed(
                        Reason.PARTNER_AWAY,
                        Tls.refusal(cause)
                                .map(refusal -> "It is not trusted: " + refusal + ".")
                                .orElse(cause.getClass().getSimpleName() + "."));
            }
            if (cause instanceof JsonValidationException && due != null) {
                return due.step() == Step.SUBMISSION
                        ? takeUp.unusable(
                                due, Reason.ANSWERS_INVALID, "Its shape is not the one of the mapping's schema.")
                        : Outcome.parked(Reason.UNEXPECTED, "A mapping's result does not fit its schema.");
            }
        }
        log.error(
                "{} failed{}: {}",
                due == null ? "a step" : "step " + due.step(),
                due == null || due.loop() == null
                        ? ""
                        : " for claim " + due.loop().name(),
                thrown.getClass().getName(),
                new WithoutMessage(thrown));
        return Outcome.failed(Reason.UNEXPECTED, thrown.getClass().getSimpleName() + ".");
    }

    /** Reading and writing of our own: files and JSON. */
    private static boolean ours(Throwable cause) {
        return cause instanceof JsonProcessingException || cause instanceof FileSystemException;
    }

    private static Outcome partner(PartnerException e) {
        return switch (e.kind()) {
            case AWAY ->
                e.after() == null
                        ? Outcome.failed(Reason.PARTNER_AWAY, e.getMessage() + ".")
                        : Outcome.later(Reason.PARTNER_AWAY, e.after());
            case BUSY -> Outcome.later(Reason.PARTNER_BUSY, e.after());
            case LOGIN_REFUSED -> Outcome.later(Reason.LOGIN_REFUSED, e.after());
            // a right that is given within hours lets the work go on by itself; openIMIS also refuses wrongly now and
            // then
            case NO_ACCESS -> Outcome.failed(Reason.NO_ACCESS, e.getMessage() + ".");
            case UNEXPECTED -> Outcome.failed(Reason.UNEXPECTED, e.getMessage() + ".");
        };
    }

    static Outcome withoutOutcome() {
        return Outcome.failed(Reason.UNEXPECTED, "The step's route came back without an outcome.");
    }

    /** Where it was thrown, without what was said. */
    private static final class WithoutMessage extends Throwable {
        WithoutMessage(Throwable thrown) {
            super(thrown.getClass().getName(), null, false, true);
            setStackTrace(thrown.getStackTrace());
        }
    }
}
