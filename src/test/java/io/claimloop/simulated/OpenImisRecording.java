package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One recorded exchange with a real openIMIS, found by the beginning of its file name. */
public record OpenImisRecording(String name, JsonNode json) {
    private static final Path FOLDER = Path.of("test-data", "recorded", "openimis");
    private static final ObjectMapper JSON = new ObjectMapper();

    public static OpenImisRecording of(String beginning) {
        try (var files = Files.list(FOLDER)) {
            var file = files.filter(path -> path.getFileName().toString().startsWith(beginning))
                    .filter(path -> beginning.contains("-")
                            || !path.getFileName().toString().endsWith("-log.json"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no recording " + beginning));
            return new OpenImisRecording(file.getFileName().toString(), JSON.readTree(file.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same question about another claim. */
    OpenImisRecording about(String claimUuid, String recordedUuid) {
        try {
            return new OpenImisRecording(name, JSON.readTree(json.toString().replace(recordedUuid, claimUuid)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public JsonNode request() {
        return json.path("request");
    }

    public JsonNode response() {
        return json.path("response");
    }

    String requestBody() {
        var body = request().path("body");
        return body.isNull() || body.isMissingNode() ? null : body.isTextual() ? body.asText() : body.toString();
    }

    /** The paths of a JSON with the types found there; list positions are all one. */
    public static Map<String, Set<String>> shape(JsonNode json) {
        var shape = new TreeMap<String, Set<String>>();
        collect("", json, shape);
        return shape;
    }

    private static void collect(String path, JsonNode node, Map<String, Set<String>> shape) {
        shape.computeIfAbsent(path, key -> new TreeSet<>())
                .add(node.getNodeType().name());
        if (node.isArray()) node.forEach(element -> collect(path + "[]", element, shape));
        node.fields().forEachRemaining(field -> collect(path + "." + field.getKey(), field.getValue(), shape));
    }
}
