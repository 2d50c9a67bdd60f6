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

/** Tries many loops again: those of a filter, or all that are parked. */
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
     * @param dryRun only count
     */
    record Order(String state, String reason, String code, String since, boolean all, boolean dryRun) {
        boolean filters() {
            return Stream.of(state, reason, code, since).anyMatch(value -> value != null && !value.isBlank());
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
    record Answer(String status, long loops, Long left, Integer perMinute, Long overSeconds, String hint) {}

    @PostMapping(path = "/api/redrive", consumes = "application/json", produces = "application/json")
    ResponseEntity<?> redrive(@RequestBody String body, Principal operator) {
        Order order;
        Filter filter;
        try {
            order = STRICT.readValue(body, Order.class);
            filter = order.filter();
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeParseException | NullPointerException e) {
            return refused(
                    "the order cannot be read",
                    "Fields: state, reason, code, since (2026-01-31T00:00:00Z), all, dryRun; no other.");
        }
        if (!order.filters() && !order.all()) {
            return refused("no filter is told", "Name state, reason, code or since; or say \"all\": true.");
        }
        if (!Reason.actions(filter.state()).contains("retry")) {
            return refused(
                    "a loop that is " + filter.state() + " cannot be retried", "Leave state out for parked loops.");
        }
        if (order.dryRun()) {
            return ResponseEntity.ok(new Answer(
                    "dry run",
                    redrives.count(filter),
                    null,
                    perMinute,
                    null,
                    "Nothing was changed. Leave dryRun out."));
        }
        Redriven done = redrives.redrive(filter, operator.getName(), perMinute);
        wakeUp.wake(EnumSet.allOf(Step.class));
        return ResponseEntity.ok(new Answer(
                "redriven",
                done.loops(),
                done.left(),
                perMinute,
                done.over().toSeconds(),
                done.left() == 0 ? null : "Order again for those that are left."));
    }

    private static ResponseEntity<?> refused(String reason, String hint) {
        return ResponseEntity.badRequest().body(Map.of("status", "refused", "reason", reason, "hint", hint));
    }
}
