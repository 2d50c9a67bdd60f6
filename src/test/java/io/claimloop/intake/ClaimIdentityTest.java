package io.claimloop.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.claimloop.intake.ClaimIdentity.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClaimIdentityTest {
    private static final Path NOTIFICATIONS = Path.of("test-data/notifications");
    private static final String CLAIM = "2aa4b4f5-2429-4321-95bd-aec5e323369e";
    /** A name that no answer may quote. */
    private static final String PLANTED = "Planted-Name-0701234567";

    @ParameterizedTest
    @CsvSource({
        "claimresponse.json, 2aa4b4f5-2429-4321-95bd-aec5e323369e, CHT083",
        "claim.json, 2aa4b4f5-2429-4321-95bd-aec5e323369e, CHT083",
        "no-resource-type.json, 2a052c79-b673-5003-8062-063932d86570, CHT503",
        "hex-uuid.json, b6be8e50-2ae3-5027-9652-64c4c11ddaad, CHT504",
        "mr-identifier.json, 3c1b95e6-db0f-5b29-8212-653292a9168b, CHT505",
        "dollar-currency.json, 8013e10f-8c5b-52ad-b74f-d3212b7ab7ad, CHT506",
        "entered-adjudication-rejected.json, 91ee5d33-dd6d-5b8f-bcec-17fc24433d8a, CHT507",
        "request-reference-only.json, 0a0be9cf-8f2f-5ab7-97c4-1c684f69752d, CHT508",
    })
    void each_kind_of_notice_names_its_claim(String file, String uuid, String code) throws Exception {
        assertThat(ClaimIdentity.of(Files.readAllBytes(NOTIFICATIONS.resolve(file))))
                .containsExactly(new Identity(UUID.fromString(uuid), uuid, code));
    }

    @Test
    void a_bundle_names_all_its_claims() throws Exception {
        List<Identity> claims = ClaimIdentity.of(Files.readAllBytes(NOTIFICATIONS.resolve("bundle.json")));
        assertThat(claims).extracting(Identity::code).containsExactly("CHT501", "CHT502");
        assertThat(claims).extracting(Identity::spelling).first().isEqualTo("4fae3cdd-911b-5b14-b272-6eb50e2ed46d");
    }

    @Test
    void every_example_is_looked_at_here() throws IOException {
        try (Stream<Path> files = Files.list(NOTIFICATIONS)) {
            assertThat(files.filter(file -> file.toString().endsWith(".json"))).hasSize(9);
        }
    }

    @Test
    void the_spelling_keeps_its_letter_case_and_the_key_does_not() throws Exception {
        String upper = CLAIM.toUpperCase(java.util.Locale.ROOT);
        assertThat(of("{\"id\": \"" + upper + "\"}"))
                .containsExactly(new Identity(UUID.fromString(CLAIM), upper, null));
    }

    @Test
    void the_uuid_identifier_counts_before_the_id() throws Exception {
        assertThat(of("{\"id\": \"0a0be9cf-8f2f-5ab7-97c4-1c684f69752d\", \"identifier\": [" + identifier("UUID", CLAIM)
                        + "]}"))
                .extracting(Identity::spelling)
                .containsExactly(CLAIM);
    }

    @Test
    void a_code_is_shortened_and_freed_of_what_no_database_takes() throws Exception {
        assertThat(of("{\"id\": \"" + CLAIM + "\", \"identifier\": ["
                        + identifier("Code", "A\\u0000B" + "x".repeat(200)) + "]}"))
                .singleElement()
                .extracting(Identity::code)
                .asString()
                .startsWith("ABx")
                .hasSize(100);
    }

    private static String identifier(String type, String value) {
        return "{\"type\":{\"coding\":[{\"code\":\"" + type + "\"}]},\"value\":\"" + value + "\"}";
    }

    static Stream<Arguments> rubbish() {
        return Stream.of(
                Arguments.of("nothing", "", null, "must be a JSON object"),
                Arguments.of("no JSON", "<Claim name='" + PLANTED + "'/>", null, "not readable JSON (line 1, column"),
                Arguments.of("a word", PLANTED, null, "not readable JSON (line 1, column"),
                Arguments.of("a list", "[{\"id\":\"" + CLAIM + "\"}]", null, "must be a JSON object"),
                Arguments.of("a string", "\"" + PLANTED + "\"", null, "must be a JSON object"),
                Arguments.of("null", "null", null, "must be a JSON object"),
                Arguments.of("an empty object", "{}", "id", "must be the claim's UUID"),
                Arguments.of(
                        "half of it",
                        "{\"id\":\"" + CLAIM + "\",\"patient\":{\"display\":\"" + PLANTED,
                        null,
                        "not readable JSON (line 1, column"),
                Arguments.of(
                        "deep nesting",
                        "{\"id\":\"" + CLAIM + "\",\"x\":" + "[".repeat(100) + "]".repeat(100) + "}",
                        null,
                        "not readable JSON"),
                Arguments.of("a huge number", "{\"id\":" + "9".repeat(5000) + "}", null, "not readable JSON"),
                Arguments.of("a number as id", "{\"id\":7}", "id", "must be the claim's UUID"),
                Arguments.of(
                        "an object as id", "{\"id\":{\"x\":\"" + PLANTED + "\"}}", "id", "must be the claim's UUID"),
                Arguments.of("another id", "{\"id\":\"" + PLANTED + "\"}", "id", "must be the claim's UUID"),
                Arguments.of(
                        "the same field twice",
                        "{\"id\":\"" + CLAIM + "\",\"" + PLANTED + "\":1,\"" + PLANTED + "\":2}",
                        null,
                        "not readable JSON"),
                Arguments.of(
                        "another resource",
                        "{\"resourceType\":\"" + PLANTED + "\",\"id\":\"" + CLAIM + "\"}",
                        "resourceType",
                        "must be Claim, ClaimResponse or Bundle"),
                Arguments.of(
                        "a list as resource type",
                        "{\"resourceType\":[\"Claim\"],\"id\":\"" + CLAIM + "\"}",
                        "resourceType",
                        "must be Claim, ClaimResponse or Bundle"),
                Arguments.of(
                        "an object as resource type",
                        "{\"resourceType\":{\"id\":\"" + CLAIM + "\"}}",
                        "resourceType",
                        "must be Claim, ClaimResponse or Bundle"),
                Arguments.of(
                        "an empty bundle", "{\"resourceType\":\"Bundle\",\"entry\":[]}", "entry", "holds no claim"),
                Arguments.of("a bundle of nothing", "{\"resourceType\":\"Bundle\"}", "entry", "holds no claim"),
                Arguments.of(
                        "a bundle whose entry is no list",
                        "{\"resourceType\":\"Bundle\",\"entry\":{}}",
                        "entry",
                        "must be a list"),
                Arguments.of(
                        "a bundle of strings",
                        "{\"resourceType\":\"Bundle\",\"entry\":[\"" + PLANTED + "\"]}",
                        "entry[0]",
                        "must be an object"),
                Arguments.of(
                        "a bundle with a bad claim",
                        "{\"entry\":[{\"resource\":{\"id\":\"" + CLAIM + "\"}},{\"resource\":{\"id\":\"" + PLANTED
                                + "\"}}]}",
                        "entry[1].resource.id",
                        "must be the claim's UUID"),
                Arguments.of(
                        "two documents",
                        "{\"id\":\"" + CLAIM + "\"}{\"id\":\"" + PLANTED + "\"}",
                        null,
                        "one JSON object and no more"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void rubbish(String what, String body, String field, String reason) {
        UnreadableNoticeException refused = refused(body.getBytes(StandardCharsets.UTF_8));
        assertThat(refused.field()).isEqualTo(field);
        assertThat(refused).hasMessageContaining(reason).hasMessageNotContaining(PLANTED);
        assertThat(refused).hasNoCause();
    }

    @Test
    void bytes_that_are_no_text_are_refused() {
        byte[] body = ("{\"id\":\"" + CLAIM + "\",\"x\":\"?\"}").getBytes(StandardCharsets.UTF_8);
        body[body.length - 3] = (byte) 0xff;
        assertThat(refused(body)).hasMessageContaining("not readable JSON");
        assertThat(refused(new byte[] {0, 1, 2, 3, (byte) 0xfe, (byte) 0xff})).isNotNull();
    }

    @Test
    void more_claims_in_one_notice_than_one_commit_should_hold_are_refused() {
        String entries = IntStream.range(0, 1001)
                .mapToObj(i -> "{\"resource\":{\"id\":\"" + new UUID(1, i) + "\"}}")
                .collect(Collectors.joining(","));
        assertThat(refused(("{\"entry\":[" + entries + "]}").getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("more than 1000 claims");
    }

    private static List<Identity> of(String body) throws UnreadableNoticeException {
        return ClaimIdentity.of(body.getBytes(StandardCharsets.UTF_8));
    }

    private static UnreadableNoticeException refused(byte[] body) {
        return catchThrowableOfType(UnreadableNoticeException.class, () -> ClaimIdentity.of(body));
    }
}
