package io.claimloop.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * A FHIR Subscription as openIMIS shows it (recordings 203, 204). Whose it is, openIMIS does not tell; its header comes
 * back in clear to everybody who may list Subscriptions, so it is compared and never printed.
 *
 * @param end null when it cannot be read
 * @param header the first of the channel's headers: one JSON object as a string, where it is of use
 */
record Subscription(
        String id,
        String status,
        Instant end,
        String reason,
        String criteria,
        String type,
        String endpoint,
        String header) {

    static Subscription of(JsonNode resource) {
        JsonNode channel = resource.path("channel");
        return new Subscription(
                resource.path("id").asText(""),
                resource.path("status").asText(""),
                instant(resource.path("end").asText("")),
                resource.path("reason").asText(""),
                resource.path("criteria").asText(""),
                channel.path("type").asText(""),
                channel.path("endpoint").asText(""),
                channel.path("header").path(0).asText(""));
    }

    /** Whether openIMIS looks at it when a claim comes in. */
    boolean live(Instant now) {
        return "active".equals(status) && end != null && end.isAfter(now);
    }

    /** openIMIS sends an end without zone where its own has none. */
    private static Instant instant(String text) {
        try {
            return text.matches(".*(Z|[+-]\\d{2}:?\\d{2})$")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "Subscription[" + id + "]";
    }
}
