package io.claimloop.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.support.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Two processes share one database. Rows 35, 36 and 38; run by {@code ./mvnw verify -Pkill}. */
@EnabledIfSystemProperty(named = "kill.times", matches = "\\d+", disabledReason = "takes its time: -Pkill")
@Timeout(value = 20, unit = java.util.concurrent.TimeUnit.MINUTES)
class TwoInstancesTest {
    private static final Duration RECOVERY = Duration.ofMinutes(3);
    private static final Path CLOCK = Path.of("/usr/bin/faketime");

    @TempDir
    private Path folder;

    @Test
    void one_that_stands_still_with_a_lease_is_overtaken_and_changes_nothing_when_it_goes_on() {
        String database = TestDatabase.url();
        try (Load load = new Load();
                Instance frozen = new Instance(folder.resolve("a"), Processes.settings(load, database));
                Instance other = new Instance(folder.resolve("b"), Processes.settings(load, database))) {
            Oracle oracle = new Oracle(load, database);
            frozen.disarm();
            other.disarm();
            frozen.launch().ready();
            load.cht.pushTo(other.url() + "/cht/feedback", Processes.CHT_AUTHORIZATION);
            frozen.arm("before complete in dispatch-worker");
            load.round(frozen);
            await().atMost(RECOVERY).until(() -> frozen.reached() != null);
            frozen.freeze();
            other.launch().ready();
            settles(oracle);
            frozen.disarm();
            frozen.thaw();
            await("the stale outcome").atMost(RECOVERY).until(() -> frozen.output()
                    .contains("came too late"));
            load.round(frozen);
            settles(oracle);
            holds(oracle);
        }
    }

    @Test
    void two_whose_clocks_differ_by_ten_minutes_share_the_work_and_do_none_twice() {
        String database = TestDatabase.url();
        String[] tenMinutesAhead =
                Files.isExecutable(CLOCK) ? new String[] {CLOCK.toString(), "-m", "-f", "+10m"} : new String[0];
        try (Load load = new Load();
                Instance one = new Instance(folder.resolve("a"), Processes.settings(load, database));
                Instance ahead = new Instance(folder.resolve("b"), settings(load, database), tenMinutesAhead)) {
            Oracle oracle = new Oracle(load, database);
            one.disarm();
            ahead.disarm();
            one.launch();
            ahead.launch();
            one.ready();
            ahead.ready();
            load.cht.pushTo(ahead.url() + "/cht/feedback", Processes.CHT_AUTHORIZATION);
            for (int i = 0; i < 5; i++) {
                load.round(i % 2 == 0 ? one : ahead);
            }
            settles(oracle);
            holds(oracle);
            assertThat(List.of(one, ahead))
                    .as("both had some of the work")
                    .allSatisfy(instance -> assertThat(instance.output()).contains("SELECTED -> TASKED"));
        }
    }

    private static Map<String, Object> settings(Load load, String database) {
        return new HashMap<>(Processes.settings(load, database));
    }

    private static void settles(Oracle oracle) {
        await().atMost(RECOVERY).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            assertThat(oracle.lost()).as(oracle::stories).isEmpty();
            assertThat(oracle.unsettled()).isEmpty();
        });
    }

    private static void holds(Oracle oracle) {
        assertThat(oracle.doubled()).isEmpty();
        assertThat(oracle.crooked()).isEmpty();
        assertThat(oracle.withdrawnUnasked()).isEmpty();
    }
}
