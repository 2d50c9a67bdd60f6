package io.claimloop.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.ClaimLoop;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.support.SimulatedWorld;
import io.claimloop.support.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;

/** The ledger is set back to an old copy; both partners have gone on. Rows 27 and 58 of {@code docs/failures.md}. */
@EnabledIfSystemProperty(named = "kill.times", matches = "\\d+", disabledReason = "takes its time: -Pkill")
class YesterdaysDatabaseTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    @Test
    void a_ledger_that_forgot_a_day_finds_everything_again_and_asks_nobody_twice() throws Exception {
        String today = TestDatabase.url();
        String yesterday = today + "_yesterday";
        try (Load load = new Load()) {
            Oracle oracle = new Oracle(load, yesterday);
            try (var application = start(load, today)) {
                tell(application, load);
                settles(new Oracle(load, today));
            }
            copy(today, yesterday);
            load.cht.answerTasks(Duration.ofDays(1));
            try (var application = start(load, today)) {
                // tasks of which the copy knows nothing: some are answered and delivered before it is restored, others
                // after
                for (int i = 0; i < 6; i++) {
                    tell(application, load);
                }
                load.claims.forEach(claim -> await().atMost(LIMIT)
                        .until(() -> !load.cht.records(claim.uuid()).isEmpty()));
                load.claims.subList(1, 4).forEach(claim -> {
                    load.cht.submit(claim.uuid(), Answer.content());
                    await().atMost(LIMIT).until(() -> load.openimis.deliveries(claim.uuid()) == 1);
                });
            }
            try (var application = start(load, yesterday)) {
                load.claims.subList(4, 7).forEach(claim -> load.cht.submit(claim.uuid(), Answer.content()));
                tell(application, load);
                Claim latest = load.claims.get(7);
                await().atMost(LIMIT)
                        .until(() -> !load.cht.records(latest.uuid()).isEmpty());
                load.cht.submit(latest.uuid(), Answer.content());
                load.claims.forEach(claim ->
                        await(claim.code()).atMost(LIMIT).until(() -> load.openimis.deliveries(claim.uuid()) == 1));
                // whose feedback was there already needs nothing more
                await().atMost(LIMIT)
                        .until(() -> oracle.query("select state from loop", row -> row.getString(1)).stream()
                                .allMatch(state -> state.equals("DELIVERED") || state.equals("WITHDRAWN")));
                assertThat(oracle.withdrawnUnasked())
                        .isSubsetOf(load.claims.subList(1, 4).stream()
                                .map(Claim::uuid)
                                .toList());
                await().atMost(LIMIT).until(() -> oracle.unsettled().isEmpty());
            }
            assertThat(oracle.doubled()).isEmpty();
            assertThat(oracle.crooked()).isEmpty();
        }
    }

    private ServletWebServerApplicationContext start(Load load, String database) {
        Map<String, Object> settings = new HashMap<>(Processes.settings(load, database));
        settings.put("server.port", 0);
        settings.put("claimloop.home", folder.toString());
        var application = (ServletWebServerApplicationContext) new SpringApplicationBuilder(ClaimLoop.class)
                .properties(settings)
                .run();
        load.cht.pushTo(url(application) + "/cht/feedback", Processes.CHT_AUTHORIZATION);
        return application;
    }

    private static String url(ServletWebServerApplicationContext application) {
        return "http://127.0.0.1:" + application.getWebServer().getPort();
    }

    private static void tell(ServletWebServerApplicationContext application, Load load) throws Exception {
        String notice = load.openimis.notificationOf(load.claim());
        HttpResponse<Void> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url(application) + "/openimis/notifications"))
                                .header("Authorization", "Bearer " + SimulatedWorld.OPENIMIS_TOKEN)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(notice))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(response.statusCode()).isEqualTo(200);
    }

    /** As a restored backup: a copy of all files of the database, while nobody uses it. */
    private static void copy(String from, String to) throws SQLException {
        String server = from.substring(0, from.lastIndexOf('/') + 1) + "postgres";
        try (var connection = DriverManager.getConnection(server, "postgres", "");
                var statement = connection.createStatement()) {
            statement.execute("create database " + name(to) + " template " + name(from));
        }
    }

    private static String name(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private static void settles(Oracle oracle) {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            assertThat(oracle.lost()).as(oracle::stories).isEmpty();
            assertThat(oracle.unsettled()).isEmpty();
        });
    }
}
