package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.support.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class FiguresTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final DataSource database = TestDatabase.dataSource();
    private final JdbcTemplate jdbc = new JdbcTemplate(database);
    private final Figures figures = new JdbcFigures(database);

    private UUID loop(State state, Reason reason) {
        UUID uuid = UUID.randomUUID();
        jdbc.update(
                "insert into loop (uuid, spelling, state, reason) values (?, ?, ?, ?)",
                uuid,
                uuid.toString(),
                state.name(),
                reason == null ? null : reason.name());
        return uuid;
    }

    private void work(Step step, int dueSecondsAgo) {
        jdbc.update(
                "insert into work (step, loop_uuid, due_at) values (?, ?, now() - make_interval(secs => ?))",
                step.name(),
                UUID.randomUUID(),
                dueSecondsAgo);
    }

    @Test
    void work_counts_when_it_is_due_and_its_age_is_that_of_the_oldest() {
        work(Step.CHECK, 100);
        work(Step.CHECK, 10);
        work(Step.CHECK, -1000);
        work(Step.VALUE, -1000);

        assertThat(figures.due()).containsOnlyKeys(Step.values());
        assertThat(figures.due().get(Step.CHECK).count()).isEqualTo(2);
        assertThat(figures.due().get(Step.CHECK).oldest()).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(400));
        assertThat(figures.due().get(Step.VALUE)).isEqualTo(new Figures.Waiting(0, Duration.ZERO));
        assertThat(figures.due().get(Step.DELIVER)).isEqualTo(new Figures.Waiting(0, Duration.ZERO));
    }

    @Test
    void loops_count_by_state_and_parked_ones_by_reason_but_not_those_that_are_over() {
        loop(State.TASKED, null);
        loop(State.TASKED, null);
        loop(State.PARKED, Reason.NO_CHW);
        loop(State.VALUED, null);

        Figures.Standing standing = figures.standing();
        assertThat(standing.loops())
                .containsEntry(State.TASKED, 2L)
                .containsEntry(State.PARKED, 1L)
                .containsEntry(State.NOTICED, 0L)
                .doesNotContainKey(State.VALUED);
        assertThat(standing.parked()).containsOnlyKeys(Reason.NO_CHW).containsEntry(Reason.NO_CHW, 1L);
        assertThat(standing.submissions()).containsEntry(SubmissionState.PARKED, 0L);
    }

    @Test
    void a_transaction_that_somebody_forgot_is_seen() throws SQLException {
        assertThat(figures.database().bytes()).isPositive();
        try (Connection forgotten = database.getConnection()) {
            forgotten.setAutoCommit(false);
            forgotten.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (var statement = forgotten.createStatement()) {
                statement.executeQuery("select count(*) from loop");
            }
            await().atMost(LIMIT)
                    .until(() -> figures.database().oldestTransaction().compareTo(Duration.ofSeconds(1)) > 0);
            long before = figures.database().oldestSnapshot();
            loop(State.NOTICED, null);
            loop(State.NOTICED, null);

            assertThat(figures.database().oldestSnapshot()).isGreaterThanOrEqualTo(before + 2);
        }
    }
}
