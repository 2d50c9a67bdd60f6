package io.claimloop.reconciliation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.claimloop.intake.ClaimUuids;
import io.claimloop.ledger.ClaimNotice;
import io.claimloop.openimis.Claim;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * A claim as a list shows it: enough to see that something happened, too little to act on. It is read back for that.
 *
 * @param uuid canonical
 * @param spelling as openIMIS writes it
 * @param number counts up with each claim; -1 where the list does not tell
 * @param status -1 where the list does not tell: a feedback request of FHIR does not
 * @param made naive local time of openIMIS; null where the list does not tell
 * @param text the row itself: equal for equal content
 */
record ClaimRow(
        UUID uuid,
        String spelling,
        String code,
        long number,
        int status,
        int feedbackStatus,
        int reviewStatus,
        LocalDateTime made,
        String text) {

    /** What of a row is asked for: what moves loops, and what shows that a claim was edited (no date does, recording 925). */
    static final String FIELDS =
            "id uuid code status feedbackStatus reviewStatus dateFrom dateTo dateProcessed claimed validityFrom";

    static final int REVIEW_SELECTED = 4;
    static final int REVIEW_DELIVERED = 8;
    private static final int UNKNOWN = -1;

    /** A row of GraphQL's list; empty when openIMIS cannot show it. */
    static Optional<ClaimRow> of(JsonNode node) {
        return ClaimUuids.canonical(node.path("uuid").asText(""))
                .map(uuid -> new ClaimRow(
                        uuid,
                        node.path("uuid").asText(),
                        node.path("code").asText(null),
                        number(node.path("id").asText("")),
                        node.path("status").asInt(UNKNOWN),
                        node.path("feedbackStatus").asInt(UNKNOWN),
                        node.path("reviewStatus").asInt(UNKNOWN),
                        time(node.path("validityFrom").asText("")),
                        node.toString()));
    }

    /** A CommunicationRequest (recording 601); empty when it is not active, or names no claim. */
    static Optional<ClaimRow> ofRequest(JsonNode request) {
        JsonNode claim = request.path("about").path(0);
        String uuid = claim.path("reference").asText("").replaceFirst("^.*/", "");
        if (!"active".equals(request.path("status").asText())) {
            return Optional.empty();
        }
        String code = claim.path("display").asText(null);
        // not the resource itself: it holds the patient's insurance number
        String text = JsonNodeFactory.instance
                .objectNode()
                .put("resourceType", "CommunicationRequest")
                .put("uuid", uuid)
                .put("code", code)
                .toString();
        return ClaimUuids.canonical(uuid)
                .map(canonical -> new ClaimRow(
                        canonical, uuid, code, UNKNOWN, UNKNOWN, Claim.FEEDBACK_SELECTED, UNKNOWN, null, text));
    }

    ClaimNotice notice() {
        return new ClaimNotice(uuid, spelling, code, text.getBytes(StandardCharsets.UTF_8));
    }

    /** GraphQL's id is its type and the number of the row, in base64 (recording 912: {@code ClaimGQLType:90}). */
    private static long number(String id) {
        try {
            String text = new String(Base64.getDecoder().decode(id), StandardCharsets.UTF_8);
            return Long.parseLong(text.substring(text.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return UNKNOWN;
        }
    }

    private static LocalDateTime time(String text) {
        try {
            return LocalDateTime.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "ClaimRow[" + code + " " + uuid + "]";
    }
}
