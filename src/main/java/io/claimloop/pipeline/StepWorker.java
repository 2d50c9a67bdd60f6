package io.claimloop.pipeline;

import io.claimloop.cht.SentinelBacklog;
import io.claimloop.ledger.Completion;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.DueWork;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.SubmissionState;
import io.claimloop.ledger.WakeUp;
import io.claimloop.partner.PartnerGate;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.ClaimLoopProperties.Delivery;
import jakarta.annotation.PreDestroy;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/** Leases due work for a step's routes and writes what came of it. */
@Component("stepWorker")
public class StepWorker {
    private static final Logger log = LoggerFactory.getLogger(StepWorker.class);

    /** Patients with known records, places, write, read back; see {@code routes/task-dispatch.yaml}. */
    private static final int FOR_THE_BATCH = 4;

    private final DueWork dueWork;
    private final WakeUp wakeUp;
    private final PartnerGate openimis;
    private final PartnerGate cht;
    private final SentinelBacklog backlog;
    private final ClaimLoopProperties.Steps steps;
    private final int claimsPerRequest;
    private final boolean byFhir;
    private final Map<Step, BatchInterval> intervals = new EnumMap<>(Step.class);

    public StepWorker(
            DueWork dueWork,
            WakeUp wakeUp,
            PartnerGate openimis,
            PartnerGate cht,
            SentinelBacklog backlog,
            ClaimLoopProperties properties) {
        this.dueWork = dueWork;
        this.wakeUp = wakeUp;
        this.openimis = openimis;
        this.cht = cht;
        this.backlog = backlog;
        this.steps = properties.steps();
        this.claimsPerRequest = properties.openimis().claimsPerRequest();
        this.byFhir = properties.feedback().delivery() == Delivery.FHIR;
        EnumSet.allOf(Step.class).forEach(step -> intervals.put(step, new BatchInterval(steps.batchInterval())));
    }

    /**
     * How long the next batch of a step waits, in milliseconds, so that what comes meanwhile goes with it: a request to a
     * partner and a commit cost the same for one as for many. The first after a pause does not wait, nor does one that
     * follows a full batch.
     */
    public long untilNextBatch(String stepKey) {
        return intervals.get(Step.of(stepKey)).millis(System.nanoTime());
    }

    /** At most as much as the partners can serve soon: so a limit costs no attempt, and no lease runs out in a queue. */
    public List<Due> lease(String stepKey) {
        Step step = Step.of(stepKey);
        int limit = Math.min(batch(step), permitted(step));
        if (limit <= 0) {
            return List.of();
        }
        List<Due> leased = dueWork.lease(step, limit, steps.lease());
        if (leased.size() == limit) {
            intervals.get(step).full();
            wakeUp.wake(EnumSet.of(step));
        }
        List<Completion> poison = leased.stream()
                .filter(due -> due.attempts() > steps.maxAttempts())
                .map(due -> new Completion(
                        due, Outcome.parked(Reason.UNEXPECTED, "Its worker ended again and again without an outcome.")))
                .toList();
        if (poison.isEmpty()) {
            return leased;
        }
        write(poison);
        return leased.stream()
                .filter(due -> due.attempts() <= steps.maxAttempts())
                .toList();
    }

    private int batch(Step step) {
        return switch (step) {
            case CHECK, WATCH, DISPATCH, DELIVER, CORRECT, VALUE -> Math.min(steps.batch(), claimsPerRequest);
            default -> steps.batch();
        };
    }

    private int permitted(Step step) {
        return switch (step) {
            // claims, then policies and officers
            case CHECK -> openimis.permits() > 1 ? steps.batch() : 0;
            // one request reads the whole batch
            case WATCH, CORRECT, VALUE -> openimis.permits() > 0 ? steps.batch() : 0;
            // a search each, mostly a CHW for two; the rest is asked for the whole batch
            case DISPATCH ->
                openimis.permits() > 0
                        ? Math.min(share(cht.permits() - FOR_THE_BATCH, cht.permits(), 1.5), backlog.permits())
                        : 0;
            // one request reads the whole batch
            case LOOK_AGAIN -> cht.permits() > 0 ? steps.batch() : 0;
            case RETRACT -> Math.min(share(cht.permits(), cht.permits(), 2), backlog.permits());
            case DELIVER ->
                byFhir
                        // one read for the batch, one request each to deliver
                        ? openimis.permits() - 1
                        : openimis.permits() > 0 ? steps.batch() : 0;
            case SUBMISSION, EXPIRE -> steps.batch();
        };
    }

    /** At least one while the partner may be asked at all: a breaker that is half open closes by being tried. */
    private static int share(int left, int permits, double callsEach) {
        return permits > 0 ? Math.max(1, (int) (left / callsEach)) : 0;
    }

    /** The reading that a whole batch hangs on failed: every one of it gets the same outcome. */
    public BatchResults allAlike(List<Due> leased, Outcome outcome) {
        BatchResults results = new BatchResults();
        leased.forEach(due -> results.done(due, outcome));
        return results;
    }

    /** What comes back without an outcome is a failed attempt. */
    public void complete(List<Due> leased, BatchResults results) {
        List<Completion> completions = results.completions();
        Set<Long> told = completions.stream().map(c -> c.due().id()).collect(Collectors.toSet());
        List<Completion> all = leased.stream()
                .filter(due -> !told.contains(due.id()))
                .map(due -> new Completion(due, ErrorPolicy.withoutOutcome()))
                .collect(Collectors.toCollection(java.util.ArrayList::new));
        all.addAll(completions);
        wakeUp.wake(write(all));
    }

    /** After Camel has stopped: what is still held is free for others at once. */
    @PreDestroy
    void release() {
        dueWork.release();
    }

    private Set<Step> write(List<Completion> completions) {
        try {
            return dueWork.complete(completions);
        } catch (DataAccessException | IllegalStateException e) {
            if (completions.size() == 1) {
                return notWritten(completions.get(0), e);
            }
            // one bad row must not hold up the others
            return completions.stream()
                    .map(completion -> write(List.of(completion)))
                    .flatMap(Set::stream)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Step.class)));
        }
    }

    /** What the database will never take is parked, so that somebody sees it; otherwise the lease runs out. */
    private Set<Step> notWritten(Completion completion, RuntimeException why) {
        Due due = completion.due();
        log.error(
                "the outcome of step {} for claim {} could not be written ({})",
                due.step(),
                due.loop() == null ? "unknown" : due.loop().name(),
                why.getClass().getSimpleName());
        if (why instanceof DataIntegrityViolationException || why instanceof IllegalStateException) {
            Outcome parked = Outcome.parked(Reason.UNEXPECTED, "Its outcome could not be stored.");
            try {
                return dueWork.complete(List.of(new Completion(
                        due,
                        due.step() == Step.SUBMISSION ? parked.submission(SubmissionState.PARKED, null) : parked)));
            } catch (DataAccessException | IllegalStateException e) {
                log.error(
                        "nor could it be parked ({}); its lease runs out",
                        e.getClass().getSimpleName());
            }
        }
        return Set.of();
    }
}
