package io.claimloop;

import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.CHT_TOKEN;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static io.claimloop.support.SimulatedWorld.OPENIMIS_TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import io.claimloop.support.Journey.Response;
import io.claimloop.support.SimulatedWorld;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@ClaimLoopTest
class ClaimIntakeTest {
    private static final String NOTICES = "/openimis/notifications";
    private static final String BEARER = "Bearer " + OPENIMIS_TOKEN;

    @Autowired
    private Journey journey;

    @Autowired
    private Loops loops;

    @ParameterizedTest
    @CsvSource({
        "claimresponse.json, 2aa4b4f5-2429-4321-95bd-aec5e323369e, CHT083",
        "claim.json, 2aa4b4f5-2429-4321-95bd-aec5e323369e, CHT083",
        "no-resource-type.json, 2a052c79-b673-5003-8062-063932d86570, CHT503",
        "hex-uuid.json, b6be8e50-2ae3-5027-9652-64c4c11ddaad, CHT504",
        "mr-identifier.json, 3c1b95e6-db0f-5b29-8212-653292a9168b, CHT505",
        "dollar-currency.json, 8013e10f-8c5b-52ad-b74f-d3212b7ab7ad, CHT506",
        "entered-adjudication-rejected.json, 91ee5d33-dd6d-5b8f-bcec-17fc24433d8a, CHT507",
        "request-reference-only.json, 0a0be9cf-8f2f-5ab7-97c4-1c684f69752d, CHT508"
    })
    void each_form_of_notice_ends_in_one_loop(String file, String uuid, String code) {
        String body = Journey.file("notifications", file);
        for (String authorization : List.of(
                BEARER, Journey.basic("openimis", OPENIMIS_TOKEN), Journey.basic("", OPENIMIS_TOKEN), OPENIMIS_TOKEN)) {
            accepted(journey.post(NOTICES, body, "Authorization", authorization), 1);
        }

        assertThat(loops.find(code, null, 10))
                .singleElement()
                .extracting(Loop::uuid, Loop::code)
                .containsExactly(UUID.fromString(uuid), code);
    }

    @Test
    void a_bundle_ends_in_one_loop_for_each_of_its_claims() {
        accepted(journey.notice(Journey.file("notifications", "bundle.json")), 2);

        assertThat(loops.find("CHT501", null, 10)).extracting(Loop::uuid).hasSize(1);
        assertThat(loops.find("CHT502", null, 10)).extracting(Loop::uuid).hasSize(1);
    }

    @Test
    void a_notice_may_be_called_fhir_json() {
        Claim claim = journey.claim();
        accepted(
                journey.post(
                        NOTICES,
                        OPENIMIS.notificationOf(claim),
                        "Authorization",
                        BEARER,
                        "Content-Type",
                        "application/fhir+json; charset=utf-8"),
                1);
        journey.reaches(claim, State.TASKED);
    }

    @Test
    void the_same_notice_a_hundred_times_at_once_ends_in_one_record_and_one_communication() throws Exception {
        Claim claim = journey.claim();
        String body = OPENIMIS.notificationOf(claim);
        ExecutorService callers = Executors.newFixedThreadPool(32);
        try {
            List<Callable<Response>> calls = Stream.generate(() -> (Callable<Response>) () -> journey.notice(body))
                    .limit(100)
                    .toList();
            for (Future<Response> call : callers.invokeAll(calls)) {
                accepted(call.get(), 1);
            }
        } finally {
            callers.shutdownNow();
        }
        journey.reaches(claim, State.TASKED);
        journey.notice(claim);
        CHT.submit(claim.uuid(), Answer.content());
        journey.reaches(claim, State.DELIVERED);
        journey.notice(claim);

        assertThat(loops.find(claim.code(), null, 10)).hasSize(1);
        assertThat(CHT.records(claim.uuid())).hasSize(1);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(loops.history(UUID.fromString(claim.uuid())))
                .extracting(Loops.Transition::to)
                .containsExactly(State.NOTICED, State.SELECTED, State.TASKED, State.ANSWERED, State.DELIVERED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "[]",
                "null",
                "17",
                "\"CHT083\"",
                "{",
                "{}",
                "{}{}",
                "{\"id\":\"CHT083\"}",
                "{\"id\":{\"a\":1}}",
                "{\"id\":\"2aa4b4f5-2429-4321-95bd-aec5e323369\"}",
                "{\"id\":\"2aa4b4f5-2429-4321-95bd-aec5e323369e\",\"id\":\"3aa4b4f5-2429-4321-95bd-aec5e323369e\"}",
                "{\"resourceType\":\"Patient\",\"id\":\"2aa4b4f5-2429-4321-95bd-aec5e3233600\"}",
                "{\"resourceType\":\"Bundle\"}",
                "{\"resourceType\":\"Bundle\",\"entry\":[]}",
                "{\"resourceType\":\"Bundle\",\"entry\":{}}",
                "{\"resourceType\":\"Bundle\",\"entry\":[1]}",
                "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Claim\"}}]}",
                "<ClaimResponse xmlns=\"http://hl7.org/fhir\"/>"
            })
    void rubbish_gets_a_json_error_with_reason_and_hint_and_no_loop(String body) {
        long before = count();
        Response response = journey.notice(body);

        assertThat(response.status()).isEqualTo(400);
        refused(response);
        assertThat(count()).isEqualTo(before);
    }

