package io.claimloop.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Sends recorded requests to the simulator and compares: the same status and content type, for errors the same words,
 * for the rest the same JSON paths with the same types.
 */
abstract class OpenImisReplay {
    static final LocalDate DAY = LocalDate.of(2026, 11, 22);
    static final String JOSEPH = "070707070";
    static final String BASIC = Base64.getEncoder()
            .encodeToString(("Admin:" + SimulatedOpenImis.PASSWORD).getBytes(StandardCharsets.UTF_8));
    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    SimulatedOpenImis openImis;
    String token;

    record Answer(int status, String contentType, String location, String body) {
        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }
    }

    @BeforeEach
    void start() throws Exception {
        openImis = SimulatedOpenImis.start().account("Admin", SimulatedOpenImis.PASSWORD);
        token = send(OpenImisRecording.of("101"), true).json().path("token").asText();
    }

    @AfterEach
    void stop() {
        openImis.close();
    }

    Claim submitted(String number, String code) {
        return openImis.submit(enter(OpenImisRecording.of(number), code));
    }

    Claim enter(OpenImisRecording recording, String code) {
        return openImis.enter(uuidIn(recording), code, JOSEPH, DAY, DAY);
    }

    /** The claim that the recorded request is about. */
    static String uuidIn(OpenImisRecording recording) {
        var text =
                recording.request().path("path").asText() + recording.request().path("body");
        var uuid = Pattern.compile("(?:Claim|ClaimResponse|CommunicationRequest)/([0-9a-f-]{36})"
                        + "|uuids?: ?\\[?\\\\\"([0-9a-f-]{36})")
                .matcher(text);
        if (!uuid.find()) throw new IllegalArgumentException(recording.name() + " has no claim");
        return uuid.group(1) != null ? uuid.group(1) : uuid.group(2);
    }

    Answer send(OpenImisRecording recording, boolean goodPassword) throws Exception {
        var wanted = recording.request();
        var request = HttpRequest.newBuilder(
                        URI.create(openImis.url() + wanted.path("path").asText()))
                .timeout(Duration.ofSeconds(20));
        boolean authorized = false;
        for (var headers = wanted.path("headers").fields(); headers.hasNext(); ) {
            var header = headers.next();
            var value = header.getValue().asText().replace("<token>", String.valueOf(token));
            if (goodPassword) value = value.replace("<base64 of user:password>", BASIC);
            authorized |= header.getKey().equals("Authorization");
            request.header(header.getKey(), value);
        }
        // The alias recordings kept no headers.
        if (!authorized && recording.name().startsWith("99")) request.header("Authorization", "Bearer " + token);
        var body = recording.requestBody();
        if (body != null && goodPassword) body = body.replace("<password>", SimulatedOpenImis.PASSWORD);
        return sent(request, wanted.path("method").asText(), body);
    }

    Answer get(String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(openImis.url() + FhirApi.ROOT + path))
                .header("Authorization", "Bearer " + token);
        return sent(request, "GET", null);
    }

    Answer call(String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(openImis.url() + FhirApi.ROOT + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token);
        return sent(request, method, body);
    }

    /** Quotes in the query are written as they go into a JSON text. */
    Answer graphQl(String query) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(openImis.url() + GraphQlApi.PATH))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token);
        return sent(request, "POST", "{\"query\": \"" + query + "\"}");
    }

    String login(String user, String password) throws Exception {
        var body = "{\"username\": \"%s\", \"password\": \"%s\"}".formatted(user, password);
        return call("POST", "login/", body).json().path("token").asText();
    }

    void sameBody(OpenImisRecording recording) throws Exception {
        assertThat(send(recording, true).json())
                .as(recording.name())
                .isEqualTo(recording.response().path("body"));
    }

    Answer sent(HttpRequest.Builder request, String method, String body) throws Exception {
        var publisher = body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        var answer = http.send(request.method(method, publisher).build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(null),
                answer.headers().firstValue("Location").orElse(null),
                answer.body());
    }

    static void sameHead(SoftAssertions softly, OpenImisRecording recording, Answer answer) {
        var headers = recording.response().path("headers");
        softly.assertThat(answer.status())
                .as(recording.name() + ": " + answer.body())
                .isEqualTo(recording.response().path("status").asInt());
        if (!recording.name().startsWith("99")) {
            softly.assertThat(answer.contentType())
                    .as(recording.name())
                    .isEqualTo(headers.path("content-type").asText(null));
        }
        softly.assertThat(answer.location())
                .as(recording.name())
                .isEqualTo(headers.path("location").asText(null));
    }

    /** Errors: every word. */
    void sameWords(String... numbers) throws Exception {
        var softly = new SoftAssertions();
        for (var number : numbers) {
            var recording = OpenImisRecording.of(number);
            var answer = send(recording, false);
            sameHead(softly, recording, answer);
            var body = recording.response().path("body");
            if (body.isTextual()) {
                softly.assertThat(answer.body()).as(recording.name()).isEqualTo(body.asText());
            } else {
                softly.assertThat(JSON.readTree(answer.body()))
                        .as(recording.name())
                        .isEqualTo(body);
            }
        }
        softly.assertAll();
    }

    /** Every value, but for the day of {@code created} and the hosts in links. */
    void sameBody(String... numbers) throws Exception {
        sameBodyButFor(Set.of("created", "url"), numbers);
    }

    void sameBodyButFor(Collection<String> moving, String... numbers) throws Exception {
        var softly = new SoftAssertions();
        for (var number : numbers) {
            var recording = OpenImisRecording.of(number);
            var answer = send(recording, true);
            sameHead(softly, recording, answer);
            softly.assertThat(without(answer.json(), moving))
                    .as(recording.name())
                    .isEqualTo(without(recording.response().path("body"), moving));
        }
        softly.assertAll();
    }

    static JsonNode without(JsonNode json, Collection<String> names) {
        var copy = json.deepCopy();
        for (var parent :
                names.stream().flatMap(name -> copy.findParents(name).stream()).toList()) {
            ((ObjectNode) parent).remove(names);
        }
        return copy;
    }

    void sameShape(String... numbers) throws Exception {
        for (var number : numbers) sameShape(OpenImisRecording.of(number), send(OpenImisRecording.of(number), true));
    }

    void sameShape(OpenImisRecording recording, Answer answer) throws Exception {
        var softly = new SoftAssertions();
        sameHead(softly, recording, answer);
        softly.assertThat(OpenImisRecording.shape(answer.json()))
                .as(recording.name())
                .isEqualTo(OpenImisRecording.shape(recording.response().path("body")));
        softly.assertAll();
    }

    /** Status and error of the mutation's log entry, word for word. */
    void sameLog(String number) throws Exception {
        var recording = OpenImisRecording.of(logOf(number));
        var answer = send(recording, true).json();
        var path = "/data/mutationLogs/edges/0/node/";
        var recorded = recording.response().path("body");
        assertThat(answer.at(path + "status")).as(recording.name()).isEqualTo(recorded.at(path + "status"));
        assertThat(answer.at(path + "error")).as(recording.name()).isEqualTo(recorded.at(path + "error"));
        assertThat(answer.at(path + "jsonExt")).as(recording.name()).isEqualTo(recorded.at(path + "jsonExt"));
    }

    static String logOf(String number) {
        return OpenImisRecording.of(number).name().replace(".json", "-log.json");
    }

    String judged(WireMockServer sink, Claim claim, int status, String type, String body) {
        var answer = WireMock.aResponse().withStatus(status);
        if (type != null) answer.withHeader("Content-Type", type);
        if (body != null) answer.withBody(body);
        sink.stubFor(WireMock.post("/x").willReturn(answer));
        var result = openImis.sendNotification(claim);
        return result.success() + " " + result.error();
    }

    static <T> List<T> atOnce(int times, Callable<T> call) throws Exception {
        var threads = Executors.newFixedThreadPool(times);
        try {
            var results = new ArrayList<T>();
            for (var future : threads.invokeAll(Collections.nCopies(times, call))) results.add(future.get());
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
