package io.claimloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** What Linux tells of processes; elsewhere everything is zero. */
final class Proc {
    /** Of a clock of 100 Hz, as every Linux has it for programs. */
    private static final double TICKS_PER_SECOND = 100;

    private Proc() {}

    /** Seconds of CPU that the process itself has used. */
    static double cpuSeconds(long pid) {
        String stat = text(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.isEmpty() ? null : fields(stat);
        return fields == null ? 0 : ticks(fields, 13) + ticks(fields, 14);
    }

    /** The same with its children, also those that have ended. */
    static double cpuSecondsOfAll(long pid) {
        double seconds = 0;
        for (String[] stat : all()) {
            boolean itself = Long.parseLong(stat[0]) == pid;
            boolean child = Long.parseLong(stat[3]) == pid;
            if (itself || child) {
                seconds += ticks(stat, 13) + ticks(stat, 14);
            }
            if (itself) {
                seconds += ticks(stat, 15) + ticks(stat, 16);
            }
        }
        return seconds;
    }

    private static double ticks(String[] stat, int field) {
        return Long.parseLong(stat[field]) / TICKS_PER_SECOND;
    }

    /** The fields of proc(5), of all processes. */
    private static Iterable<String[]> all() {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process ->
                            Character.isDigit(process.getFileName().toString().charAt(0)))
                    .map(process -> text(process.resolve("stat")))
                    .filter(stat -> !stat.isEmpty())
                    .map(Proc::fields)
                    .toList();
        } catch (IOException e) {
            return java.util.List.of();
        }
    }

    /** The name of the program may hold blanks: it is left out. */
    private static String[] fields(String stat) {
        return (stat.substring(0, stat.indexOf(' ')) + " - " + stat.substring(stat.lastIndexOf(')') + 2)).split(" ");
    }

    /** The most memory that the process ever had, in MB. */
    static long peakMegabytes(long pid) {
        return text(Path.of("/proc/" + pid + "/status"))
                .lines()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    /** Time that the machine below gave to others, and all time, in ticks. */
    static long[] stealAndAll() {
        String[] cpu = text(Path.of("/proc/stat"))
                .lines()
                .findFirst()
                .orElse("cpu 0 0 0 0 0 0 0 0")
                .split("\\s+");
        long all =
                Arrays.stream(cpu).skip(1).limit(8).mapToLong(Long::parseLong).sum();
        return new long[] {Long.parseLong(cpu[8]), all};
    }

    static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
