package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Insuree;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import io.claimloop.support.TestDatabase;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a loop takes on disk, from notice to delivered feedback, and what the application takes of memory meanwhile:
 * {@code docs/sizing.md}. Not part of the build: its name is none of a test. Run it by {@code ./mvnw test
 * -Dtest=SizeMeasurement -Dsize.claims=10000}. Partners' limits are lifted.
 */
class SizeMeasurement {
    private static final int CLAIMS = Integer.getInteger("size.claims", 10_000);
    private static final Duration LIMIT = Duration.ofMinutes(Long.getLong("size.minutes", 60));
    private static final int PERSONS = 250;
    private static final String OPENIMIS_TOKEN = "token-of-openimis-in-tests";
    private static final String CHT_TOKEN = "token-of-cht-in-tests";
    private static final String PASSWORD = "password-of-operator-in-tests";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String TABLES = """
            select c.relname, c.reltuples::bigint, pg_relation_size(c.oid) + coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0), pg_indexes_size(c.oid)
            from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.reltuples > 50
            order by pg_total_relation_size(c.oid) desc
            """;

    private final SimulatedOpenImis openimis = SimulatedOpenImis.start();
    private final SimulatedCht cht = SimulatedCht.start().withDemoData();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String database = TestDatabase.url();
    private Process process;
    private int port;

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
    void a_loop_from_notice_to_feedback_takes_so_many_bytes() throws Exception {
        List<String> claims = enter();
        cht.sentinelDelay(Duration.ZERO);
        cht.answerTasks(Duration.ofSeconds(1));
        start();
        say("memory when ready: %d MB", memory("VmRSS"));
        cht.pushTo("http://127.0.0.1:" + port + "/cht/feedback", "Bearer " + CHT_TOKEN);
        String wal = text("select pg_current_wal_lsn()");
        long commits = number("select xact_commit from pg_stat_database where datname = current_database()");

        // as openIMIS sent it, with another claim's UUID
        String notice = Files.readString(Path.of("test-data", "notifications", "claim.json"));
        String recorded = JSON.readTree(notice).path("id").asText();
        for (String uuid : claims) {
            String body = notice.replace(recorded, uuid);
            // a machine that is busy answers 503 now and then; a notice that comes twice is one
            await().atMost(LIMIT).until(() -> send(body) == 200);
        }
        await().atMost(LIMIT)
                .pollInterval(Duration.ofSeconds(3))
                .until(() -> number("select count(*) from loop where state = 'DELIVERED'") == CLAIMS);

        say("| table | rows a claim | bytes of rows a claim | bytes of indexes a claim |");
        say("|---|---|---|---|");
        long written = number("select pg_wal_lsn_diff(pg_current_wal_lsn(), '" + wal + "')::bigint");
        execute("vacuum analyze");
        try (var connection = DriverManager.getConnection(database, "postgres", "");
                var statement = connection.createStatement();
                var row = statement.executeQuery(TABLES)) {
            while (row.next()) {
                say(
                        "| `%s` | %.1f | %d | %d |",
                        row.getString(1), row.getDouble(2) / CLAIMS, row.getLong(3) / CLAIMS, row.getLong(4) / CLAIMS);
            }
        }
        say("WAL: %d bytes a claim", written / CLAIMS);
        say(
                "commits: %.1f a claim",
                (number("select xact_commit from pg_stat_database where datname = current_database()") - commits)
                        / (double) CLAIMS);
        say("memory: %d MB at the end, %d MB at most", memory("VmRSS"), memory("VmHWM"));
    }

    private List<String> enter() {
        List<Insuree> persons = new ArrayList<>();
        for (int i = 0; i < PERSONS; i++) {
            String number = String.valueOf(600_000_000 + i);
            persons.add(openimis.addInsuree(number, "Size", "Person" + i, LocalDate.of(1980, 3, 4), "R1D1M1V1"));
            cht.addPerson(Map.of(
                    "id",
                    "size-person-" + i,
                    "name",
                    "Person" + i + " Size",
                    "parent",
                    "household-1",
                    "insurance_number",
                    number,
                    "date_of_birth",
                    "1980-03-04",
                    "sex",
                    "female"));
        }
        List<String> claims = new ArrayList<>();
        for (int i = 0; i < CLAIMS; i++) {
            LocalDate day = LocalDate.now().minusDays(60 + i / PERSONS);
            Claim claim = openimis.submit(
                    openimis.enter("S" + i, persons.get(i % PERSONS).chfId(), day, day));
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
        settings.put("spring.datasource.url", database);
        settings.put("spring.datasource.username", "postgres");
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
        settings.put("claimloop.intake.openimis-token", OPENIMIS_TOKEN);
        settings.put("claimloop.intake.cht-token", CHT_TOKEN);
        settings.put("claimloop.operator.username", "operator");
        settings.put("claimloop.operator.password", PASSWORD);
        settings.put("claimloop.retention.key", HexFormat.of().formatHex(new byte[32]));
        settings.put("claimloop.selection.policy", "selected");
        settings.put("claimloop.selection.max-visit-age", "4000d");
        settings.put("claimloop.selection.from", "2000-01-01");
        settings.put("claimloop.reconciliation.every", "10h");
        // the notices are measured: the sweep leaves the claims to them
        settings.put("claimloop.reconciliation.grace", "24h");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(
                System.getProperty("size.flags", "-Xmx352m -Xmn160m -XX:+UseSerialGC -Xss512k -XX:TieredStopAtLevel=1")
                        .split(" ")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.claimloop.ClaimLoop"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Path.of("target", "size.log").toFile());
        builder.environment().put("SPRING_APPLICATION_JSON", JSON.writeValueAsString(settings));
        builder.environment().put("LOGGING_LEVEL_CLAIMLOOP_LOOP", "WARN");
        process = builder.start();
        await().atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofSeconds(1))
                .until(this::ready);
    }

    private boolean ready() throws IOException, InterruptedException {
        assertThat(process.isAlive()).as("see target/size.log").isTrue();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(60))
                .build();
        try {
            JsonNode answer = JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
            return "UP".equals(answer.path("status").asText());
        } catch (ConnectException e) {
            return false;
        }
    }

    private int send(String notice) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/openimis/notifications"))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + OPENIMIS_TOKEN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(notice))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    /** As Linux tells it, in MB; -1 elsewhere. */
    private long memory(String what) throws IOException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        if (!Files.isReadable(status)) {
            return -1;
        }
        return Files.readString(status)
                .lines()
                .filter(line -> line.startsWith(what))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(-1L);
    }

    private long number(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    private String text(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(database, "postgres", "");
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(database, "postgres", "");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void say(String line, Object... values) {
        System.out.println(values.length == 0 ? line : String.format(line, values));
    }
}
