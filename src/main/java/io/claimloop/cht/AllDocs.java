package io.claimloop.cht;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;

/**
 * Many documents of CHT by their ids, in one request (recording 274). Ids are told apart by case. A row per id: with the
 * document, with {@code not_found}, or, for a deleted one, with {@code "deleted": true} and the document null (CouchDB's
 * documentation; not recorded).
 */
final class AllDocs {
    private static final String NOT_FOUND = "not_found";
    private static final ObjectMapper JSON = new ObjectMapper();

    private AllDocs() {}

    static PartnerRequest request(Collection<String> ids) {
        ObjectNode body = JSON.createObjectNode();
        body.set("keys", JSON.valueToTree(new LinkedHashSet<>(ids)));
        return new PartnerRequest("POST", "/medic/_all_docs", "include_docs=true", body.toString());
    }

    /** The row of each id. An answer that leaves one out is none: what it does not tell is not taken for missing. */
    static Map<String, JsonNode> rows(Collection<String> ids, PartnerAnswer answer) {
        if (!answer.ok()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no documents");
        }
        Map<String, JsonNode> rows = new HashMap<>();
        for (JsonNode row : answer.json().path("rows")) {
            if (isThere(row) || isMissing(row)) {
                rows.put(row.path("key").asText(), row);
            }
        }
        if (!rows.keySet().containsAll(ids)) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "not all documents asked for");
        }
        return rows;
    }

    static boolean isThere(JsonNode row) {
        return row.path("doc").isObject();
    }

    private static boolean isMissing(JsonNode row) {
        return NOT_FOUND.equals(row.path("error").asText())
                || row.path("value").path("deleted").asBoolean();
    }
}
