package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** An answer before it becomes WireMock's. {@code dropped}: the effect stays, the connection is reset instead. */
record Reply(int status, String contentType, String body, String allow, String location, boolean dropped) {
    private static final String JSON = "application/json";
    private static final String HTML = "text/html; charset=utf-8";

    static Reply json(int status, JsonNode body) {
        return new Reply(status, JSON, body.toString(), null, null, false);
    }

    static Reply html(int status, String body) {
        return new Reply(status, HTML, body, null, null, false);
    }

    /** Empty, without a content type, as 400 and 401 of the login (recordings 102-104). */
    static Reply empty(int status) {
        return new Reply(status, null, "", null, null, false);
    }

    /** A path-only Location, for POST too (recordings 121, 122). */
    static Reply movedTo(String location) {
        return new Reply(301, HTML, "", null, location, false);
    }

    /** Without a text where openIMIS gives none (recording 233). */
    static Reply outcome(int status, String severity, String code, String text) {
        var body = JsonNodeFactory.instance.objectNode().put("resourceType", "OperationOutcome");
        var issue = body.putArray("issue").addObject().put("severity", severity).put("code", code);
        if (text != null) issue.putObject("details").put("text", text);
        return json(status, body);
    }

    /** The framework refused: login, right, method, page, JSON. */
    static Reply refused(int status, String text) {
        return outcome(status, "fatal", "exception", text);
    }

    /** openIMIS's answer to nearly every mistake: 500 with the text of the exception (finding 34). */
    static Reply failed(String text) {
        return outcome(500, "error", "exception", text);
    }

    static Reply notFound(String identifier) {
        return outcome(404, "error", "not-found", "Resource for identifier " + identifier + " not found");
    }

    static Reply page(int status, String title, String text) {
        return html(
                status,
                "\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>%s</title>\n</head>\n<body>\n  <h1>%s</h1><p>%s</p>\n</body>\n</html>\n"
                        .formatted(title, title, text));
    }

    boolean isPage() {
        return status >= 500 && HTML.equals(contentType);
    }

    Reply allowing(String methods) {
        return new Reply(status, contentType, body, methods, location, dropped);
    }

    Reply thenDropped() {
        return new Reply(status, contentType, body, allow, location, true);
    }
}
