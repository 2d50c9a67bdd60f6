package io.claimloop.intake;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.ClaimNotice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A change event of openIMIS's table {@code tblClaim}, as Debezium writes it: with or without the wrapper of schema and
 * payload, with the envelope of before and after or the row alone. Table and columns are read in openIMIS's code
 * ({@code claim/models.py}, {@code core/models/versioned_model.py}), the envelope in Debezium's documentation; neither was
 * recorded from a running pair.
 *
 * <p>The row holds diagnoses, amounts and what an officer wrote. A hint needs none of it: of the row the claim's UUID and
 * code are read, and the UUID is kept.
 */
final class ClaimRowChange {
    private static final Set<String> TELLING =
            Set.of("schema", "payload", "op", "before", "after", "source", "claimuuid", "claimid");
    private static final Set<String> FHIR = Set.of("resourceType", "entry", "identifier", "id", "request");
    private static final int LONGEST_CODE = 100;

    private ClaimRowChange() {}

    /** By the first field that tells; what tells nothing is left to the reader of FHIR bodies. */
    static boolean looksLike(byte[] value) {
        try (JsonParser parser = ClaimIdentity.JSON.getFactory().createParser(value)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    if (FHIR.contains(name)) {
                        return false;
                    }
                    if (TELLING.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                        return true;
                    }
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            // told by the one who reads it
        }
        return false;
    }

    /** Empty where the change is none of a claim: another table, a line of openIMIS's own history, a tombstone. */
    static Optional<ClaimNotice> read(byte[] value) throws UnreadableNoticeException {
        JsonNode event;
        try {
            event = ClaimIdentity.JSON.readTree(value);
        } catch (JsonProcessingException e) {
            // the library's message would quote the row
            throw new UnreadableNoticeException(null, "the event is not readable JSON");
        } catch (IOException e) {
            throw new UnreadableNoticeException(null, "the event cannot be read");
        }
        JsonNode change = event.has("payload") ? event.path("payload") : event;
        if (change.isNull()) {
            return Optional.empty();
        }
        String table = change.path("source").path("table").asText("");
        String op = change.path("op").asText("");
        if (!table.isEmpty() && !"tblClaim".equalsIgnoreCase(table) || "t".equals(op) || "m".equals(op)) {
            return Optional.empty();
        }
        JsonNode row = row(change);
        // each change leaves a copy of the row as it was before, with a UUID of its own that no API knows
        if (!column(row, "LegacyID").isEmpty()) {
            return Optional.empty();
        }
        String spelling = ClaimUuids.spelling(column(row, "ClaimUUID"))
                .orElseThrow(() -> new UnreadableNoticeException("ClaimUUID", "must be the claim's UUID"));
        String code = column(row, "ClaimCode").replaceAll("\\p{Cntrl}", "").strip();
        return Optional.of(new ClaimNotice(
                UUID.fromString(spelling),
                spelling,
                code.isEmpty() ? null : code.substring(0, Math.min(LONGEST_CODE, code.length())),
                kept(spelling)));
    }

    /** What is kept of the row: equal for all changes of a claim, so they are one message with a count. */
    static byte[] kept(String spelling) {
        return ("{\"resourceType\":\"Claim\",\"id\":\"" + spelling + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode row(JsonNode change) throws UnreadableNoticeException {
        for (JsonNode row : List.of(change.path("after"), change.path("before"))) {
            if (row.isObject()) {
                return row;
            }
        }
        if (change.isObject() && !change.has("op")) {
            return change;
        }
        throw new UnreadableNoticeException("after", "must be the row as it is after the change");
    }

    /** PostgreSQL, SQL Server and connectors differ in the case of names. */
    private static String column(JsonNode row, String name) {
        JsonNode exact = row.get(name);
        if (exact != null) {
            return exact.asText("").equals("null") ? "" : exact.asText("");
        }
        for (var fields = row.fields(); fields.hasNext(); ) {
            var field = fields.next();
            if (field.getKey().equalsIgnoreCase(name) && !field.getValue().isNull()) {
                return field.getValue().asText("");
            }
        }
        return "";
    }
}
