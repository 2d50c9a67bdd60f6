package io.claimloop.operations;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.Redrives;
import io.claimloop.ledger.Redrives.Filter;
import io.claimloop.ledger.Redrives.Redriven;
import io.claimloop.ledger.Redrives.Unclaimed;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.WakeUp;
import io.claimloop.settings.ClaimLoopProperties;
import java.security.Principal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Tries many loops again: those of a filter, or all that are parked. And submissions that belong to none. */
@RestController
class RedriveController {
    /** A misspelt filter must not mean all. */
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Redrives redrives;
    private final WakeUp wakeUp;
    private final int perMinute;

    RedriveController(Redrives redrives, WakeUp wakeUp, ClaimLoopProperties properties) {
        this.redrives = redrives;
        this.wakeUp = wakeUp;
        this.perMinute = Math.max(1, properties.steps().redrivesPerMinute());
    }

    /**
     * @param state parked, where it is not told
     * @param all to be told where there is no filter
     * @param submissions parked submissions that belong to no loop, instead of loops
     * @param submission one of them, by its number
     * @param dryRun only count
     */
    record Order(
            String state,
            String reason,
            String code,
            String since,
            Long submission,
            boolean submissions,
            boolean all,
            boolean dryRun) {
        boolean filters() {
            return submission != null || Stream.of(state, reason, code, since).anyMatch(Order::given);
        }

        boolean ofSubmissions() {
            return submissions || submission != null;
        }

        Unclaimed unclaimed() {
            if (given(state) || given(code)) {
                throw new IllegalArgumentException("a submission of no loop has neither");
            }
            return new Unclaimed(
                    submission,
                    given(reason) ? Reason.valueOf(reason.toUpperCase(Locale.ROOT)) : null,
                    given(since) ? Instant.parse(since) : null);
        }

        Filter filter() {
            return new Filter(
                    given(state) ? State.valueOf(state.toUpperCase(Locale.ROOT)) : State.PARKED,
                    given(reason) ? Reason.valueOf(reason.toUpperCase(Locale.ROOT)) : null,
                    given(code) ? code : null,
                    given(since) ? Instant.parse(since) : null);
        }

        private static boolean given(String value) {
            return value != null && !value.isBlank();
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            String status, Long loops, Long submissions, Long left, Integer perMinute, Long overSeconds, String hint) {}

    @PostMapping(path = "/api/redrive", consumes = "application/json", produces = "application/json")
    ResponseEntity<?> redrive(@RequestBody String body, Principal operator) {
        Order order;
        Filter filter = null;
        Unclaimed unclaimed = null;
        try {
            order = STRICT.readValue(body, Order.class);
            if (order.ofSubmissions()) {
                unclaimed = order.unclaimed();
            } else {
                filter = order.filter();
            }
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeParseException | NullPointerException e) {
            return refused(
                    "the order cannot be read",
                    "Fields: state, reason, code, since (2026-01-31T00:00:00Z), all, dryRun; for submissions of no loop"
                            + " submission (its id) or submissions (true), reason, since, all, dryRun; no other.");
        }
        if (!order.filters() && !order.all()) {
            return refused("no filter is told", "Name state, reason, code or since; or say \"all\": true.");
        }
        if (filter != null && !Reason.actions(filter.state()).contains("retry")) {
            return refused(
                    "a loop that is " + filter.state() + " cannot be retried", "Leave state out for parked loops.");
        }
        if (order.dryRun()) {
            long held = filter == null ? redrives.count(unclaimed) : redrives.count(filter);
            return ResponseEntity.ok(
                    answer("dry run", filter != null, held, null, null, "Nothing was changed. Leave dryRun out."));
        }
        Redriven done = filter == null
                ? redrives.redrive(unclaimed, operator.getName(), perMinute)
                : redrives.redrive(filter, operator.getName(), perMinute);
        wakeUp.wake(EnumSet.allOf(Step.class));
        return ResponseEntity.ok(answer(
                "redriven",
                filter != null,
                done.loops(),
                done.left(),
                done.over().toSeconds(),
                done.left() == 0 ? null : "Order again for those that are left."));
    }

    private Answer answer(String status, boolean loops, long many, Long left, Long overSeconds, String hint) {
        return new Answer(status, loops ? many : null, loops ? null : many, left, perMinute, overSeconds, hint);
    }

    private static ResponseEntity<?> refused(String reason, String hint) {
        return ResponseEntity.badRequest().body(Map.of("status", "refused", "reason", reason, "hint", hint));
    }
}
