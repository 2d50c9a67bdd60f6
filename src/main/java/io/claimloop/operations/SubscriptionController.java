package io.claimloop.operations;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.claimloop.subscription.SubscriptionKeeper;
import io.claimloop.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether openIMIS notifies us, and if not, why. */
@RestController
class SubscriptionController {
    private final SubscriptionKeeper keeper;

    SubscriptionController(SubscriptionKeeper keeper) {
        this.keeper = keeper;
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            SubscriptionStatus.Condition condition,
            String whatHappened,
            String id,
            Instant until,
            List<String> warnings) {}

    @GetMapping(path = "/api/subscription", produces = "application/json")
    Answer subscription() {
        SubscriptionStatus status = keeper.status();
        return new Answer(status.condition(), status.what(), status.id(), status.until(), status.warnings());
    }
}
