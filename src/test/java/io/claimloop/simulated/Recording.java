package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** An exchange with a real CHT, found by its number in {@code test-data/recorded/cht}. */
record Recording(String number, JsonNode content) {

    private static final Path FOLDER = Path.of("test-data", "recorded", "cht");

    static Recording number(String number) {
        try (Stream<Path> files = Files.list(FOLDER)) {
            Path file = files.filter(path -> path.getFileName().toString().startsWith(number + "-"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("No recording " + number));
            return new Recording(number, Json.read(Files.readAllBytes(file)).orElseThrow());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    String as() {
        return content.path("as").asText();
    }

    String method() {
        return content.path("request").path("method").asText();
    }

    String path() {
        return content.path("request").path("path").asText();
    }

    Map<String, String> requestHeaders() {
        Map<String, String> headers = new LinkedHashMap<>();
        content.path("request")
                .path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        return headers;
    }

    /** The exact text where it was kept, otherwise the document. */
    String requestBody() {
        return text(content.path("request"));
    }

    ObjectNode requestJson() {
        return (ObjectNode) Json.read(requestBody()).orElseThrow();
    }

    int status() {
        return content.path("response").path("status").asInt();
    }

    String responseHeader(String name) {
        return content.path("response").path("headers").path(name).asText(null);
    }

    String responseBody() {
        return text(content.path("response"));
    }

    ObjectNode responseJson() {
        return (ObjectNode) Json.read(responseBody()).orElseThrow();
    }

    private static String text(JsonNode side) {
        JsonNode exact = side.path("bodyText");
        JsonNode body = exact.isMissingNode() ? side.path("body") : exact;
        if (body.isMissingNode() || body.isNull()) {
            return "";
        }
        return body.isTextual() ? body.asText() : body.toString();
    }
}
