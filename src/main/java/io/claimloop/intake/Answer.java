package io.claimloop.intake;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What an edge answers: always JSON, never an empty body. */
public record Answer(int status, String json) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Answer accepted(String status, int claims) {
        return new Answer(
                200,
                JSON.createObjectNode()
                        .put("status", status)
                        .put("claims", claims)
                        .toString());
    }

    static Answer stored() {
        return new Answer(200, "{\"status\":\"stored\"}");
    }

    /** @param field where in the body, or null for the whole of it */
    static Answer refused(int status, String field, String reason, String hint) {
        ObjectNode answer = JSON.createObjectNode().put("status", "refused");
        if (field != null) {
            answer.put("field", field);
        }
        return new Answer(status, answer.put("reason", reason).put("hint", hint).toString());
    }
}
