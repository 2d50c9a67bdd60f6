package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The history as a stream: nothing is skipped, whoever commits when, and a loop's lines stay in their order. */
class LoopEventsTest {
    private static Ledger ledger;

    private final List<Connection> open = new ArrayList<>();
    private LoopEvents events;

    @BeforeAll
    static void start() {
        ledger = new Ledger();
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @BeforeEach
    void fresh() {
        events = new JdbcLoopEvents(ledger.jdbc, ledger.loops);
        publishAll();
    }

    @AfterEach
    void rollback() throws SQLException {
        for (Connection connection : open) {
            connection.close();
        }
    }

    /** As the publisher does. */
    private List<LoopEvent> publishAll() {
        List<LoopEvent> all = new ArrayList<>();
        while (true) {
            LoopEvents.Page page = events.next();
            if (page.events().isEmpty()) {
                return all;
            }
            all.addAll(page.events());
            assertThat(events.published(page)).isTrue();
        }
    }

    /** Transactions of others in the same cluster may hold the horizon for a moment. */
    private List<LoopEvent> published(int atLeast, UUID... claims) {
        List<LoopEvent> all = new ArrayList<>();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            publishAll().stream()
                    .filter(event -> List.of(claims).contains(event.claim()))
                    .forEach(all::add);
            return all.size() >= atLeast;
        });
        return all;
    }

    private Connection transaction() throws SQLException {
        Connection connection = ledger.pool.getConnection();
        connection.setAutoCommit(false);
        open.add(connection);
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String line(UUID claim, int seq) {
        return "insert into history (loop_uuid, seq, from_state, to_state, cause) values ('" + claim + "', " + seq
                + ", 'NOTICED', 'SELECTED', 'check')";
    }

    private static List<Integer> seqs(List<LoopEvent> events, UUID claim) {
        return events.stream()
                .filter(event -> event.claim().equals(claim))
                .map(LoopEvent::seq)
                .toList();
    }

    @Test
    void each_line_is_published_once_and_tells_state_cause_and_reason() {
        UUID claim = ledger.at(State.SELECTED);
        ledger.move(claim, Outcome.parked(Reason.NO_CHW, "Somewhere."));
        ledger.loops.retry(claim, "jane.doe@example.org");

        List<LoopEvent> published = published(4, claim);
        assertThat(seqs(published, claim)).containsExactly(0, 1, 2, 3);
        assertThat(published)
                .extracting(LoopEvent::from, LoopEvent::to, LoopEvent::cause, LoopEvent::reason)
                .containsExactly(
                        tuple(null, State.NOTICED, "notice", null),
                        tuple(State.NOTICED, State.SELECTED, "test", null),
                        tuple(State.SELECTED, State.PARKED, "parked", Reason.NO_CHW),
                        // who ordered it is a person
                        tuple(State.PARKED, State.SELECTED, "retried", null));
        assertThat(seqs(publishAll(), claim)).isEmpty();
    }

    @Test
    void a_line_that_is_committed_late_is_not_skipped() throws SQLException {
        UUID early = ledger.noticed();
        published(1, early);
        Connection late = transaction();
        execute(late, line(early, 1));
        UUID meanwhile = ledger.noticed();

        // it began before the other one, so nothing from there on is settled
        assertThat(publishAll()).isEmpty();
        late.commit();
        List<LoopEvent> published = published(2, early, meanwhile);
        assertThat(seqs(published, early)).containsExactly(1);
        assertThat(seqs(published, meanwhile)).containsExactly(0);
    }

    @Test
    void a_line_whose_transaction_is_older_than_that_of_the_line_before_it_waits_for_it() throws SQLException {
        UUID claim = ledger.noticed();
        UUID other = ledger.noticed();
        published(2, claim, other);
        // old takes its number, then holds nothing up while "third" has a number behind it
        Connection old = transaction();
        execute(old, line(other, 1));
        Connection third = transaction();
        execute(third, "select pg_current_xact_id()");
        Connection first = transaction();
        execute(first, line(claim, 1));
        first.commit();
        execute(old, line(claim, 2));
        old.commit();

        // old is settled, first is not: it is above the third, which still runs
        assertThat(seqs(publishAll(), claim)).isEmpty();
        third.commit();
        assertThat(seqs(published(2, claim), claim)).containsExactly(1, 2);
    }

    @Test
    void a_page_that_was_not_confirmed_comes_again() {
        UUID claim = ledger.noticed();
        LoopEvents.Page page = await().atMost(Duration.ofSeconds(60))
                .until(events::next, next -> !seqs(next.events(), claim).isEmpty());
        assertThat(seqs(events.next().events(), claim)).containsExactly(0);
        assertThat(events.published(page)).isTrue();
        // another instance had read the same
        assertThat(events.published(page)).isFalse();
        assertThat(seqs(publishAll(), claim)).isEmpty();
    }

    @Test
    void a_long_history_is_published_page_by_page_in_the_order_of_each_loop() {
        ledger.jdbc.update("""
                with many as (insert into loop (uuid, spelling, code, state)
                  select gen_random_uuid(), 'x', 'M', 'SELECTED' from generate_series(1, 1300) returning uuid)
                insert into history (loop_uuid, seq, from_state, to_state, cause)
                select uuid, seq, 'NOTICED', 'SELECTED', 'check' from many, generate_series(1, 0, -1) seq
                """);
        LoopEvents.Page first = await().atMost(Duration.ofSeconds(60))
                .until(events::next, next -> next.events().size() == 1000);
        assertThat(events.published(first)).isTrue();
        UUID meanwhile = ledger.noticed();

        List<LoopEvent> all = new ArrayList<>(first.events());
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            all.addAll(publishAll());
            return !seqs(all, meanwhile).isEmpty();
        });
        List<LoopEvent> many =
                all.stream().filter(event -> "M".equals(event.code())).toList();
        assertThat(many).hasSize(2600);
        Map<UUID, Integer> last = new HashMap<>();
        many.forEach(event -> assertThat(event.seq()).isEqualTo(last.merge(event.claim(), 0, (a, b) -> a + 1)));
    }

    /** The numbers of transactions begin anew in a database into which a dump was restored. */
    @Test
    void after_a_restored_dump_all_is_published_anew() {
        UUID old = ledger.noticed();
        published(1, old);
        ledger.jdbc.update("update watermark set value = '900000000000' where name = 'loop-events'");
        ledger.jdbc.execute("alter table history disable trigger history_append_only");
        ledger.jdbc.update("update history set tx = '800000000000'::xid8 where loop_uuid = ?", old);
        ledger.jdbc.execute("alter table history enable trigger history_append_only");
        UUID fresh = ledger.noticed();

        List<LoopEvent> published = published(2, old, fresh);
        assertThat(seqs(published, old)).containsExactly(0);
        assertThat(seqs(published, fresh)).containsExactly(0);
        ledger.move(old, Outcome.moved(State.SELECTED, "test"));
        assertThat(seqs(published(1, old), old)).containsExactly(1);
    }

    @Test
    void no_reason_begins_as_another_one_does() {
        for (Reason reason : Reason.values()) {
            assertThat(JdbcLoopEvents.reason(reason.whatHappened() + " And more."))
                    .isEqualTo(reason);
        }
        assertThat(JdbcLoopEvents.reason("Something that somebody wrote.")).isNull();
        assertThat(JdbcLoopEvents.reason(null)).isNull();
    }

    @Test
    void a_cause_is_a_word_and_never_a_person() {
        assertThat(JdbcLoopEvents.word("withdrawn by Jane Doe")).isEqualTo("withdrawn");
        assertThat(JdbcLoopEvents.word("window")).isEqualTo("window");
        assertThat(JdbcLoopEvents.word("Jane Doe")).isEqualTo("other");
        assertThat(JdbcLoopEvents.word("asked of Jane")).isEqualTo("other");
    }

    @Test
    void the_history_stays_append_only_and_an_older_version_may_still_write_it() {
        UUID claim = ledger.noticed();
        ledger.jdbc.update(line(claim, 1));
        assertThat(ledger.jdbc.queryForObject(
                        "select count(*) from history where loop_uuid = ? and tx is not null", Integer.class, claim))
                .isEqualTo(2);
        assertThatThrownBy(() -> ledger.jdbc.update("update history set tx = '1' where loop_uuid = ?", claim))
                .hasMessageContaining("append-only");
    }
}
