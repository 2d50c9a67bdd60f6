package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Effect;
import io.claimloop.simulated.Insuree;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import io.claimloop.support.Journey;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Queues many claims while CHT is away, and lets them drain. Not part of the build: its name is none of a test. Run it by
 * {@code ./mvnw test -Dtest=BacklogMeasurement -Dbacklog.claims=100000}. The application is a process of its own with its
 * own small heap and embedded PostgreSQL; the simulated partners, without their limits, are in the test's.
 */
class BacklogMeasurement {
    private static final int CLAIMS = Integer.getInteger("backlog.claims", 100_000);
    private static final Duration LIMIT = Duration.ofMinutes(Long.getLong("backlog.minutes", 60));
    /** Each has a visit a day: so none is older than the simulated policies. */
    private static final int PERSONS = Math.max(250, CLAIMS / 200);

    private static final int BUNDLE = 1000;
    private static final String TOKEN = "token-of-openimis-in-tests";
    private static final String PASSWORD = "password-of-operator-in-tests";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SimulatedOpenImis openimis = SimulatedOpenImis.start();
    private final SimulatedCht cht = SimulatedCht.start().withDemoData();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Long> heapWhileAway = new ArrayList<>();
    private Process process;
    private int port;

    @TempDir
    Path home;

    @AfterEach
    void stop() throws InterruptedException {
        if (process != null) {
            process.destroy();
            process.waitFor();
        }
        openimis.close();
        cht.close();
    }

    @Test
    void a_backlog_waits_on_disk_and_drains_oldest_first() throws Exception {
        List<String> claims = enter();
        start();
        cht.sentinelDelay(Duration.ZERO);
        cht.stop();

        say("| phase | seconds | at CHT's door | tasked | heap after GC, MB |");
        say("|---|---|---|---|---|");
        Instant begin = Instant.now();
        sample("started", begin);
        for (int from = 0; from < claims.size(); from += BUNDLE) {
            notices(claims.subList(from, Math.min(claims.size(), from + BUNDLE)));
            if (from / BUNDLE % Math.max(1, CLAIMS / BUNDLE / 4) == 0) {
                sample("queueing, CHT away", begin);
            }
        }
        sample("all queued", begin);
        until("SELECTED", "checked, CHT away", begin);

        Instant back = Instant.now();
        cht.restart();
        until("TASKED", "draining", back);
        double seconds = Duration.between(back, Instant.now()).toMillis() / 1000.0;
        say("%d claims drained in %.0f s: %.0f a second.", CLAIMS, seconds, CLAIMS / seconds);

        List<String> written = cht.effects().stream()
                .filter(effect -> effect.kind() == Effect.Kind.CLAIM_RECORD_CREATED)
                .map(Effect::claimUuid)
                .toList();
        assertThat(written).as("each once").hasSize(CLAIMS).doesNotHaveDuplicates();
        Map<String, Integer> place = new HashMap<>();
        for (int i = 0; i < claims.size(); i++) {
            place.put(claims.get(i), i);
        }
        assertThat(written.subList(0, CLAIMS / 10).stream()
                        .mapToInt(place::get)
                        .average()
                        .orElseThrow())
                .as("the first tenth that is written is about the first that was queued")
                .isLessThan(CLAIMS * 0.15);
        long least = heapWhileAway.stream().mapToLong(l -> l).min().orElseThrow();
        long most = heapWhileAway.stream().mapToLong(l -> l).max().orElseThrow();
        say("Heap while CHT was away: %d to %d MB.", least, most);
        assertThat(most - least).as("flat heap").isLessThan(64);
    }

    private List<String> enter() {
        List<Insuree> persons = new ArrayList<>();
        for (int i = 0; i < PERSONS; i++) {
            Insuree insuree = openimis.addInsuree(
                    String.valueOf(600_000_000 + i), "Backlog", "Person" + i, LocalDate.of(1980, 3, 4), "R1D1M1V1");
            cht.addPerson(Map.of(
                    "id",
                    "backlog-person-" + i,
                    "name",
                    "Person" + i + " Backlog",
                    "parent",
                    "household-1",
                    "insurance_number",
                    insuree.chfId(),
                    "date_of_birth",
                    "1980-03-04",
                    "sex",
                    "female"));
            persons.add(insuree);
        }
        List<String> claims = new ArrayList<>();
        for (int i = 0; i < CLAIMS; i++) {
            // a visit of its own: a person has one a day. Older than the sweep looks: it is not what is measured
            LocalDate day = LocalDate.now().minusDays(60 + i / PERSONS);
            Claim claim = openimis.submit(
                    openimis.enter("B" + i, persons.get(i % PERSONS).chfId(), day, day));
            claims.add(openimis.selectForFeedback(claim).uuid());
        }
        return claims;
    }

