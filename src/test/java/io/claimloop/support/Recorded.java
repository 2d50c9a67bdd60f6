package io.claimloop.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An exchange with a real partner, found by the number its file in {@code test-data/recorded} begins with. */
public record Recorded(String name, JsonNode content) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static Recorded openimis(String number) {
        return find("openimis", number);
    }

    public static Recorded cht(String number) {
        return find("cht", number);
    }

    private static Recorded find(String partner, String number) {
        try (var files = Files.list(Path.of("test-data", "recorded", partner))) {
            Path file = files.filter(path -> path.getFileName().toString().startsWith(number + "-"))
                    .filter(path -> !path.getFileName().toString().endsWith("-log.json"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no recording " + number));
            return new Recorded(file.getFileName().toString(), JSON.readTree(file.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int status() {
        return content.at("/response/status").asInt();
    }

    /** The answer's body as text. */
    public String answer() {
        return text(content.path("response"));
    }

    public JsonNode answerJson() {
        return content.at("/response/body");
    }

    public String contentType() {
        return content.at("/response/headers/content-type").asText(null);
    }

    /** What was sent, as text: by us to the partner, or by the partner to us. */
    public String request() {
        JsonNode raw = content.at("/raw/body_text");
        return raw.isMissingNode() ? text(content.path("request")) : raw.asText();
    }

    /** Path and query of the request. */
    public String path() {
        return content.at("/request/path").asText();
    }

    private static String text(JsonNode side) {
        JsonNode exact = side.path("bodyText");
        JsonNode body = exact.isMissingNode() ? side.path("body") : exact;
        return body.isMissingNode() || body.isNull() ? "" : body.isTextual() ? body.asText() : body.toString();
    }
}
