package io.claimloop.feedback;

import com.fasterxml.jackson.databind.JsonNode;

/** What the CHW reported that openIMIS's feedback has no field for. */
final class Attachment {
    private Attachment() {}

    /** Tells whether it is attached already: one for each report, and openIMIS allows 255 characters. */
    static String title(String reportId) {
        String title = "CHW report " + reportId;
        return title.length() <= 255 ? title : title.substring(0, 255);
    }

    static boolean hasContent(JsonNode feedback) {
        return feedback.hasNonNull("remarks")
                || feedback.hasNonNull("complaint")
                || feedback.hasNonNull("payment")
                || feedback.hasNonNull("discrepancies")
                || "yes".equals(feedback.path("undelivered").asText());
    }
}