    private void start() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Map<String, Object> settings = new HashMap<>();
        settings.put("server.port", port);
        settings.put("server.address", "127.0.0.1");
        settings.put("claimloop.home", home.resolve("data").toString());
        settings.put("claimloop.openimis.url", openimis.url());
        settings.put("claimloop.openimis.username", SimulatedOpenImis.USERNAME);
        settings.put("claimloop.openimis.password", SimulatedOpenImis.PASSWORD);
        settings.put("claimloop.openimis.requests-per-minute", 60_000);
        settings.put("claimloop.cht.url", cht.url());
        settings.put("claimloop.cht.username", SimulatedCht.USERNAME);
        settings.put("claimloop.cht.password", SimulatedCht.PASSWORD);
        settings.put("claimloop.cht.writes-per-second", 10_000);
        settings.put("claimloop.cht.backlog.slow", 1_000_000);
        settings.put("claimloop.cht.backlog.stop", 2_000_000);
        settings.put("claimloop.intake.openimis-token", TOKEN);
        settings.put("claimloop.intake.cht-token", "token-of-cht-in-tests");
        settings.put("claimloop.operator.username", "operator");
        settings.put("claimloop.operator.password", PASSWORD);
        settings.put("claimloop.retention.key", HexFormat.of().formatHex(new byte[32]));
        settings.put("claimloop.selection.policy", "selected");
        settings.put("claimloop.selection.max-visit-age", "4000d");
        settings.put("claimloop.selection.from", "2000-01-01");
        settings.put("claimloop.reconciliation.every", "10h");
        // what comes after the drain is not measured
        settings.put("claimloop.steps.record-look-again", "10h");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.claimloop.ClaimLoop")
                .redirectErrorStream(true)
                .redirectOutput(Path.of("target", "backlog.log").toFile());
        builder.environment().put("SPRING_APPLICATION_JSON", JSON.writeValueAsString(settings));
        builder.environment().put("LOGGING_LEVEL_CLAIMLOOP_LOOP", "WARN");
        process = builder.start();
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    assertThat(process.isAlive()).as("see target/backlog.log").isTrue();
                    try {
                        return get("/actuator/health/readiness")
                                .path("status")
                                .asText()
                                .equals("UP");
                    } catch (ConnectException e) {
                        return false;
                    }
                });
    }

    private void notices(List<String> claims) throws IOException, InterruptedException {
        ObjectNode bundle = JSON.createObjectNode().put("resourceType", "Bundle");
        ArrayNode entries = bundle.putArray("entry");
        claims.forEach(uuid -> entries.addObject()
                .putObject("resource")
                .put("resourceType", "Claim")
                .put("id", uuid));
        HttpRequest request = request("/openimis/notifications", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(bundle.toString()))
                .build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    private void until(String state, String phase, Instant since) {
        await().atMost(LIMIT)
                .pollInterval(Duration.ofSeconds(Math.max(2, CLAIMS / 5_000)))
                .until(() -> sample(phase, since).path(state).asInt() == CLAIMS);
    }

    /** The loops in each state; prints a line. */
    private JsonNode sample(String phase, Instant since) throws IOException, InterruptedException {
        JsonNode loops = get("/api/summary").path("loops");
        long heap = heap();
        if (phase.contains("away") || phase.contains("queued")) {
            heapWhileAway.add(heap);
        }
        say(
                "| %s | %d | %d | %d | %d |",
                phase,
                Duration.between(since, Instant.now()).toSeconds(),
                loops.path("SELECTED").asInt(),
                loops.path("TASKED").asInt(),
                heap);
        return loops;
    }

    /** What is used after a full collection, as the JDK's own tools tell it. */
    private long heap() throws IOException, InterruptedException {
        tool("jcmd", String.valueOf(process.pid()), "GC.run");
        String[] lines =
                tool("jstat", "-gc", String.valueOf(process.pid())).strip().split("\n");
        String[] names = lines[0].strip().split("\\s+");
        String[] values = lines[1].strip().split("\\s+");
        double kilobytes = 0;
        for (int i = 0; i < names.length; i++) {
            if (List.of("S0U", "S1U", "EU", "OU").contains(names[i])) {
                kilobytes += Double.parseDouble(values[i]);
            }
        }
        return Math.round(kilobytes / 1024);
    }

    private static String tool(String... command) throws IOException, InterruptedException {
        command[0] = Path.of(System.getProperty("java.home"), "bin", command[0]).toString();
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tool.waitFor()).as(said).isZero();
        return said;
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request = request(path, Journey.basic("operator", PASSWORD)).build();
        return JSON.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private HttpRequest.Builder request(String path, String authorization) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", authorization);
    }

    private static void say(String line, Object... values) {
        System.out.println(values.length == 0 ? line : String.format(line, values));
    }
}
