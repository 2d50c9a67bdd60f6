package io.claimloop.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Insuree;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;

/**
 * What tests of the whole application do over and over: make a claim and a person of their own, knock at the edges over
 * real HTTP, look at the trace as an operator does, and wait for a state.
 */
public final class Journey {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final SimulatedOpenImis openimis;
    private final SimulatedCht cht;
    private final ServletWebServerApplicationContext application;
    private final Loops loops;

    /** An answer as it came over the wire. */
    public record Response(int status, HttpHeaders headers, String body) {
        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public String contentType() {
            return headers.firstValue("Content-Type").orElse("");
        }
    }

    Journey(SimulatedOpenImis openimis, SimulatedCht cht, ServletWebServerApplicationContext application, Loops loops) {
        this.openimis = openimis;
        this.cht = cht;
        this.application = application;
        this.loops = loops;
    }

    // ---- persons and claims of a test's own

    /** An insuree in openIMIS who is a person in CHT, too, under a CHW: number, name, birth and sex agree. */
    public Insuree person() {
        return person("Household", "Person" + COUNT.incrementAndGet());
    }

    public Insuree person(String lastName, String otherNames) {
        Insuree insuree = stranger(lastName, otherNames);
        inCht(insuree, "household-1", Map.of());
        return insuree;
    }

    /** An insuree whom CHT does not know. */
    public Insuree stranger(String lastName, String otherNames) {
        return openimis.addInsuree(
                String.valueOf(500_000_000 + COUNT.incrementAndGet()),
                lastName,
                otherNames,
                LocalDate.of(1980, 3, 4),
                "R1D1M1V1");
    }

    /** Puts the insuree into CHT; {@code changes} replace fields, null leaves one out. Returns the person's id. */
    public String inCht(Insuree insuree, String place, Map<String, Object> changes) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("id", personId(insuree));
        fields.put("name", insuree.otherNames() + " " + insuree.lastName());
        fields.put("parent", place);
        fields.put("insurance_number", insuree.chfId());
        fields.put("date_of_birth", insuree.dob().toString());
        fields.put("sex", "female");
        fields.put("patient_id", insuree.uuid().substring(0, 6));
        fields.putAll(changes);
        fields.values().removeIf(value -> value == NOTHING);
        cht.addPerson(fields);
        return fields.get("id").toString();
    }

    /** In {@link #inCht}: this field is not there. */
    public static final Object NOTHING = new Object();

    public static String personId(Insuree insuree) {
        return "person-" + insuree.uuid().substring(0, 13);
    }

    /** A visit day that no other test has. */
    public LocalDate day() {
        return LocalDate.now().minusDays(30L + COUNT.incrementAndGet() % 300);
    }

    /** Entered and submitted, on a day of its own, for a person of its own. */
    public Claim claim() {
        return claim(person());
    }

    public Claim claim(Insuree insuree) {
        return openimis.submit(entered(insuree));
    }

    public Claim entered(Insuree insuree) {
        LocalDate day = day();
        return openimis.enter("T" + COUNT.incrementAndGet(), insuree.chfId(), day, day);
    }

    /** A claim of its own that is at the CHW's. */
    public Claim tasked() {
        Claim claim = claim();
        notice(claim);
        reaches(claim, State.TASKED);
        return claim;
    }

    // ---- the edges

    public String url() {
        return "http://127.0.0.1:" + application.getWebServer().getPort();
    }

    /** What openIMIS pushes of this claim. */
    public void notice(Claim claim) {
        assertThat(notice(openimis.notificationOf(claim)).status()).isEqualTo(200);
    }

    public Response notice(String body) {
        return post("/openimis/notifications", body, "Authorization", "Bearer " + SimulatedWorld.OPENIMIS_TOKEN);
    }

    public Response feedback(String body) {
        return post("/cht/feedback", body, "Authorization", "Bearer " + SimulatedWorld.CHT_TOKEN);
    }

    /** As JSON; later headers of the same name are added. */
    public Response post(String path, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        if (!all.contains("Content-Type")) {
            Collections.addAll(all, "Content-Type", "application/json");
        }
        return send(
                "POST",
                path,
                HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8),
                all.toArray(new String[0]));
    }

    public Response get(String path) {
        return send("GET", path, HttpRequest.BodyPublishers.noBody(), "Authorization", operator());
    }

    /** As the operator, without a body. */
    public Response order(String path) {
        return send("POST", path, HttpRequest.BodyPublishers.noBody(), "Authorization", operator());
    }

    public Response send(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Response(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    public static String operator() {
        return basic(SimulatedWorld.OPERATOR, SimulatedWorld.OPERATOR_PASSWORD);
    }

    // ---- where a claim stands

    public Loop reaches(Claim claim, State state) {
        return reaches(claim.uuid(), state);
    }

    public Loop reaches(String uuid, State state) {
        return await("claim " + uuid + " at " + state)
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> find(uuid), found -> found != null && found.state() == state);
    }

    /** Null when there is no loop. */
    public Loop find(String uuid) {
        return loops.find(UUID.fromString(uuid)).orElse(null);
    }

    public JsonNode trace(Claim claim) {
        Response response = get("/api/loops/" + claim.uuid());
        assertThat(response.status()).isEqualTo(200);
        return response.json();
    }

    // ---- submissions

    /** A file of test-data/submissions, made to be about this claim and person, under a report id of its own. */
    public static ObjectNode submission(String file, Claim claim) {
        try {
            ObjectNode body = (ObjectNode)
                    JSON.readTree(Path.of("test-data", "submissions", file).toFile());
            return body.put("report_id", UUID.randomUUID().toString())
                    .put("claim_uuid", claim.uuid())
                    .put("claim_code", claim.code())
                    .put("patient_uuid", personId(claim.insuree()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String file(String folder, String name) {
        try {
            return Files.readString(Path.of("test-data", folder, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