    @Test
    void rubbish_names_the_field_and_never_the_value() {
        Response response =
                journey.notice("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"id\":\"zzyxwv\"}}]}");
        assertThat(response.json().path("field").asText()).isEqualTo("entry[0].resource.id");
        assertThat(response.body()).doesNotContain("zzyxwv");
    }

    @Test
    void a_very_deep_body_is_refused_and_not_a_fault() {
        assertThat(journey.notice("{\"id\":" + "[".repeat(5000) + "]".repeat(5000) + "}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void control_characters_in_a_code_reach_neither_database_nor_log() {
        String uuid = UUID.randomUUID().toString();
        accepted(
                journey.notice("{\"id\":\"" + uuid
                        + "\",\"identifier\":[{\"value\":\"CTRL\\u0000\\n12:00:00.000 ERROR forged\\u001b[2J\"}]}"),
                1);
        assertThat(journey.find(uuid).code()).doesNotContain("\u0000", "\n", "\u001b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Bearer ", "Bearer wrong-token-of-openimis", "Basic ", "Basic ???", "Basic b3BlbmltaXM6"})
    void without_the_token_nothing_is_taken(String authorization) {
        for (String path : List.of(NOTICES, "/cht/feedback")) {
            Response response = authorization.isEmpty()
                    ? journey.post(path, "{}")
                    : journey.post(path, "{}", "Authorization", authorization);
            assertThat(response.status()).isEqualTo(401);
            refused(response);
            assertThat(response.headers().firstValue("WWW-Authenticate")).isEmpty();
            assertThat(response.headers().firstValue("Location")).isEmpty();
            assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
        }
    }

    @Test
    void the_other_edges_token_and_the_operators_login_are_refused() {
        String operator = Journey.basic(SimulatedWorld.OPERATOR, SimulatedWorld.OPERATOR_PASSWORD);
        assertThat(Stream.of("Bearer " + CHT_TOKEN, operator)
                        .map(wrong -> journey.post(NOTICES, "{}", "Authorization", wrong)
                                .status()))
                .containsOnly(401);
        assertThat(Stream.of(BEARER, operator).map(wrong -> journey.post("/cht/feedback", "{}", "Authorization", wrong)
                        .status()))
                .containsOnly(401);
        assertThat(journey.send("GET", "/api/loops", BodyPublishers.noBody(), "Authorization", BEARER)
                        .status())
                .isEqualTo(401);
    }

    @Test
    void a_body_that_is_too_large_is_refused_whether_or_not_its_length_is_told() {
        byte[] large = new byte[2_097_153];
        Arrays.fill(large, (byte) ' ');
        for (String path : List.of(NOTICES, "/cht/feedback")) {
            String token = "Bearer " + (path.equals(NOTICES) ? OPENIMIS_TOKEN : CHT_TOKEN);
            for (var body : List.of(
                    BodyPublishers.ofByteArray(large),
                    BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large)))) {
                Response response =
                        journey.send("POST", path, body, "Authorization", token, "Content-Type", "application/json");
                assertThat(response.status()).isEqualTo(413);
                refused(response);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/xml"
            })
    void what_does_not_call_itself_json_is_refused(String type) {
        for (String path : List.of(NOTICES, "/cht/feedback")) {
            String token = "Bearer " + (path.equals(NOTICES) ? OPENIMIS_TOKEN : CHT_TOKEN);
            Response response = journey.post(path, "{}", "Authorization", token, "Content-Type", type);
            assertThat(response.status()).isEqualTo(415);
            refused(response);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS"})
    void only_post_is_taken(String method) {
        for (String path : List.of(NOTICES, "/cht/feedback")) {
            String token = "Bearer " + (path.equals(NOTICES) ? OPENIMIS_TOKEN : CHT_TOKEN);
            Response response = journey.send(
                    method, path, BodyPublishers.noBody(), "Authorization", token, "Content-Type", "application/json");
            assertThat(response.status()).isEqualTo(405);
            assertThat(response.headers().firstValue("Allow")).contains("POST");
            refused(response);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openimis/", "/openimis/other", "/openimis/feedback", "/openimis/notifications/x"})
    void below_the_edge_there_is_nothing_else(String path) {
        Response response = journey.post(path, "{}", "Authorization", BEARER);
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.contentType()).startsWith("application/json");
    }

    private static void accepted(Response response, int claims) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.contentType()).isEqualTo("application/json");
        assertThat(response.json().path("status").asText()).isEqualTo("accepted");
        assertThat(response.json().path("claims").asInt()).isEqualTo(claims);
    }

    private static void refused(Response response) {
        assertThat(response.contentType()).startsWith("application/json");
        assertThat(response.json().path("status").asText()).isEqualTo("refused");
        assertThat(response.json().path("reason").asText()).isNotBlank();
        assertThat(response.json().path("hint").asText()).isNotBlank();
    }

    private long count() {
        return loops.count().values().stream().collect(Collectors.summingLong(Long::longValue));
    }
}
