package io.claimloop.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the simulated openIMIS answers without its engine is what the engine answers; through both of its doors. */
class GraphQlPlansTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SimulatedOpenImis openimis = SimulatedOpenImis.start();
    private final LeanServer lean = openimis.lean();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final LocalDate day = LocalDate.now().minusDays(3);
    private String token;

    @BeforeEach
    void login() throws Exception {
        token = send(lean.url() + "/api/api_fhir_r4/login/", """
                {"username": "%s", "password": "%s"}
                """.formatted(
                                SimulatedOpenImis.USERNAME, SimulatedOpenImis.PASSWORD))
                .path("token")
                .asText();
    }

    @AfterEach
    void close() {
        lean.close();
        openimis.close();
    }

    @Test
    void the_second_batch_is_answered_as_the_first_one() throws Exception {
        List<String> some = List.of(claim("A1"), claim("A2"), claim("A3"));
        List<String> others = List.of(claim("B1"), claim("B2"), claim("B3"));
        openimis.deliverFeedback(openimis.claim(others.get(1)), true, false, true, null, 4);

        ask(lean.url(), query(some, ""));
        JsonNode planned = ask(lean.url(), query(others, ""));
        // the engine sees each of these two for the first time
        JsonNode engine = ask(lean.url(), query(others, " "));
        JsonNode throughWireMock = ask(openimis.url(), query(others, ""));

        assertThat(planned.at("/data/c1/feedback/asessment").asInt()).isEqualTo(4);
        assertThat(planned).isEqualTo(engine).isEqualTo(throughWireMock);
        assertThat(planned.toString()).isEqualTo(engine.toString());
    }

    @Test
    void a_claim_that_is_not_there_or_cannot_be_shown_is_an_error_as_before() throws Exception {
        List<String> some = List.of(claim("A1"), claim("A2"));
        ask(lean.url(), query(some, ""));
        String unknown = "00000000-0000-4000-8000-000000000000";

        JsonNode missing = ask(lean.url(), query(List.of(some.get(0), unknown), ""));
        assertThat(missing.at("/data/c1").isNull()).isTrue();
        assertThat(missing.at("/errors/0/message").asText()).isEqualTo("Claim matching query does not exist.");

        openimis.poison(openimis.claim(some.get(1)));
        assertThat(ask(lean.url(), query(some, "")).at("/errors/0/path/0").asText())
                .isEqualTo("c1");
    }

    @Test
    void who_may_not_read_claims_reads_none() throws Exception {
        List<String> some = List.of(claim("A1"));
        ask(lean.url(), query(some, ""));
        openimis.setRights(false);

        assertThat(ask(lean.url(), query(some, "")).at("/errors/0/message").asText())
                .contains("not authorized");
    }

    private String claim(String code) {
        return openimis.submit(openimis.enter(code, "070707070", day, day)).uuid();
    }

    private static String query(List<String> uuids, String blank) throws IOException {
        String fields;
        try (var in = io.claimloop.openimis.ClaimReader.class.getResourceAsStream("claim-fields.graphql")) {
            fields = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)#.*$", "")
                    .replaceAll("\\s+", " ");
        }
        return uuids.stream()
                .map(uuid -> "c" + uuids.indexOf(uuid) + ": claim(uuid: \"" + uuid + "\") " + fields)
                .collect(Collectors.joining(" ", "{ " + blank, "}"));
    }

    private JsonNode ask(String url, String query) throws Exception {
        return send(
                url + "/api/graphql",
                JSON.createObjectNode().put("query", query).toString());
    }

    private JsonNode send(String url, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return JSON.readTree(http.send(request.build(), BodyHandlers.ofString()).body());
    }
}
