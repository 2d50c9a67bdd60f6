package io.claimloop.operations;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.intake.ClaimUuids;
import io.claimloop.ledger.Eligibility;
import io.claimloop.ledger.Finding;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.Submission;
import io.claimloop.ledger.SubmissionState;
import io.claimloop.settings.ClaimLoopProperties;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where each claim stands, how it came there, and what a person can do. */
@RestController
@RequestMapping(path = "/api", produces = "application/json")
class TraceController {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST = 500;

    private final Loops loops;
    private final ClaimLoopProperties properties;

    TraceController(Loops loops, ClaimLoopProperties properties) {
        this.loops = loops;
        this.properties = properties;
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Line(
            UUID uuid,
            String code,
            State state,
            State parkedFrom,
            Reason reason,
            String whatHappened,
            String whatYouCanDo,
            List<String> actions,
            Instant since) {
        static Line of(Loop loop) {
            Reason reason = loop.reason();
            return new Line(
                    loop.uuid(),
                    loop.code(),
                    loop.state(),
                    loop.parkedFrom(),
                    reason,
                    reason == null
                            ? loop.detail()
                            : reason.whatHappened() + (loop.detail() == null ? "" : " " + loop.detail()),
                    reason == null ? null : reason.whatToDo(),
                    Reason.actions(loop.state()),
                    loop.changedAt());
        }
    }

    /**
     * @param payloadErasedAt since when what partners sent and the answers are not here any more
     * @param inOpenImis where an officer opens the claim's feedback
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Trace(
            UUID uuid,
            String code,
            State state,
            Line now,
            String inOpenImis,
            UUID claimRecord,
            String chw,
            Instant taskUntil,
            Eligibility eligibility,
            int attempts,
            List<Loops.Transition> history,
            List<Loops.Pending> due,
            List<Finding> findings,
            Kept kept,
            Instant payloadErasedAt,
            List<SubmissionLine> submissions) {}

    /** What the CHW reported that openIMIS has no field for. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Kept(
            String remarks,
            JsonNode complaint,
            String undelivered,
            JsonNode discrepancies,
            JsonNode payment,
            String outcomeReason,
            String respondent,
            String visitDate,
            JsonNode durationSeconds) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SubmissionLine(
            long id,
            String reportId,
            UUID claim,
            SubmissionState state,
            Reason reason,
            String whatHappened,
            String whatYouCanDo,
            Instant receivedAt) {
        static SubmissionLine of(Submission submission) {
            Reason reason = submission.reason();
            return new SubmissionLine(
                    submission.id(),
                    submission.reportId(),
                    submission.claim(),
                    submission.state(),
                    reason,
                    reason == null
                            ? null
                            : reason.whatHappened() + (submission.detail() == null ? "" : " " + submission.detail()),
                    reason == null ? null : reason.whatToDo(),
                    submission.receivedAt());
        }
    }

    /**
     * By claim code, by state, or both; newest first. Codes are not unique: hence a list. Or by a step whose work waits
     * after it was tried in vain: a task that could not be taken back is found by {@code waiting=retract}.
     */
    @GetMapping("/loops")
    List<Line> find(
            @RequestParam(required = false) String code,
            @RequestParam(required = false) String state,
            @RequestParam(required = false) String waiting,
            @RequestParam(defaultValue = "100") int limit) {
        if (waiting != null) {
            Step step = Step.of(waiting);
            return loops.waiting(step, limit(limit)).stream().map(Line::of).toList();
        }
        return loops
                .find(
                        code,
                        state == null ? null : State.valueOf(state.toUpperCase(java.util.Locale.ROOT)),
                        limit(limit))
                .stream()
                .map(Line::of)
                .toList();
    }

    @GetMapping("/loops/{uuid}")
    ResponseEntity<?> trace(@PathVariable String uuid) throws JsonProcessingException {
        Loop loop = ClaimUuids.canonical(uuid).flatMap(loops::find).orElse(null);
        if (loop == null) {
            return notFound();
        }
        List<Loops.Pending> due = loops.pending(loop.uuid());
        List<Submission> submissions = loops.submissions(loop.uuid());
        return ResponseEntity.ok(new Trace(
                loop.uuid(),
                loop.code(),
                loop.state(),
                Line.of(loop),
                properties.openimis().webUrl() + "/front/claim/feedback/" + loop.spelling(),
                loop.recordId(),
                loop.chw(),
                loop.taskUntil(),
                loop.eligibility(),
                due.stream().mapToInt(Loops.Pending::attempts).max().orElse(0),
                loops.history(loop.uuid()),
                due,
                loops.findings(loop.uuid()),
                kept(loop, submissions),
                loops.erasedAt(loop.uuid()).orElse(null),
                submissions.stream().map(SubmissionLine::of).toList()));
    }

    private static Kept kept(Loop loop, List<Submission> submissions) throws JsonProcessingException {
        for (Submission submission : submissions) {
            if (Long.valueOf(submission.id()).equals(loop.submission()) && submission.feedback() != null) {
                JsonNode feedback = JSON.readTree(submission.feedback());
                return new Kept(
                        feedback.path("remarks").asText(null),
                        feedback.get("complaint"),
                        feedback.path("undelivered").asText(null),
                        feedback.get("discrepancies"),
                        feedback.get("payment"),
                        feedback.path("outcomeReason").asText(null),
                        feedback.path("respondent").asText(null),
                        feedback.path("visitDate").asText(null),
                        feedback.get("durationSeconds"));
            }
        }
        return null;
    }

    /** What CHT pushed and could not be used, among others. */
    @GetMapping("/submissions")
    List<SubmissionLine> submissions(
            @RequestParam(required = false) String state, @RequestParam(defaultValue = "100") int limit) {
        return loops
                .submissions(
                        state == null ? null : SubmissionState.valueOf(state.toUpperCase(java.util.Locale.ROOT)),
                        limit(limit))
                .stream()
                .map(SubmissionLine::of)
                .toList();
    }

    /** How many loops stand where, and how much work is due. */
    @GetMapping("/summary")
    Map<String, Object> summary() {
        return Map.of("loops", loops.count(), "due", loops.backlog());
    }

    @PostMapping("/loops/{uuid}/retry")
    ResponseEntity<?> retry(@PathVariable String uuid, Principal operator) throws JsonProcessingException {
        return order(uuid, found -> loops.retry(found, operator.getName()), "retried");
    }

    @PostMapping("/loops/{uuid}/withdraw")
    ResponseEntity<?> withdraw(@PathVariable String uuid, Principal operator) throws JsonProcessingException {
        return order(uuid, found -> loops.withdraw(found, operator.getName()), "withdrawn");
    }

    private ResponseEntity<?> order(String uuid, java.util.function.Predicate<UUID> order, String done)
            throws JsonProcessingException {
        Loop loop = ClaimUuids.canonical(uuid).flatMap(loops::find).orElse(null);
        if (loop == null) {
            return notFound();
        }
        if (!order.test(loop.uuid())) {
            return ResponseEntity.status(HttpStatus.CONFLICT)
                    .body(Map.of(
                            "status",
                            "refused",
                            "reason",
                            "claim " + loop.name() + " is " + loop.state() + " and cannot be " + done,
                            "hint",
                            "Possible now: " + Reason.actions(loop.state())));
        }
        return trace(uuid);
    }

    private static int limit(int wanted) {
        return Math.max(1, Math.min(MOST, wanted));
    }

    private static ResponseEntity<?> notFound() {
        return ResponseEntity.status(HttpStatus.NOT_FOUND)
                .body(Map.of(
                        "status", "refused",
                        "reason", "no loop of this claim is known",
                        "hint", "Look for it by code: /api/loops?code=…"));
    }

    @ExceptionHandler(IllegalArgumentException.class)
    ResponseEntity<?> badParameter() {
        return ResponseEntity.badRequest()
                .body(Map.of(
                        "status", "refused",
                        "reason", "a parameter cannot be read",
                        "hint",
                                "limit is a number; states of loops: " + List.of(State.values()) + ", of submissions: "
                                        + List.of(SubmissionState.values()) + "; steps: " + List.of(Step.values())));
    }
}
