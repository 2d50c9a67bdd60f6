package io.claimloop.partner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What a partner answered, when it is an answer to the question: also "not there" and "conflict".
 *
 * @param text the body as it came
 */
public record PartnerAnswer(String partner, int status, String text) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public boolean ok() {
        return status >= 200 && status < 300;
    }

    /** The body as JSON; a body that is none means that something else than the partner answered. */
    public JsonNode json() {
        try {
            JsonNode node = JSON.readTree(text == null ? "" : text);
            if (node != null && !node.isMissingNode()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            // said below: the library's message would quote the body
        }
        throw PartnerException.unexpected(partner, status, "not JSON");
    }

    /** The body as JSON, or null when it is none. */
    public JsonNode jsonOrNull() {
        try {
            return json();
        } catch (PartnerException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "PartnerAnswer[" + partner + " " + status + "]";
    }
}
