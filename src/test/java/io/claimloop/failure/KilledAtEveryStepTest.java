package io.claimloop.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.support.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The application is killed by SIGKILL while it works, started again, and judged from outside. In every build a few times;
 * with {@code ./mvnw verify -Pkill}, {@code -Dkill.times=} as often as wanted (200), at every failpoint that it passes.
 *
 * <p>The database is a process of its own and lives on; it dies together with the application in {@code KillAndRestartTest},
 * and by its own restart in {@code DatabaseTroubleTest}.
 */
class KilledAtEveryStepTest {
    private static final int TIMES = Integer.getInteger("kill.times", 0);
    /** For who has not the time for all of them. */
    private static final int MINUTES = Integer.getInteger("kill.minutes", 60 * 5);

    /** How long a failpoint may let wait for itself before the process is killed anyway. */
    private static final Duration PATIENCE = Duration.ofSeconds(TIMES == 0 ? 60 : 8);

    private static final Duration RECOVERY = Duration.ofMinutes(2);

    /** What is on disk and not answered, not yet on disk, done at the partner and not written down. */
    private static final List<String> ALWAYS = List.of(
            "after store-claim-notice in .*",
            "after put-claim-record in dispatch-worker",
            "before commit of submissions",
            "after order in deliver-worker");

    @TempDir
    private Path folder;

    private final Random random = new Random(Long.getLong("kill.seed", 1));
    private final String database = TestDatabase.url();
    private final Map<String, Integer> kills = new LinkedHashMap<>();
    private final Set<String> known = new TreeSet<>();
    private final List<String> lost = new ArrayList<>();
    private Duration longest = Duration.ZERO;

    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void nothing_is_lost_and_nothing_is_done_twice() {
        try (Load load = new Load();
                Instance application = new Instance(folder, Processes.settings(load, database))) {
            Oracle oracle = new Oracle(load, database);
            load.cht.pushTo(application.url() + "/cht/feedback", Processes.CHT_AUTHORIZATION);
            application.disarm();
            application.startQuickly().launch().ready();
            if (TIMES == 0) {
                ALWAYS.forEach(failpoint -> kill(failpoint, load, application, oracle));
            } else {
                Instant end = Instant.now().plus(Duration.ofMinutes(MINUTES));
                for (int i = 0; i < TIMES && Instant.now().isBefore(end); i++) {
                    kill(next(i), load, application, oracle);
                }
            }
            judge(load, application, oracle);
        }
    }

    /** Every third kill is at random; the others are at a failpoint that had the fewest. */
    private String next(int i) {
        if (i % 3 == 2 || known.isEmpty()) {
            return "";
        }
        List<String> names = new ArrayList<>(known);
        Collections.shuffle(names, random);
        return names.stream()
                .min(Comparator.comparing(name -> kills.getOrDefault(name, 0)))
                .orElseThrow();
    }

    private void kill(String failpoint, Load load, Instance application, Oracle oracle) {
        kills.merge(failpoint, 1, Integer::sum);
        application.arm(failpoint);
        load.round(application);
        if (failpoint.isEmpty()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(3000)));
        } else {
            Instant end = Instant.now().plus(PATIENCE);
            while (application.reached() == null && Instant.now().isBefore(end)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
        Instant killed = Instant.now();
        known.addAll(application.passed());
        String reached = application.reached();
        application.kill();
        assertThat(TIMES == 0 ? reached : "").as("reached " + failpoint).isNotNull();
        application.disarm();
        application.launch();
        if (failpoint.isEmpty() && random.nextInt(4) == 0) {
            // and once more, while it starts
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(6000)));
            kills.merge("while it starts", 1, Integer::sum);
            application.kill();
            application.launch();
        }
        application.ready();
        recovered(failpoint, load, oracle);
        Duration recovery = Duration.between(killed, Instant.now());
        longest = recovery.compareTo(longest) > 0 ? recovery : longest;
        if (TIMES > 0) {
            System.out.printf(
                    "kill %d at '%s'%s, recovered after %.1f s%n",
                    kills.values().stream().mapToInt(n -> n).sum(),
                    failpoint.isEmpty() ? "random" : failpoint,
                    failpoint.isEmpty() || reached != null ? "" : " (not passed)",
                    recovery.toMillis() / 1000.0);
        }
    }

    private void recovered(String failpoint, Load load, Oracle oracle) {
        try {
            await().atMost(RECOVERY).pollInterval(Duration.ofMillis(100)).until(oracle::settled);
        } catch (ConditionTimeoutException e) {
            // told once, and the next kill is judged by its own
            List<String> now = new ArrayList<>(oracle.lost());
            now.addAll(oracle.unsettled());
            System.out.println("after '" + failpoint + "': " + now + oracle.stories());
            lost.addAll(now);
            load.forget(oracle.lost());
        }
    }

    private void judge(Load load, Instance application, Oracle oracle) {
        lost.addAll(oracle.lost());
        List<String> doubled = oracle.doubled();
        System.out.printf(
                "kills: %d at %d of %d places, claims: %d (%d told), feedback: %d, lost: %d, doubled: %d, longest recovery: %.1f s%n",
                kills.values().stream().mapToInt(n -> n).sum(),
                kills.size(),
                known.size(),
                load.claims.size(),
                load.answered.size(),
                load.claims.stream()
                        .mapToInt(claim -> load.openimis.deliveries(claim.uuid()))
                        .sum(),
                lost.size(),
                doubled.size(),
                longest.toMillis() / 1000.0);
        List<String> all = new ArrayList<>(lost);
        all.addAll(doubled);
        all.addAll(oracle.crooked());
        all.addAll(oracle.withdrawnUnasked());
        all.addAll(oracle.tasksLeftOpen());
        all.addAll(oracle.told(application.output()));
        assertThat(all).isEmpty();
        assertThat(load.rejected).as("claims that were rejected").isNotEmpty();
    }
}
