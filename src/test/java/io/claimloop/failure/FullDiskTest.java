package io.claimloop.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.claimloop.simulated.Claim;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database's disk is full. Row 31; run by {@code ./mvnw verify -Pkill}, and only where this user may mount a small file
 * system.
 */
@EnabledIfSystemProperty(named = "kill.times", matches = "\\d+", disabledReason = "takes its time: -Pkill")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FullDiskTest {
    @TempDir
    private Path folder;

    private Path disk;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectories(folder.resolve("disk"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=160m,mode=0777", "claimloop-test", disk.toString());
        assumeTrue(mounted, "this user may not mount a file system");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", "-l", disk.toString())).isTrue();
        }
    }

    @Test
    void on_a_full_disk_nothing_is_promised_and_what_was_promised_is_there_when_there_is_space_again()
            throws Exception {
        try (RestartableDatabase database = new RestartableDatabase(disk.resolve("postgres"));
                Load load = new Load();
                Instance application = new Instance(folder.resolve("a"), Processes.settings(load, database.url()))) {
            Oracle oracle = new Oracle(load, database.url());
            application.disarm();
            application.launch().ready();
            load.cht.pushTo(application.url() + "/cht/feedback", Processes.CHT_AUTHORIZATION);

            Path ballast = fill();
            Set<Integer> answers = new HashSet<>();
            for (int i = 0; i < 400 && !answers.contains(503); i++) {
                Claim claim = load.claim();
                int status = application.notice(bulky(load.openimis.notificationOf(claim)));
                answers.add(status);
                if (status == 200) {
                    load.answered.add(claim.uuid());
                }
            }
            assertThat(answers).contains(503).isSubsetOf(200, 503);

            Files.delete(ballast);
            database.startIfDown();
            await().atMost(Duration.ofMinutes(3))
                    .ignoreExceptions()
                    .pollInterval(Duration.ofMillis(200))
                    .untilAsserted(() -> {
                        assertThat(oracle.lost()).as(oracle::stories).isEmpty();
                        assertThat(oracle.unsettled()).isEmpty();
                    });
            assertThat(oracle.doubled()).isEmpty();
            assertThat(oracle.crooked()).isEmpty();
        }
    }

    /** So that the log grows: one megabyte that does not compress, in a field that nobody reads. */
    private static String bulky(String notice) {
        StringBuilder text = new StringBuilder();
        java.util.concurrent.ThreadLocalRandom.current().ints(500_000, 'a', 'z').forEach(c -> text.append((char) c));
        return notice.substring(0, notice.lastIndexOf('}')) + ", \"padding\": \"" + text + "\"}";
    }

    private Path fill() throws IOException {
        Path ballast = disk.resolve("ballast");
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[65536];
            long free = Files.getFileStore(disk).getUsableSpace();
            for (long left = free - 1_000_000; left > 0; left -= block.length) {
                out.write(block);
            }
        }
        return ballast;
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
