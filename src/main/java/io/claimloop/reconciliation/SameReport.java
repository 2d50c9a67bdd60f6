package io.claimloop.reconciliation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Whether a report says what was pushed of it. CHT's outbound configuration and our mapping write the same report in
 * different ways, and the configuration may leave fields out: so only what is asked of the patient must be the same, and
 * what else counts must not differ where both tell it.
 */
final class SameReport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> ANSWERS = List.of(
            "/outcome",
            "/feedback/care_rendered",
            "/feedback/payment_asked",
            "/feedback/drug_prescribed",
            "/feedback/drug_received",
            "/feedback/assessment");
    private static final List<String> MORE =
            List.of("/claim_uuid", "/patient_uuid", "/visit_date", "/feedback/remarks");

    private SameReport() {}

    static boolean saysTheSame(JsonNode report, byte[] pushed) {
        JsonNode before;
        try {
            before = JSON.readTree(pushed);
        } catch (IOException e) {
            return false;
        }
        return ANSWERS.stream().allMatch(path -> text(report, path).equals(text(before, path)))
                && MORE.stream().allMatch(path -> {
                    String now = text(report, path);
                    String then = text(before, path);
                    return now.isEmpty() || then.isEmpty() || now.equals(then);
                });
    }

    /** CHT writes a number as text or as number, and an unanswered question as nothing or as an empty text. */
    private static String text(JsonNode body, String path) {
        JsonNode value = body.at(path);
        String text = value.isNull() ? "" : value.asText("").strip().toLowerCase(Locale.ROOT);
        return path.equals("/outcome") && text.isEmpty() ? "answered" : text;
    }
}
