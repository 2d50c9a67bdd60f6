package io.claimloop.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.support.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionTimeoutException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes share one database under load, the clock of one of them ten minutes ahead: the leader is killed, the next
 * leader stands still in the middle of its work and goes on, the killed one comes back late and finds a newer schema, one is
 * stopped in order. Rows 34 to 38 of {@code docs/failures.md}.
 */
class ThreeInstancesTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration LEASE = Duration.ofSeconds(4);
    private static final int MINUTES_AHEAD = 10;

    @TempDir
    private Path folder;

    private final String database = TestDatabase.url();

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void three_of_which_one_is_killed_one_stands_still_and_one_comes_back_late_lose_nothing_and_do_nothing_twice() {
        try (Load load = new Load();
                Instance a = new Instance(folder.resolve("a"), settings(load));
                Instance b = new Instance(folder.resolve("b"), settings(load));
                Instance c = new Instance(folder.resolve("c"), settings(load), ShiftedClock.ahead(MINUTES_AHEAD))) {
            Oracle oracle = new Oracle(load, database);
            List<Instance> all = List.of(a, b, c);
            all.forEach(Instance::disarm);
            all.forEach(Instance::startQuickly);
            all.forEach(Instance::launch);
            all.forEach(Instance::ready);
            try (WhoLeads watch = new WhoLeads(all)) {
                Instance first = leader(all);
                List<Instance> left = all.stream().filter(one -> one != first).toList();
                load.cht.pushTo(left.get(0).url() + "/cht/feedback", Processes.CHT_AUTHORIZATION);
                allHaveWork(load, all);

                // the leader is killed under load, and the schema grows while it is away
                all.forEach(load::round);
                Instant killed = Instant.now();
                first.kill();
                await("another leads").atMost(LIMIT).until(() -> sinceWhenAnotherLeads(oracle, killed) != null);
                assertThat(Duration.between(killed, sinceWhenAnotherLeads(oracle, killed)))
                        .as("leadership moved")
                        .isLessThan(LEASE.plusSeconds(5));
                migrateToTheFuture();
                left.forEach(load::round);

                // the next leader stands still with work in its hands
                Instance second = leader(left);
                Instance third =
                        left.stream().filter(one -> one != second).findFirst().orElseThrow();
                load.cht.pushTo(third.url() + "/cht/feedback", Processes.CHT_AUTHORIZATION);
                second.arm("before complete in dispatch-worker");
                hasWorkInItsHands(load, second);
                second.freeze();
                load.round(third);
                first.launch().ready();
                assertThat(leader(List.of(first, third))).isNotNull();
                settles(oracle);

                int before = second.output().length();
                second.disarm();
                second.thaw();
                await("the stale outcome")
                        .atMost(LIMIT)
                        .until(() -> second.output().indexOf("came too late", before) >= 0);
                await("each counts three").atMost(LIMIT).until(() -> all.stream()
                        .allMatch(one -> WhoLeads.standing(one).path("live").asInt() == 3));

                // one is stopped in order, under load
                String name = WhoLeads.standing(second).path("answers").asText();
                all.forEach(load::round);
                Instant asked = Instant.now();
                second.stop();
                assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(15));
                assertThat(oracle.query(
                                "select step from work where lease_owner = '" + name + "'", row -> row.getString(1)))
                        .as("leases that it left behind")
                        .isEmpty();
                await("two are left")
                        .atMost(LIMIT)
                        .until(() -> WhoLeads.standing(third).path("live").asInt() == 2);
                left.forEach(one -> assertThat(one.output()).doesNotContain("could not be written"));

                settles(oracle);
                assertThat(watch.together()).as("two that led at a time").isEmpty();
                assertThat(watch.everLed()).isGreaterThanOrEqualTo(2);
            }
            holds(oracle, all);
        }
    }

    /** Otherwise the three ran with equal clocks; the report then shows this test as skipped. */
    @Test
    void the_clock_of_one_of_them_is_ten_minutes_ahead() throws Exception {
        assumeThat(ShiftedClock.library())
                .as("Debian's faketime is not installed: the three instances ran with equal clocks")
                .isPresent();
        ProcessBuilder date = new ProcessBuilder("date", "+%s");
        date.environment().putAll(ShiftedClock.ahead(MINUTES_AHEAD));
        Process process = date.start();
        long shifted = Long.parseLong(new String(process.getInputStream().readAllBytes()).strip());
        assertThat(Duration.between(Instant.now(), Instant.ofEpochSecond(shifted)))
                .isBetween(Duration.ofMinutes(MINUTES_AHEAD - 1), Duration.ofMinutes(MINUTES_AHEAD + 1));
    }

    private Map<String, Object> settings(Load load) {
        Map<String, Object> settings = new HashMap<>(Processes.settings(load, database));
        settings.put("claimloop.instances.beat", "500ms");
        settings.put("claimloop.instances.lease", LEASE.toSeconds() + "s");
        return settings;
    }

    /** Everyone gets notices until everyone has written a claim record. */
    private static void allHaveWork(Load load, List<Instance> all) {
        all.forEach(load::round);
        // a slow machine gets time for what it has before it gets more
        await("all have work")
                .atMost(LIMIT)
                .pollDelay(Duration.ofSeconds(5))
                .pollInterval(Duration.ofSeconds(15))
                .until(() -> {
                    List<Instance> idle = all.stream()
                            .filter(one -> !one.output().contains("SELECTED -> TASKED"))
                            .toList();
                    idle.forEach(load::round);
                    return idle.isEmpty();
                });
    }

    /** The work is everybody's: the other one may be faster, and take all of a round. */
    private static void hasWorkInItsHands(Load load, Instance armed) {
        AtomicReference<Instant> nextRound = new AtomicReference<>(Instant.now());
        await("it stands still with work in its hands").atMost(LIMIT).until(() -> {
            Instant now = Instant.now();
            if (armed.reached() == null && !now.isBefore(nextRound.get())) {
                nextRound.set(now.plusSeconds(10));
                load.round(armed);
            }
            return armed.reached() != null;
        });
    }

    /** Waits until one of them says that it leads. */
    private static Instance leader(List<Instance> among) {
        return await("a leader")
                .atMost(LIMIT)
                .until(
                        () -> among.stream()
                                .filter(one ->
                                        WhoLeads.standing(one).path("leads").asBoolean())
                                .findFirst()
                                .orElse(null),
                        found -> found != null);
    }

    private static Instant sinceWhenAnotherLeads(Oracle oracle, Instant killed) {
        return oracle
                .query("select since from leader where owner is not null", row -> row.getTimestamp(1)
                        .toInstant())
                .stream()
                .filter(since -> since.isAfter(killed))
                .findFirst()
                .orElse(null);
    }

    /** As a later version would: it only adds. */
    private void migrateToTheFuture() {
        try {
            Path future = Files.createDirectories(folder.resolve("future"));
            Files.writeString(future.resolve("V999__of_a_later_version.sql"), """
                    create table of_a_later_version (loop_uuid uuid primary key, note text not null);
                    alter table work add column weight integer not null default 1;
                    alter table work add column region text;
                    create index work_region on work (region);
                    """);
            Flyway.configure()
                    .dataSource(database, "postgres", "")
                    .locations("classpath:db/migration", "filesystem:" + future)
                    .load()
                    .migrate();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void settles(Oracle oracle) {
        try {
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).until(oracle::settled);
        } catch (ConditionTimeoutException e) {
            assertThat(oracle.lost()).as(oracle::stories).isEmpty();
            assertThat(oracle.unsettled()).isEmpty();
        }
    }

    private static void holds(Oracle oracle, List<Instance> all) {
        assertThat(oracle.doubled()).isEmpty();
        assertThat(oracle.crooked()).isEmpty();
        assertThat(oracle.withdrawnUnasked()).isEmpty();
        assertThat(oracle.tasksLeftOpen()).isEmpty();
        all.forEach(one -> assertThat(oracle.told(one.output())).isEmpty());
    }
}
