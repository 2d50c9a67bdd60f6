package io.claimloop.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.claimloop.contract.Behaviour.Difference;
import io.claimloop.simulated.OpenImisRecording;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Checks whose failures tell paths and types, and of values only those that we expect. */
final class Expect {
    private Expect() {}

    static void that(boolean holds, String expected, String came) {
        if (!holds) throw new Difference(expected, came);
    }

    static void status(int wanted, Wire.Answer answer) {
        that(answer.status() == wanted, "status " + wanted, "status " + answer.status());
    }

    static void type(JsonNode json, String pointer, JsonNodeType... wanted) {
        var came = json.at(pointer).getNodeType();
        that(List.of(wanted).contains(came), pointer + " to be " + Arrays.toString(wanted), came.name());
    }

    static void text(JsonNode json, String pointer) {
        type(json, pointer, JsonNodeType.STRING);
    }

    static void value(Object wanted, JsonNode json, String pointer) {
        var node = json.at(pointer);
        Object came =
                node.isInt() ? (Object) node.asInt() : node.isBoolean() ? (Object) node.asBoolean() : node.asText();
        if (node.isNull() || node.isMissingNode()) came = null;
        that(
                Objects.equals(wanted, came),
                pointer + " to be " + wanted,
                node.isInt() || node.isBoolean() ? came.toString() : "another " + node.getNodeType());
    }

    /** All paths of the recorded JSON with their types; what is empty or null on one side says nothing. */
    static void shape(JsonNode recorded, JsonNode json) {
        var came = OpenImisRecording.shape(json);
        OpenImisRecording.shape(recorded).forEach((path, types) -> {
            var found = came.get(path);
            if (found == null) {
                that(!parentIsThere(came, path), path + " to be " + types, "nothing");
            } else {
                boolean fits = found.contains("NULL")
                        || types.contains("NULL")
                        || found.stream().anyMatch(types::contains);
                that(fits, path + " to be " + types, found.toString());
            }
        });
    }

    /** A list without elements and a null have no members. */
    private static boolean parentIsThere(Map<String, Set<String>> shape, String path) {
        if (path.endsWith("[]")) return false;
        var parent = shape.get(path.substring(0, Math.max(0, path.lastIndexOf('.'))));
        return parent != null && parent.contains("OBJECT");
    }
}
