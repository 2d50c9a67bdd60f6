package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ledger by itself: claims are stored, checked and dispatched on the embedded PostgreSQL that the application has, each
 * commit on disk; no partner, no route. Not part of the build: its name is none of a test. Run it by {@code ./mvnw test
 * -Dtest=LedgerMeasurement -Dledger.claims=20000 -Dledger.threads=2 -Dledger.waiting=0}. {@code waiting} are claims that wait
 * in the ledger besides.
 */
class LedgerMeasurement {
    private static final int CLAIMS = Integer.getInteger("ledger.claims", 20_000);
    private static final int THREADS = Integer.getInteger("ledger.threads", 2);
    private static final int WAITING = Integer.getInteger("ledger.waiting", 0);
    private static final int NOTICES = 100;
    private static final int BATCH = 60;

    private record Spent(double seconds, long commits, long statements, long walBytes) {}

    @TempDir
    Path home;

    @Test
    void claims_are_stored_checked_and_dispatched() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            Flyway.configure().dataSource(database.url(), "postgres", "").load().migrate();
            try (Ledger ledger = new Ledger(database.url(), null)) {
                waiting(ledger);
                say(
                        "%d claims, %d threads, %d waiting besides; batches of %d notices and %d works",
                        CLAIMS, THREADS, WAITING, NOTICES, BATCH);
                say("| phase | claims a second | commits a claim | statements a claim | WAL bytes a claim |");
                say("|---|---|---|---|---|");
                List<Spent> spent = List.of(
                        measured(ledger, "stored", () -> store(ledger)),
                        measured(ledger, "checked", () -> works(ledger, Step.CHECK, LedgerMeasurement::checked)),
                        measured(ledger, "dispatched", () -> works(ledger, Step.DISPATCH, due -> tasked())));
                line("all", sum(spent));
                assertThat(ledger.loops.count()).containsEntry(State.TASKED, (long) CLAIMS);
                tables(ledger);
            }
        }
    }

    private static Outcome checked(Due due) {
        return Outcome.moved(State.SELECTED, "check")
                .learned(Facts.ofClaim("M" + due.id(), "insuree-" + due.id(), null))
                .proof("what openIMIS answered");
    }

    private static Outcome tasked() {
        return Outcome.moved(State.TASKED, "dispatch")
                .learned(Facts.ofTask(
                        null, "patient", "chw", UUID.randomUUID(), "1-a", Duration.ofDays(28), "hash of the claim"))
                .proof("what CHT answered");
    }

    /** Loops whose tasks are open: nothing of theirs is due. */
    private static void waiting(Ledger ledger) {
        if (WAITING == 0) {
            // tables that were analyzed when they were empty are read from end to end until the next time
            return;
        }
        ledger.jdbc.update(
                "insert into loop (uuid, spelling, code, state, version) select gen_random_uuid(), 'x', 'W' || i, 'TASKED', 2"
                        + " from generate_series(1, ?) i",
                WAITING);
        ledger.jdbc.update(
                "insert into work (step, loop_uuid, due_at) select step, uuid, now() + interval '20 days' from loop,"
                        + " (values ('WATCH'), ('EXPIRE'), ('LOOK_AGAIN')) s(step)");
        ledger.jdbc.execute("analyze");
    }

    private static void store(Ledger ledger) throws Exception {
        ConcurrentLinkedQueue<Integer> bundles = new ConcurrentLinkedQueue<>(
                IntStream.range(0, CLAIMS / NOTICES).boxed().toList());
        inThreads(() -> {
            while (bundles.poll() != null) {
                ledger.inbox.record(Stream.generate(UUID::randomUUID)
                        .limit(NOTICES)
                        .map(uuid -> Ledger.notice(uuid, "{\"resourceType\":\"Claim\",\"id\":\"" + uuid + "\"}"))
                        .toList());
            }
            return null;
        });
    }

    private static void works(Ledger ledger, Step step, Function<Due, Outcome> outcome) throws Exception {
        inThreads(() -> {
            for (List<Due> leased = ledger.dueWork.lease(step, BATCH, Ledger.LEASE);
                    !leased.isEmpty();
                    leased = ledger.dueWork.lease(step, BATCH, Ledger.LEASE)) {
                ledger.dueWork.complete(leased.stream()
                        .map(due -> new Completion(due, outcome.apply(due)))
                        .toList());
            }
            return null;
        });
    }

    private static void inThreads(Callable<Void> thing) throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Exception> wrong = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> {
                try {
                    thing.call();
                } catch (Exception e) {
                    wrong.add(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
    }

    private interface Phase {
        void run() throws Exception;
    }

    private static Spent measured(Ledger ledger, String name, Phase phase) throws Exception {
        long commits = ledger.asked.commits.get();
        long statements = ledger.asked.statements.get();
        long wal = wal(ledger);
        long begin = System.nanoTime();
        phase.run();
        Spent spent = new Spent(
                (System.nanoTime() - begin) / 1e9,
                ledger.asked.commits.get() - commits,
                ledger.asked.statements.get() - statements,
                wal(ledger) - wal);
        line(name, spent);
        return spent;
    }

    /** What pg_stat_wal counts, without the delay of its statistics. */
    private static long wal(Ledger ledger) {
        return ledger.jdbc.queryForObject("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')", Long.class);
    }

    private static Spent sum(List<Spent> spent) {
        return spent.stream()
                .reduce((one, other) -> new Spent(
                        one.seconds + other.seconds,
                        one.commits + other.commits,
                        one.statements + other.statements,
                        one.walBytes + other.walBytes))
                .orElseThrow();
    }

    private static void line(String name, Spent spent) {
        say(
                "| %s | %.0f | %.3f | %.2f | %d |",
                name,
                CLAIMS / spent.seconds,
                (double) spent.commits / CLAIMS,
                (double) spent.statements / CLAIMS,
                spent.walBytes / CLAIMS);
    }

    /** How the tables grew, and which indexes were scanned. */
    private static void tables(Ledger ledger) throws InterruptedException {
        ledger.jdbc.execute("select pg_stat_force_next_flush()");
        for (Map<String, Object> row : ledger.jdbc.queryForList(
                "select relname, n_tup_upd, n_tup_hot_upd, n_dead_tup, seq_scan, seq_tup_read, idx_scan,"
                        + " pg_relation_size(relid) as bytes from pg_stat_user_tables"
                        + " where relname in ('loop', 'work', 'message', 'history') order by relname")) {
            say("%s", row);
        }
    }

    private static void say(String line, Object... values) {
        System.out.printf(line + "%n", values);
    }
}
