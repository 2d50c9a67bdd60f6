package io.claimloop.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Which claims a notice is about. Nothing else of the body is looked at: a ClaimResponse, a Claim, a body without
 * resourceType, or a Bundle of them (openIMIS's releases and forks differ in what they push).
 */
final class ClaimIdentity {
    private static final Set<String> KNOWN = Set.of("Claim", "ClaimResponse");
    private static final int LONGEST_CODE = 100;
    private static final int MOST_CLAIMS = 1000;
    static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100)
                    .maxNumberLength(100)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    /** @param spelling the uuid as openIMIS writes it, with dashes */
    record Identity(UUID uuid, String spelling, String code) {}

    private ClaimIdentity() {}

    static List<Identity> of(byte[] body) throws UnreadableNoticeException {
        List<Identity> claims = new ArrayList<>();
        try (JsonParser parser = JSON.getFactory().createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new UnreadableNoticeException(null, "the body must be a JSON object");
            }
            resource(parser, "", claims);
            if (parser.nextToken() != null) {
                throw new UnreadableNoticeException(null, "the body must be one JSON object and no more");
            }
        } catch (JsonProcessingException e) {
            // the library's message would quote the body
            throw new UnreadableNoticeException(null, "the body is not readable JSON" + where(e.getLocation()));
        } catch (IOException e) {
            throw new UnreadableNoticeException(null, "the body cannot be read");
        }
        if (claims.isEmpty()) {
            throw new UnreadableNoticeException("entry", "the Bundle holds no claim");
        }
        return claims;
    }

    private static String where(JsonLocation location) {
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    private static void resource(JsonParser parser, String path, List<Identity> claims)
            throws IOException, UnreadableNoticeException {
        String type = null;
        JsonNode id = null;
        JsonNode identifier = null;
        JsonNode request = null;
        boolean bundle = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "resourceType" -> type = type(parser, path);
                case "id" -> id = parser.readValueAsTree();
                case "identifier" -> identifier = parser.readValueAsTree();
                case "request" -> request = parser.readValueAsTree();
                case "entry" -> {
                    bundle = true;
                    entries(parser, path, claims);
                }
                default -> parser.skipChildren();
            }
        }
        if ("Bundle".equals(type) || type == null && bundle) {
            return;
        }
        if (type != null && !KNOWN.contains(type)) {
            if (!path.isEmpty()) {
                // a Bundle may bring patients and others along
                return;
            }
            throw wrongType(path);
        }
        if (claims.size() >= MOST_CLAIMS) {
            throw new UnreadableNoticeException("entry", "more than " + MOST_CLAIMS + " claims in one notice");
        }
        claims.add(identity(path, id, identifier, request));
    }

    private static String type(JsonParser parser, String path) throws IOException, UnreadableNoticeException {
        if (!parser.currentToken().isScalarValue()) {
            throw wrongType(path);
        }
        return parser.getValueAsString();
    }

    private static UnreadableNoticeException wrongType(String path) {
        return new UnreadableNoticeException(path + "resourceType", "must be Claim, ClaimResponse or Bundle");
    }

    private static void entries(JsonParser parser, String path, List<Identity> claims)
            throws IOException, UnreadableNoticeException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new UnreadableNoticeException(path + "entry", "must be a list");
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new UnreadableNoticeException(path + "entry[" + i + "]", "must be an object");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.START_OBJECT && "resource".equals(name)) {
                    resource(parser, path + "entry[" + i + "].resource.", claims);
                } else {
                    parser.skipChildren();
                }
            }
        }
    }

    /** By the identifier of type UUID, else the id, else what the request refers to. */
    private static Identity identity(String path, JsonNode id, JsonNode identifier, JsonNode request)
            throws UnreadableNoticeException {
        String spelling = null;
        String code = null;
        if (identifier != null) {
            for (JsonNode one : identifier) {
                String type =
                        one.path("type").path("coding").path(0).path("code").asText("");
                String value = one.path("value").asText("");
                if ("UUID".equals(type)) {
                    spelling = ClaimUuids.spelling(value).orElse(spelling);
                } else if (!"ACSN".equals(type) && code == null && !value.isBlank()) {
                    // MR or Code, as this installation configures it
                    code = value.replaceAll("\\p{Cntrl}", "").strip();
                }
            }
        }
        if (spelling == null && id != null) {
            spelling = ClaimUuids.spelling(id.asText()).orElse(null);
        }
        if (spelling == null && request != null) {
            String reference = request.path("reference").asText("");
            spelling = ClaimUuids.spelling(reference.substring(reference.lastIndexOf('/') + 1))
                    .orElse(null);
        }
        if (spelling == null) {
            throw new UnreadableNoticeException(path + "id", "must be the claim's UUID");
        }
        return new Identity(
                UUID.fromString(spelling),
                spelling,
                code == null || code.length() <= LONGEST_CODE ? code : code.substring(0, LONGEST_CODE));
    }
}
