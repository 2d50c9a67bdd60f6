package io.claimloop.bench;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Where and with what it was measured. */
final class Machine {
    private Machine() {}

    static void tell(Report report, Rig rig) {
        report.line("# Benchmark of " + LocalDateTime.now().truncatedTo(ChronoUnit.MINUTES));
        report.line("");
        report.line("* ClaimLoop: commit "
                + Jvm.output(List.of("git", "rev-parse", "--short", "HEAD")).strip() + ", flags `"
                + String.join(" ", rig.servers().flags()) + "`");
        report.line("* Machine: " + Runtime.getRuntime().availableProcessors() + " processors, " + processor() + ", "
                + memory() + " GB of memory, " + System.getProperty("os.name") + " "
                + System.getProperty("os.version"));
        report.line("* Load of the machine before the run: "
                + Proc.text(Path.of("/proc/loadavg")).replaceAll(" \\d+/.*", ""));
        report.line("* Java: " + System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        report.line("* PostgreSQL: " + String.join(", ", rig.database().show()));
        report.line(
                "* To write 8 kB and have it on disk takes " + rig.database().fsyncMicros()
                        + " µs there (median; a number below 50 says that the disk does not tell the truth)");
        Options options = rig.options();
        report.line("* " + options.rounds() + " rounds, targets taking turns; warm-up " + options.warmUp()
                + " s, measured " + options.seconds()
                + " s; latencies from the intended time of sending; the median of the rounds, and their range");
        report.line(
                "* Everything is on this machine: PostgreSQL, the simulated partners and the generator of the load");
    }

    private static String processor() {
        return Proc.text(Path.of("/proc/cpuinfo"))
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    private static long memory() {
        return Proc.text(Path.of("/proc/meminfo"))
                .lines()
                .filter(line -> line.startsWith("MemTotal"))
                .mapToLong(line -> Math.round(Long.parseLong(line.replaceAll("\\D+", "")) / 1048576.0))
                .findFirst()
                .orElse(0);
    }
}
