package io.claimloop.simulated;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Reads and writes JSON as a Node server does: a broken tail is an error, an empty text is no document. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final JsonMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static ObjectNode from(Object value) {
        return MAPPER.valueToTree(value);
    }

    static JsonNode node(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** Maps, lists and values, in order. */
    static Object plain(JsonNode node) {
        return MAPPER.convertValue(node, Object.class);
    }

    static Optional<JsonNode> read(byte[] text) {
        try {
            JsonNode node = MAPPER.readTree(text);
            return node == null || node.isMissingNode() ? Optional.empty() : Optional.of(node);
        } catch (Exception broken) {
            return Optional.empty();
        }
    }

    static Optional<JsonNode> read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    static String quoted(String text) {
        return MAPPER.getNodeFactory().textNode(text).toString();
    }

    /** Two documents with the same content have the same hash, whatever the order of their keys. */
    static String sha256OfSorted(JsonNode node) {
        try {
            Object plain = MAPPER.treeToValue(node, Object.class);
            return hash("SHA-256", SORTED.writeValueAsString(plain));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String hash(String algorithm, String text) {
        try {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
