package io.claimloop.valuation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.settings.ClaimLoopProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.stereotype.Component;

/** Which answers ask for a review of the claim: policy, so it is data ({@code mappings/tables/review.json}). */
@Component
public class ReviewTable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    public ReviewTable(ClaimLoopProperties properties) {
        this.file = properties.mappings().resolve("tables").resolve("review.json");
    }

    /** @param feedback as {@code mappings/submission-feedback.jslt} makes it */
    boolean asksForReview(JsonNode feedback) throws IOException {
        JsonNode table = JSON.readTree(Files.readAllBytes(file));
        JsonNode answers = feedback.path("answers");
        boolean prescribed = !"no".equals(answers.path("drugPrescribed").asText());
        return named(table, "careRendered", answers)
                || named(table, "paymentAsked", answers)
                || named(table, "drugPrescribed", answers)
                // what was not prescribed is not missed
                || prescribed && named(table, "drugReceived", answers)
                || named(table, "assessment", answers)
                || named(table, "undelivered", feedback)
                || given(table, "discrepancies", feedback)
                || given(table, "complaint", feedback);
    }

    private static boolean named(JsonNode table, String field, JsonNode answers) {
        for (JsonNode listed : table.path(field)) {
            if (answers.hasNonNull(field)
                    && listed.asText().equals(answers.get(field).asText())) {
                return true;
            }
        }
        return false;
    }

    private static boolean given(JsonNode table, String field, JsonNode feedback) {
        return table.path(field).asBoolean(false) && !feedback.path(field).isEmpty();
    }
}
