package io.claimloop.failure;

import static io.claimloop.failure.ChaosWorld.CHT;
import static io.claimloop.failure.ChaosWorld.DATABASE;
import static io.claimloop.failure.ChaosWorld.DATABASE_LINE;
import static io.claimloop.failure.ChaosWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.ledger.State;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.support.Journey;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What trouble with the database does. A 200 is a promise, whatever happens next. Rows 29, 30 and 32. */
@ChaosTest
class DatabaseTroubleTest {
    private static final int NO_ANSWER = 0;
    private static final Duration RECOVERY = Duration.ofSeconds(90);

    @Autowired
    private Journey journey;

    @Autowired
    private DataSource pool;

    @AfterEach
    void heal() {
        ChaosWorld.heal();
    }

    private interface Trouble {
        void make() throws Exception;
    }

    @Test
    void a_database_that_crashes_under_load_loses_nothing_that_was_answered() throws Exception {
        nothingIsLost(3, Duration.ofMillis(800), DATABASE::crashAndRestart);
    }

    @Test
    void connections_that_are_killed_under_load_lose_nothing_that_was_answered() throws Exception {
        nothingIsLost(30, Duration.ofMillis(50), () -> {
            try (Connection connection = DATABASE.connection();
                    var statement = connection.createStatement()) {
                statement.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where backend_type = 'client backend' and pid <> pg_backend_pid()");
            }
        });
    }

    @Test
    void a_line_to_the_database_that_is_cut_under_load_loses_nothing_that_was_answered() throws Exception {
        nothingIsLost(5, Duration.ofMillis(300), () -> {
            DATABASE_LINE.cut();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            DATABASE_LINE.heal();
        });
    }

    /** Notices come all the time; each is answered 200 or 503, and each 200 gets its one task. */
    private void nothingIsLost(int times, Duration pause, Trouble trouble) throws Exception {
        Map<Claim, Integer> answers = new ConcurrentHashMap<>();
        AtomicBoolean on = new AtomicBoolean(true);
        ExecutorService senders = Executors.newFixedThreadPool(3);
        List<Future<?>> sent = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                sent.add(senders.submit(() -> {
                    while (on.get() && answers.size() < 150) {
                        Claim claim = journey.claim();
                        answers.put(claim, answer(claim));
                    }
                }));
            }
            for (int i = 0; i < times; i++) {
                LockSupport.parkNanos(pause.toNanos());
                trouble.make();
            }
            on.set(false);
            for (Future<?> future : sent) {
                future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            on.set(false);
            senders.shutdownNow();
        }
        assertThat(answers).containsValue(200);
        assertThat(answers.values()).allMatch(status -> status == 200 || status == 503 || status == NO_ANSWER);
        answers.forEach((claim, status) -> {
            if (status == 200) {
                reaches(claim, State.TASKED);
                assertThat(CHT.records(claim.uuid())).hasSize(1);
            }
        });
        await("no lease is left over").atMost(RECOVERY).until(() -> count("lease_until is not null") == 0);
    }

    @Test
    void a_database_that_never_answers_costs_a_caller_ten_seconds_at_most_and_no_promise() {
        Claim before = journey.claim();
        journey.notice(before);
        reaches(before, State.TASKED);
        DATABASE_LINE.silence();
        Claim claim = journey.claim();
        Instant asked = Instant.now();
        Journey.Response response = journey.notice(OPENIMIS.notificationOf(claim));
        // CHT gives up after ten seconds
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(10));
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.json().path("reason").asText()).isNotBlank();
        DATABASE_LINE.heal();
        await().atMost(RECOVERY)
                .until(() -> journey.notice(OPENIMIS.notificationOf(claim)).status() == 200);
        reaches(claim, State.TASKED);
        assertThat(CHT.records(claim.uuid())).hasSize(1);
    }

    @Test
    void an_exhausted_pool_is_a_503_in_bounded_time_and_heals_by_itself() throws SQLException {
        Claim claim = journey.claim();
        List<Connection> taken = new ArrayList<>();
        try {
            for (int i = 0; i < 16; i++) {
                taken.add(pool.getConnection());
            }
            Instant asked = Instant.now();
            assertThat(journey.notice(OPENIMIS.notificationOf(claim)).status()).isEqualTo(503);
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(10));
        } finally {
            for (Connection connection : taken) {
                connection.close();
            }
        }
        assertThat(journey.notice(OPENIMIS.notificationOf(claim)).status()).isEqualTo(200);
        reaches(claim, State.TASKED);
    }

    @Test
    void a_transaction_that_somebody_forgot_holds_up_no_claim() throws SQLException {
        try (Connection forgotten = DATABASE.connection();
                var statement = forgotten.createStatement()) {
            forgotten.setAutoCommit(false);
            statement.execute("select pg_current_xact_id(), count(*) from work");
            // it stays open, idle, while whole loops close: no row that they leave behind can be cleaned up
            List<Claim> claims = Stream.generate(journey::claim).limit(20).toList();
            claims.forEach(journey::notice);
            claims.forEach(claim -> reaches(claim, State.TASKED));
            claims.forEach(claim -> CHT.submit(claim.uuid(), Answer.content()));
            claims.forEach(claim -> reaches(claim, State.DELIVERED));
            forgotten.rollback();
        }
    }

    private int answer(Claim claim) {
        try {
            return journey.notice(OPENIMIS.notificationOf(claim)).status();
        } catch (UncheckedIOException e) {
            // a connection that was idle is closed after five seconds: the caller sends it again
            return NO_ANSWER;
        }
    }

    private int count(String where) throws SQLException {
        try (Connection connection = DATABASE.connection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from work where " + where)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private void reaches(Claim claim, State state) {
        await("claim " + claim.code() + " at " + state)
                .atMost(RECOVERY)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(50))
                .until(() -> journey.find(claim.uuid()), found -> found != null && found.state() == state);
    }
}
