package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** One answer. REST routes and proxied CouchDB routes differ in type, in the final newline and in the connection (101, 126). */
record ChtReply(int status, Map<String, String> headers, String body) {

    static final String REST_JSON = "application/json; charset=utf-8";

    static ChtReply rest(int status, JsonNode body) {
        return new ChtReply(
                status,
                headers("Content-Type", REST_JSON, "Connection", "keep-alive", "Keep-Alive", "timeout=5"),
                body.toString());
    }

    /** An error of CHT itself: JSON only for those who ask for it, otherwise plain text (122, 123). */
    static ChtReply error(ChtExchange exchange, int status, String error, String details) {
        if (exchange.wantsJson()) {
            ObjectNode body = Json.object().put("code", status).put("error", error);
            if (details != null) {
                body.put("details", details);
            }
            return rest(status, body);
        }
        String text = details == null ? error : error + ": " + Json.quoted(details);
        return new ChtReply(status, headers("Content-Type", "text/plain"), text);
    }

    static ChtReply error(ChtExchange exchange, int status, String error) {
        return error(exchange, status, error, null);
    }

    /** What CouchDB answers to a read, passed on; the connection is closed after it (126). */
    static ChtReply couch(int status, JsonNode body) {
        return couch(status, body + "\n");
    }

    static ChtReply couch(int status, String body) {
        return new ChtReply(
                status,
                headers(
                        "Content-Type",
                        "application/json",
                        "Server",
                        "CouchDB/3.5.0 (Erlang OTP/25)",
                        "Connection",
                        "close"),
                body);
    }

    /** What CouchDB answers to a write: CHT re-writes it on the way, so without the newline and with a charset (331). */
    static ChtReply couchWrite(int status, JsonNode body) {
        return couch(status, body.toString()).with("Content-Type", REST_JSON);
    }

    static ChtReply couchError(int status, String error, String reason) {
        return couch(status, Json.object().put("error", error).put("reason", reason));
    }

    ChtReply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new ChtReply(status, more, body);
    }

    static Map<String, String> headers(String... namesAndValues) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }
}
