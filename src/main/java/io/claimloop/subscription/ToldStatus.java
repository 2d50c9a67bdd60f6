package io.claimloop.subscription;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Loops;
import io.claimloop.subscription.SubscriptionStatus.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DataAccessException;

/** What the leader found, written down for the instances that do not look. */
final class ToldStatus {
    private static final String NAME = "openimis-subscription-status";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Loops loops;
    private String written;

    ToldStatus(Loops loops) {
        this.loops = loops;
    }

    void write(SubscriptionStatus status) {
        ObjectNode node = JSON.createObjectNode()
                .put("condition", status.condition().name())
                .put("what", status.what())
                .put("id", status.id())
                .put("until", status.until() == null ? null : status.until().toString());
        ArrayList<String> warnings = new ArrayList<>(status.warnings());
        warnings.forEach(node.putArray("warnings")::add);
        if (!node.toString().equals(written)) {
            written = node.toString();
            loops.watermark(NAME, written);
        }
    }

    /** Empty where nothing is told, or what is told is of another version. */
    Optional<SubscriptionStatus> read() {
        try {
            return loops.watermark(NAME).map(ToldStatus::parse);
        } catch (DataAccessException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static SubscriptionStatus parse(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            List<String> warnings = new ArrayList<>();
            node.path("warnings").forEach(warning -> warnings.add(warning.asText()));
            return new SubscriptionStatus(
                    Condition.valueOf(node.path("condition").asText()),
                    node.path("what").asText(),
                    node.path("id").textValue(),
                    node.hasNonNull("until") ? Instant.parse(node.get("until").asText()) : null,
                    warnings);
        } catch (JsonProcessingException | java.time.DateTimeException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
