package io.claimloop.operations;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.claimloop.ledger.Events;
import io.claimloop.ledger.ParkedEvent;
import io.claimloop.ledger.Reason;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What came by Kafka and could not be used: where it stands there, and why. */
@RestController
class ParkedEventController {
    private static final int MOST = 500;

    private final Events events;

    ParkedEventController(Events events) {
        this.events = events;
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Line(
            String topic,
            int partition,
            long offset,
            UUID claim,
            Reason reason,
            String whatHappened,
            String whatYouCanDo,
            int bytes,
            Instant receivedAt) {
        static Line of(ParkedEvent event) {
            return new Line(
                    event.topic(),
                    event.partition(),
                    event.offset(),
                    event.claim(),
                    event.reason(),
                    event.reason().whatHappened() + (event.detail() == null ? "" : " " + event.detail()),
                    event.reason().whatToDo(),
                    event.bytes(),
                    event.receivedAt());
        }
    }

    @GetMapping(path = "/api/parked-events", produces = "application/json")
    List<Line> parked(@RequestParam(defaultValue = "100") int limit) {
        return events.parked(Math.max(1, Math.min(MOST, limit))).stream()
                .map(Line::of)
                .toList();
    }
}
