package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.ledger.LoginTurns.Whose;
import io.claimloop.support.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Several heartbeats on one database, each as an instance has it. Nobody polls anything here. */
class InstancesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration BEAT = Duration.ofMillis(300);
    private static final Duration LEASE = Duration.ofSeconds(3);

    private final PGSimpleDataSource database = (PGSimpleDataSource) TestDatabase.dataSource();
    private final JdbcTemplate jdbc = new JdbcTemplate(database);
    private final List<One> all = new ArrayList<>();

    /** One instance, and the connections that it opened. */
    private final class One {
        final Lead lead = new Lead();
        final Set<Step> woken = ConcurrentHashMap.newKeySet();
        final List<Connection> lines = new CopyOnWriteArrayList<>();
        volatile boolean cut;
        final Heartbeat heartbeat;

        One(String name, Duration beat) {
            heartbeat = new Heartbeat(name, "1.0", jdbc, this::open, lead, beat, LEASE);
            heartbeat.onWake(woken::addAll);
            heartbeat.start();
            woken.clear();
            all.add(this);
        }

        private Connection open() throws SQLException {
            if (cut) {
                throw new SQLException("no line", "08001");
            }
            Connection line = database.getConnection();
            lines.add(line);
            return line;
        }

        /** As one that was killed or stands still looks to the others. */
        void cut() throws SQLException {
            cut = true;
            for (Connection line : lines) {
                line.abort(Runnable::run);
            }
        }
    }

    private One instance(String name) {
        return new One(name, BEAT);
    }

    @AfterEach
    void stop() {
        all.forEach(one -> one.heartbeat.stop());
    }

    @Test
    void the_first_one_leads_when_it_has_started_and_the_others_do_not() {
        One first = instance("first");
        One second = instance("second");
        One third = instance("third");

        assertThat(first.lead.held()).isTrue();
        assertThat(second.lead.held()).isFalse();
        assertThat(third.lead.held()).isFalse();
        assertThat(third.heartbeat.live())
                .as("counted before its first call to a partner")
                .isEqualTo(3);
        assertThat(third.heartbeat.list())
                .extracting(Instances.Member::name)
                .containsExactly("first", "second", "third");
        assertThat(third.heartbeat.list()).filteredOn(Instances.Member::leads).hasSize(1);
    }

    /** Their own beat is an hour away: it is the newcomer that tells. */
    @Test
    void who_comes_is_counted_by_the_others_at_once_and_who_goes_is_not_counted_any_more() {
        One first = new One("first", Duration.ofHours(1));
        One second = new One("second", Duration.ofHours(1));
        await().atMost(LEASE).until(() -> first.heartbeat.live() == 2);

        second.heartbeat.stop();
        await().atMost(LEASE).until(() -> first.heartbeat.live() == 1);
    }

    @Test
    void who_stops_gives_its_leadership_to_the_next_one_at_once() {
        One first = instance("first");
        // would take the lease at its end by itself
        One second = new One("second", Duration.ofHours(1));
        long stopped = System.nanoTime();
        first.heartbeat.stop();

        assertThat(first.lead.held()).isFalse();
        await().atMost(LIMIT).until(second.lead::held);
        assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(LEASE);
    }

    @Test
    void a_leader_that_cannot_reach_the_ledger_stops_leading_before_another_one_begins() throws SQLException {
        One first = instance("first");
        One second = instance("second");
        first.cut();

        await().atMost(LIMIT).pollInterval(Duration.ofMillis(2)).until(() -> {
            boolean theOtherLeads = second.lead.held();
            assertThat(theOtherLeads && first.lead.held()).as("two lead").isFalse();
            return theOtherLeads;
        });
        assertThat(second.heartbeat.live())
                .as("one that is gone has no part of a limit")
                .isEqualTo(1);

        first.cut = false;
        await().atMost(LIMIT).until(() -> second.heartbeat.live() == 2 && first.heartbeat.live() == 2);
        assertThat(first.lead.held()).as("who comes back follows").isFalse();
    }

    @Test
    void a_line_that_breaks_is_made_anew_and_costs_no_leadership() {
        One first = instance("first");
        jdbc.queryForList(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like '%listen%' and pid <> pg_backend_pid()"
                        + " or query like '%from led%' and datname = current_database() and pid <> pg_backend_pid()");
        await().atMost(LIMIT).until(() -> first.lines.size() > 1 && first.woken.containsAll(EnumSet.allOf(Step.class)));

        assertThat(first.lead.held()).isTrue();
        assertThat(jdbc.queryForObject("select token from leader", Long.class)).isEqualTo(1);
    }

    @Test
    void work_of_one_wakes_the_others_and_not_itself() {
        One first = instance("first");
        One second = instance("second");
        One third = instance("third");
        await().atMost(LIMIT).until(() -> first.heartbeat.live() == 3);

        first.heartbeat.wakeOthers(EnumSet.of(Step.CHECK, Step.DELIVER));

        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(second.woken).containsExactlyInAnyOrder(Step.CHECK, Step.DELIVER);
            assertThat(third.woken).containsExactlyInAnyOrder(Step.CHECK, Step.DELIVER);
        });
        assertThat(first.woken).isEmpty();
    }

    @Test
    void one_alone_notifies_nobody() throws SQLException {
        One only = instance("only");
        try (Connection listener = database.getConnection()) {
            listener.createStatement().execute("listen claimloop");
            only.heartbeat.wakeOthers(EnumSet.of(Step.CHECK));
            // what is told first is heard first
            jdbc.queryForList("select pg_notify('claimloop', 'the end')");
            var heard = listener.unwrap(org.postgresql.PGConnection.class).getNotifications(60_000);
            assertThat(heard)
                    .extracting(notification -> notification.getParameter())
                    .containsExactly("the end");
        }
    }

    @Test
    void what_comes_within_a_pause_is_told_together() {
        List<Set<Step>> told = new CopyOnWriteArrayList<>();
        try (Teller teller = new Teller(told::add)) {
            for (int i = 0; i < 1000; i++) {
                teller.tell(EnumSet.of(i % 2 == 0 ? Step.CHECK : Step.DISPATCH));
            }
            await().atMost(LIMIT).until(() -> told.stream().anyMatch(steps -> steps.contains(Step.DISPATCH)));
        }
        assertThat(told).hasSizeLessThan(100);
    }

    // ---- logins

    private LoginTurns turns(String owner) {
        return new JdbcLoginTurns(jdbc, new Proofs(new byte[32]), owner);
    }

    @Test
    void one_instance_at_a_time_tries_a_login() {
        LoginTurns one = turns("one");
        LoginTurns other = turns("other");
        String account = one.account("claimloop.openimis", "bridge", "a password");
        assertThat(other.account("claimloop.openimis", "bridge", "a password")).isEqualTo(account);
        assertThat(account).doesNotContain("bridge").doesNotContain("password");

        assertThat(one.take(account).whose()).isEqualTo(Whose.OURS);
        assertThat(other.take(account).whose()).isEqualTo(Whose.TAKEN);
        one.granted(account);
        assertThat(other.take(account).whose()).isEqualTo(Whose.OURS);
        other.unanswered(account);
        assertThat(one.take(account).whose()).isEqualTo(Whose.OURS);
    }

    @Test
    void a_refused_login_is_refused_for_all_and_one_of_them_probes_when_the_pause_is_over() {
        LoginTurns one = turns("one");
        List<LoginTurns> others = List.of(turns("two"), turns("three"), turns("four"));
        String account = one.account("claimloop.cht", "bridge", "a wrong password");
        one.take(account);
        one.refused(account, Duration.ofMinutes(6));

        for (LoginTurns other : others) {
            LoginTurns.Turn turn = other.take(account);
            assertThat(turn.whose()).isEqualTo(Whose.REFUSED);
            assertThat(turn.left()).isGreaterThan(Duration.ofMinutes(5));
        }
        assertThat(one.take(one.account("claimloop.cht", "bridge", "the corrected one"))
                        .whose())
                .isEqualTo(Whose.OURS);

        jdbc.update("update login_turn set until = now() where account = ?", account);
        assertThat(others)
                .filteredOn(other -> other.take(account).whose() == Whose.OURS)
                .hasSize(1);
        assertThat(one.take(account).whose()).as("until somebody is let in").isEqualTo(Whose.REFUSED);
    }
}
