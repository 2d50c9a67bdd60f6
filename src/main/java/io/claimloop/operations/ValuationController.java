package io.claimloop.operations;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.claimloop.ledger.MonthRuns;
import io.claimloop.ledger.MonthRuns.MonthRun;
import io.claimloop.ledger.MonthRuns.Standing;
import io.claimloop.partner.PartnerException;
import io.claimloop.valuation.MonthOrder;
import io.claimloop.valuation.MonthValuation;
import java.security.Principal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** openIMIS's batch run of an ended month, by an operator's call. */
@RestController
@RequestMapping(path = "/api/valuations", produces = "application/json")
class ValuationController {
    private static final int MOST = 100;

    private final MonthRuns runs;
    private final MonthValuation valuation;
    private final ProducerTemplate camel;

    ValuationController(MonthRuns runs, MonthValuation valuation, ProducerTemplate camel) {
        this.runs = runs;
        this.valuation = valuation;
        this.camel = camel;
    }

    /** @param location openIMIS's code of a region or district; absent for national */
    record Order(Integer year, Integer month, String location) {}

    /** A batch run, and what is known of it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Line(
            String month,
            String location,
            Standing status,
            String whatHappened,
            String whatYouCanDo,
            String orderedBy,
            Instant orderedAt) {
        static Line of(MonthRun run) {
            String more = run.detail() == null ? "" : " " + run.detail();
            return new Line(
                    run.month().toString(),
                    run.location(),
                    run.standing(),
                    switch (run.standing()) {
                        case ORDERED -> "openIMIS has the order for " + run.name() + " and is not done with it.";
                        case RUN -> "openIMIS made the batch run of " + run.name() + ".";
                        case ALREADY_RUN ->
                            "The batch run of " + run.name() + " was made before; there is one for a month and place.";
                        case FAILED -> "openIMIS made no batch run of " + run.name() + "." + more;
                    },
                    switch (run.standing()) {
                        case ORDERED -> "Send the same call again to see what came of it.";
                        case RUN, ALREADY_RUN -> "Nothing.";
                        case FAILED -> "Remove the cause in openIMIS, then send the same call again.";
                    },
                    run.orderedBy(),
                    run.orderedAt());
        }
    }

    @GetMapping
    List<Line> list() {
        return runs.list(MOST).stream().map(Line::of).toList();
    }

    /** 200: the run is made, now or before. 202: openIMIS is at work. 409: not now. 502: it made none. */
    @PostMapping
    ResponseEntity<?> order(@RequestBody Order order, Principal operator) {
        YearMonth month;
        try {
            month = YearMonth.of(order.year(), order.month());
        } catch (DateTimeException | NullPointerException e) {
            return refused(HttpStatus.BAD_REQUEST, "year and month must be given: {\"year\": 2026, \"month\": 10}");
        }
        String location = order.location() == null ? "" : order.location().strip();
        if (!location.matches("[\\w.-]{0,20}")) {
            return refused(HttpStatus.BAD_REQUEST, "location is not a code of openIMIS");
        }
        Optional<String> refusal = valuation.refusal(month);
        if (refusal.isPresent()) {
            return refused(HttpStatus.CONFLICT, refusal.get());
        }
        MonthOrder done;
        try {
            done = camel.requestBody(
                    "direct:value-month", new MonthOrder(month, location, operator.getName()), MonthOrder.class);
        } catch (CamelExecutionException e) {
            return refused(HttpStatus.BAD_GATEWAY, failure(e));
        }
        if (done.refusal() != null) {
            return refused(HttpStatus.CONFLICT, done.refusal());
        }
        if (done.run() == null) {
            return ResponseEntity.ok(new Line(
                    month.toString(),
                    location,
                    Standing.ALREADY_RUN,
                    "The batch run of " + done.name() + " was made before; there is one for a month and place.",
                    "Nothing.",
                    null,
                    null));
        }
        return ResponseEntity.status(
                        switch (done.run().standing()) {
                            case RUN, ALREADY_RUN -> HttpStatus.OK;
                            case ORDERED -> HttpStatus.ACCEPTED;
                            case FAILED -> HttpStatus.BAD_GATEWAY;
                        })
                .body(Line.of(done.run()));
    }

    private static String failure(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof PartnerException partner) {
                return partner.getMessage() + "; send the same call again: it looks first what came of this one";
            }
        }
        return "openIMIS does not answer; send the same call again: it looks first what came of this one";
    }

    private static ResponseEntity<?> refused(HttpStatus status, String reason) {
        return ResponseEntity.status(status).body(Map.of("status", "refused", "reason", reason));
    }

    @ExceptionHandler(HttpMessageNotReadableException.class)
    ResponseEntity<?> unreadable() {
        return refused(HttpStatus.BAD_REQUEST, "the body is not JSON of the form {\"year\": 2026, \"month\": 10}");
    }
}
