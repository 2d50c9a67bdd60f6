package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.claimloop.settings.StartRefusedException;
import io.claimloop.support.TestDatabase;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

@Timeout(120)
class EmbeddedDatabaseTest {

    /** Making a database takes seconds: the tests share one, and leave it as it was. */
    @TempDir
    static Path home;

    @Test
    void it_is_durable_held_by_one_only_and_keeps_its_data_between_runs() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            assertThat(ask(database, "show fsync")).isEqualTo("on");
            assertThat(ask(database, "show synchronous_commit")).isEqualTo("on");
            assertThat(ask(database, "show full_page_writes")).isEqualTo("on");
            assertThat(ask(database, "show listen_addresses")).isEqualTo("127.0.0.1");
            execute(database, "create table if not exists kept as select 'still here' as text");

            assertThatThrownBy(() -> EmbeddedDatabase.start(home))
                    .isInstanceOf(StartRefusedException.class)
                    .hasMessageContaining("Another ClaimLoop already runs")
                    .hasMessageContaining(home.toString())
                    .extracting(e -> ((StartRefusedException) e).hint())
                    .asString()
                    .contains("Stop it first", "claimloop.home");
        }
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            assertThat(ask(database, "select text from kept")).isEqualTo("still here");
        }
    }

    @Test
    void what_a_killed_run_left_behind_is_taken_over_with_its_data() throws Exception {
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Run.class.getName(),
                        home.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        ProcessHandle orphan;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(run.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.lines().filter(Run.READY::equals).findFirst()).contains(Run.READY);
            orphan = ProcessHandle.of(Long.parseLong(Files.readAllLines(home.resolve("postgres/postmaster.pid"))
                            .get(0)
                            .strip()))
                    .orElseThrow();
        } finally {
            run.destroyForcibly();
            assertThat(run.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(orphan.isAlive()).as("the database outlives the killed run").isTrue();

        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(ask(database, "select text from before")).isEqualTo("written before the kill");
        }
    }

    /** A run that is killed. */
    static final class Run {
        static final String READY = "ready to be killed";

        private Run() {}

        public static void main(String[] args) throws Exception {
            EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(args[0]));
            execute(database, "create table before as select 'written before the kill' as text");
            System.out.println(READY);
            Thread.currentThread().join();
        }
    }

    @Test
    void a_pid_file_whose_number_is_somebody_elses_by_now_neither_harms_them_nor_stops_us() throws Exception {
        Path pidFile = home.resolve("postgres/postmaster.pid");
        String left;
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            execute(database, "create table if not exists kept as select 'still here' as text");
            left = Files.readString(pidFile);
        }
        JdbcTemplate others = new JdbcTemplate(TestDatabase.dataSource());
        String theirs =
                others.queryForObject("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)", String.class);
        Files.writeString(pidFile, left.replaceFirst("\\d+", theirs));

        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            assertThat(ask(database, "select text from kept")).isEqualTo("still here");
        }
        assertThat(others.queryForObject("select 'alive'", String.class)).isEqualTo("alive");
    }

    @Test
    void a_home_that_cannot_be_written_is_refused_with_a_hint(@TempDir Path home) throws Exception {
        Path file = Files.writeString(home.resolve("file"), "in the way");
        assertThatThrownBy(() -> EmbeddedDatabase.start(file.resolve("home")))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("cannot be written")
                .extracting(e -> ((StartRefusedException) e).hint())
                .asString()
                .isNotBlank();
    }

    private static String ask(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url(), "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url(), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
