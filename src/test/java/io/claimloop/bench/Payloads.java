package io.claimloop.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Requests as bytes. A claim notice is the recorded FHIR Claim with as many lines as make it large enough; a submission is
 * one of the project's own. What differs between claims is put into its place in a copy.
 */
final class Payloads {
    private static final Path CLAIM = Path.of("test-data", "recorded", "openimis", "401-claim-post.json");
    private static final Path SUBMISSION = Path.of("test-data", "cht", "submissions", "answered.json");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SOME_CLAIM = "11111111-2222-4333-8444-555555555555";
    private static final String SOME_REPORT = "66666666-7777-4888-8999-aaaaaaaaaaaa";
    private static final String SOME_CODE = "CODE000000";
    private static final String SOME_VERSION = "VERSION00000";
    private static final String SOME_PERSON = "PERSON0000000000000000";

    private final byte[] template;
    private final int claim;
    private final int report;
    private final int code;
    private final int version;
    private final int person;

    private Payloads(String path, String token, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token
                + "\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n\r\n";
        String all = head + body;
        template = all.getBytes(StandardCharsets.UTF_8);
        claim = all.indexOf(SOME_CLAIM);
        report = all.indexOf(SOME_REPORT);
        code = all.indexOf(SOME_CODE);
        version = all.indexOf(SOME_VERSION);
        person = all.indexOf(SOME_PERSON);
    }

    static Payloads notices(int bytes) {
        ObjectNode claim = (ObjectNode) read(CLAIM).path("request").path("body");
        claim.put("id", SOME_CLAIM);
        ((ObjectNode) claim.path("identifier").path(0)).put("value", SOME_CODE);
        claim.putObject("meta").put("versionId", SOME_VERSION);
        ArrayNode lines = claim.withArray("item");
        ArrayNode recorded = lines.deepCopy();
        lines.removeAll();
        for (int i = 0; claim.toString().length() < bytes; i++) {
            lines.add(((ObjectNode) recorded.get(i % recorded.size()).deepCopy()).put("sequence", i + 1));
        }
        return new Payloads("/openimis/notifications", World.OPENIMIS_TOKEN, claim.toString());
    }

    static Payloads submissions() {
        ObjectNode submission = read(SUBMISSION);
        submission
                .put("report_id", SOME_REPORT)
                .put("claim_uuid", SOME_CLAIM)
                .put("claim_code", SOME_CODE)
                .put("patient_uuid", SOME_PERSON);
        return new Payloads("/cht/feedback", World.CHT_TOKEN, submission.toString());
    }

    int size() {
        return template.length;
    }

    /** @param content two of the same claim and content are the same notice */
    ByteBuffer of(int number, int content) {
        byte[] bytes = template.clone();
        String uuid = World.claim(number).toString();
        put(bytes, claim, uuid);
        put(bytes, code, String.format("B%09d", number));
        put(bytes, version, String.format("%012d", content));
        put(bytes, report, "b" + uuid.substring(1));
        put(bytes, person, padded(World.personId(World.person(number))));
        return ByteBuffer.wrap(bytes);
    }

    /** It says that it is JSON, and is none. */
    ByteBuffer invalid(int number) {
        ByteBuffer bytes = of(number, 0);
        bytes.put(bytes.limit() - 1, (byte) '!');
        return bytes;
    }

    /** Ended by a quote, and then blanks: the length stays. */
    private static String padded(String text) {
        return text + "\"" + " ".repeat(SOME_PERSON.length() - text.length());
    }

    private static void put(byte[] bytes, int at, String text) {
        if (at >= 0) {
            byte[] value = text.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(value, 0, bytes, at, value.length);
        }
    }

    private static ObjectNode read(Path file) {
        try {
            return (ObjectNode) JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
