package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * {@code POST /api/v2/records} (301-330): 200 also for an invalid record, whose errors are only in the document; 500
 * for a caller's mistake; and a second record for a repeated call.
 */
final class ChtRecords {

    private static final List<String> REQUIRED = List.of("patient_id", "claim_code", "claim_uuid");
    private static final List<String> FIELDS =
            List.of("patient_id", "claim_code", "claim_uuid", "visit_date", "facility", "status", "patient_uuid");

    private final ChtDocuments documents;
    private final ChtContacts contacts;
    private final Sentinel sentinel;

    ChtRecords(ChtDocuments documents, ChtContacts contacts, Sentinel sentinel) {
        this.documents = documents;
        this.contacts = contacts;
        this.sentinel = sentinel;
    }

    ChtReply post(ChtExchange exchange) {
        if (exchange.body().length > 32 * 1024 * 1024) {
            return ChtReply.error(exchange, 413, "Payload Too Large");
        }
        Optional<JsonNode> body = exchange.json();
        if (!exchange.header("Content-Type").orElse("").startsWith("application/json") || body.isEmpty()) {
            return ChtReply.error(exchange, 500, "Server error");
        }
        JsonNode meta = body.get().path("_meta");
        String form = meta.path("form").asText().toUpperCase(Locale.ROOT);
        if (meta.isMissingNode()) {
            return ChtReply.error(exchange, 500, "Server error", "Missing _meta property.");
        }
        if (form.isEmpty()) {
            return ChtReply.error(exchange, 500, "Server error", "Missing required field: form");
        }
        if (!form.equals(Sentinel.CLAIM_FORM)) {
            String asked = meta.path("form").asText();
            return ChtReply.error(exchange, 500, "Server error", "Form not found: " + asked);
        }
        String id = UUID.randomUUID().toString();
        sentinel.wasTransitioned(id);
        try {
            ObjectNode record = sentinel.acceptPatientReport(record(body.get(), meta, form));
            documents.put(id, record, null, ChtDocuments.Origin.CLIENT);
        } catch (ChtDocuments.Conflict impossible) {
            throw new IllegalStateException(impossible);
        }
        return ChtReply.rest(200, Json.object().put("success", true).put("id", id));
    }

    private ObjectNode record(JsonNode body, JsonNode meta, String form) {
        ObjectNode record = Json.object().put("type", "data_record");
        String from = meta.path("from").asText();
        if (!from.isEmpty()) {
            record.put("from", from);
        }
        record.put("form", form);
        record.putArray("errors");
        record.putArray("tasks");
        ObjectNode fields = record.putObject("fields");
        List<String> missing = new ArrayList<>();
        for (String name : FIELDS) {
            JsonNode value = body.path(name);
            boolean absent =
                    value.isMissingNode() || value.isNull() || value.asText("x").isEmpty();
            if (absent && REQUIRED.contains(name)) {
                missing.add(name);
            }
            if (!value.isMissingNode()) {
                fields.set(name, value);
            }
            if (!absent && !value.isTextual()) {
                Sentinel.errorsOf(record)
                        .addObject()
                        .put("code", "sys.incorrect_type")
                        .put("message", "Incorrect type of field " + name + ", expected string.");
            }
        }
        if (!missing.isEmpty()) {
            Sentinel.errorsOf(record)
                    .insertObject(0)
                    .put("code", "sys.missing_fields")
                    .put("message", "Missing or invalid fields: " + String.join(",", missing) + ".");
        }
        record.put("reported_date", meta.path("reported_date").asLong(System.currentTimeMillis()));
        ObjectNode sms = record.putObject("sms_message");
        sms.setAll((ObjectNode) meta);
        sms.put("form", form);
        if (!from.isEmpty()) {
            documents.index().contacts("phone:" + from).stream()
                    .findFirst()
                    .ifPresent(sender -> record.set("contact", contacts.lineageOf(sender)));
        }
        return record;
    }
}
