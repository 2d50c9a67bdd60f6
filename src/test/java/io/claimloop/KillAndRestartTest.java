package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import io.claimloop.support.Journey;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real application as a process of its own, with its embedded database, killed in the middle. */
class KillAndRestartTest {
    private static final String TOKEN = "token-of-openimis-in-tests";
    private static final String PUSH_TOKEN = "token-of-cht-in-tests";
    /** Of this test only: made of nothing that anybody uses. */
    private static final String RETENTION_KEY = "0f".repeat(32);

    private static final String PASSWORD = "password-of-operator-in-tests";
    private static final Duration START = Duration.ofSeconds(90);

    @TempDir
    private Path home;

    private final HttpClient http = HttpClient.newHttpClient();
    private SimulatedOpenImis openimis;
    private SimulatedCht cht;
    private Process process;
    private int port;

    @BeforeEach
    void startPartners() throws IOException {
        openimis = SimulatedOpenImis.start();
        cht = SimulatedCht.start().withDemoData();
        cht.sentinelDelay(Duration.ofMillis(50));
        cht.answerTasks(Duration.ofMillis(100));
        cht.retryEvery(Duration.ofMillis(500));
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        cht.pushTo("http://127.0.0.1:" + port + "/cht/feedback", "Bearer " + PUSH_TOKEN);
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        if (process != null) {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        database().ifPresent(ProcessHandle::destroyForcibly);
        cht.close();
        openimis.close();
    }

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void a_notice_that_was_answered_is_delivered_after_a_kill_and_a_restart() throws Exception {
        LocalDate day = LocalDate.now().minusDays(5);
        Claim claim = openimis.submit(openimis.enter("KILL1", "070707070", day, day));
        // what the killed run may have leased is waited for
        start("5s");
        long orphan = database().orElseThrow().pid();
        assertThat(notice(claim)).isEqualTo(200);
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

        start("60s");
        assertThat(ProcessHandle.of(orphan).filter(ProcessHandle::isAlive))
                .as("the database that the killed run left behind")
                .isEmpty();
        await().atMost(START)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> get("/api/loops?code=KILL1"), answer -> answer.contains("\"DELIVERED\""));
        assertThat(cht.records(claim.uuid())).hasSize(1);
        assertThat(openimis.communications(claim.uuid())).isEqualTo(1);

        // an orderly stop in the middle of work that takes longer than the stop may
        Claim next = openimis.submit(openimis.enter("KILL2", "070707070", day.minusDays(1), day.minusDays(1)));
        cht.delayAll(Duration.ofSeconds(4));
        int requests = cht.requests();
        assertThat(notice(next)).isEqualTo(200);
        await().atMost(START).until(() -> cht.requests() > requests);
        long database = database().orElseThrow().pid();
        Instant asked = Instant.now();
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(15));
        assertThat(database()).as("the database's own mark that it runs").isEmpty();
        await().atMost(Duration.ofSeconds(2)).until(() -> ProcessHandle.of(database)
                .filter(ProcessHandle::isAlive)
                .isEmpty());
        assertThat(heldLeases()).isZero();
    }

    private void start(String lease) throws IOException {
        Map<String, Object> settings = new HashMap<>();
        settings.put("server.port", port);
        settings.put("claimloop.home", home.resolve("data").toString());
        settings.put("claimloop.openimis.url", openimis.url());
        settings.put("claimloop.openimis.username", SimulatedOpenImis.USERNAME);
        settings.put("claimloop.openimis.password", SimulatedOpenImis.PASSWORD);
        settings.put("claimloop.cht.url", cht.url());
        settings.put("claimloop.cht.username", SimulatedCht.USERNAME);
        settings.put("claimloop.cht.password", SimulatedCht.PASSWORD);
        settings.put("claimloop.intake.openimis-token", TOKEN);
        settings.put("claimloop.intake.cht-token", PUSH_TOKEN);
        settings.put("claimloop.retention.key", RETENTION_KEY);
        settings.put("claimloop.operator.username", "operator");
        settings.put("claimloop.operator.password", PASSWORD);
        settings.put("claimloop.selection.policy", "submitted");
        settings.put("claimloop.selection.per-day", "1000000");
        settings.put("claimloop.selection.max-visit-age", "4000d");
        settings.put("claimloop.selection.from", "2000-01-01");
        settings.put("claimloop.steps.lease", lease);
        // the one test that delivers the other way
        settings.put("claimloop.feedback.delivery", "fhir");
        Path log = home.resolve("out.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.claimloop.ClaimLoop")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("SPRING_APPLICATION_JSON", new ObjectMapper().writeValueAsString(settings));
        process = builder.start();
        await().atMost(START).pollInterval(Duration.ofMillis(200)).until(() -> {
            assertThat(process.isAlive()).as(() -> read(log)).isTrue();
            try {
                return get("/actuator/health/readiness").contains("\"UP\"");
            } catch (ConnectException e) {
                return false;
            }
        });
    }

    private int notice(Claim claim) throws IOException, InterruptedException {
        return http.send(
                        request("/openimis/notifications")
                                .header("Authorization", "Bearer " + TOKEN)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(openimis.notificationOf(claim)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private String get(String path) throws IOException, InterruptedException {
        return http.send(
                        request(path)
                                .header("Authorization", Journey.basic("operator", PASSWORD))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20));
    }

    private java.util.Optional<ProcessHandle> database() throws IOException {
        Path pid = home.resolve("data").resolve("postgres").resolve("postmaster.pid");
        return Files.exists(pid)
                ? ProcessHandle.of(Long.parseLong(Files.readAllLines(pid).get(0).strip()))
                : java.util.Optional.empty();
    }

    private int heldLeases() throws Exception {
        Path data = home.resolve("data");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setDataDirectory(data.resolve("postgres").toFile())
                        .setCleanDataDirectory(false)
                        .setOverrideWorkingDirectory(
                                data.resolve("postgres-binaries").toFile())
                        .setServerConfig("unix_socket_directories", "")
                        .start();
                var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement();
                var found = statement.executeQuery(
                        "select count(*), count(*) filter (where lease_until > now()) from work")) {
            found.next();
            assertThat(found.getInt(1)).as("work that waits for the next start").isPositive();
            return found.getInt(2);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
