package io.claimloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.springframework.util.FileSystemUtils;

/** The benchmark's main: measures what {@code -Dbench.*} asks for and writes {@code target/bench/<date>.md}. */
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) throws IOException {
        Options options = Options.given();
        Path folder = Path.of("target", "bench").toAbsolutePath();
        // what an earlier run left; its reports stay
        FileSystemUtils.deleteRecursively(folder.resolve("run"));
        Files.createDirectories(folder.resolve("run"));
        Path file = free(folder);
        Report report = new Report(file);
        try (Rig rig = new Rig(folder.resolve("run"), options)) {
            Machine.tell(report, rig);
            if (options.measures("boot")) {
                new BootScenario(rig, report).run();
            }
            if (options.measures("ceilings")) {
                new CeilingsScenario(rig, report).run();
            }
            ClaimsScenario claims = new ClaimsScenario(rig, report);
            if (options.measures("claims")) {
                claims.held();
            }
            if (options.measures("ack")) {
                claims.answers();
            }
            if (options.measures("limit")) {
                new LimitScenario(rig, report).run();
            }
            if (options.measures("feedback")) {
                new FeedbackScenario(rig, report).run();
            }
            if (options.measures("day")) {
                new DayScenario(rig, report).run();
            }
            if (options.measures("real")) {
                new RealLimitsScenario(rig, report).run();
            }
        }
        report.line("");
        System.out.println("Written to target/bench/" + file.getFileName());
        System.exit(0);
    }

    /** With a number where there is a report of that day. */
    private static Path free(Path folder) {
        Path file = folder.resolve(LocalDate.now() + ".md");
        for (int i = 2; Files.exists(file); i++) {
            file = folder.resolve(LocalDate.now() + "-" + i + ".md");
        }
        return file;
    }
}
