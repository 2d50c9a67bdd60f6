package io.claimloop.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * Records the measured process by the JDK's own flight recorder and says what costs most. It records from the start of the
 * JVM: to begin later changes classes that are in use, and the JVM throws away all that it has compiled until then.
 */
final class Profile {
    static final String FROM_THE_START = "-XX:StartFlightRecording:name=bench,settings=profile";

    private static final int SHOWN = 25;

    private final Server server;
    private final String name;
    private final Path file;
    private volatile Instant begun = Instant.EPOCH;

    private Profile(Server server, String name, Path file) {
        this.server = server;
        this.name = name;
        this.file = file;
    }

    static Profile none() {
        return new Profile(null, null, null);
    }

    static Profile of(Rig rig, Server server, String name, boolean wanted) {
        return wanted ? new Profile(server, name, rig.folder().resolveSibling(name + ".jfr")) : none();
    }

    void begin() {
        begun = Instant.now();
    }

    void tell(Report report) {
        if (server == null) {
            return;
        }
        Jvm.command(server.pid(), "JFR.stop", "name=bench", "filename=" + file);
        report.line("");
        report.line("Profile of " + name + " (`" + Path.of("").toAbsolutePath().relativize(file)
                + "`), without the warm-up.");
        try (RecordingFile recording = new RecordingFile(file)) {
            tell(report, recording, begun);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void tell(Report report, RecordingFile recording, Instant from) throws IOException {
        Map<String, Long> methods = new LinkedHashMap<>();
        Map<String, Long> causes = new LinkedHashMap<>();
        Map<String, Long> layers = new LinkedHashMap<>();
        Map<String, Long> threads = new LinkedHashMap<>();
        Map<String, Long> allocated = new LinkedHashMap<>();
        while (recording.hasMoreEvents()) {
            RecordedEvent event = recording.readEvent();
            RecordedStackTrace stack = event.getStackTrace();
            if (stack == null
                    || stack.getFrames().isEmpty()
                    || event.getStartTime().isBefore(from)) {
                continue;
            }
            List<RecordedFrame> frames = stack.getFrames();
            if (event.getEventType().getName().equals("jdk.ExecutionSample")) {
                methods.merge(name(frames.get(0)), 1L, Long::sum);
                causes.merge(ours(frames), 1L, Long::sum);
                layers.merge(layer(frames), 1L, Long::sum);
                if (event.getThread("sampledThread") != null
                        && event.getThread("sampledThread").getJavaName() != null) {
                    String thread = event.getThread("sampledThread").getJavaName();
                    threads.merge(thread.replaceAll("[0-9]+", "n"), 1L, Long::sum);
                }
            } else if (event.getEventType().getName().equals("jdk.ObjectAllocationSample")) {
                allocated.merge(ours(frames), event.getLong("weight"), Long::sum);
            }
        }
        table(report, "method that runs", methods);
        table(report, "library that the time goes to, the one nearest to the top", layers);
        table(report, "caller in ClaimLoop, or the route's step that Camel runs", causes);
        table(report, "thread", threads);
        table(report, "caller in ClaimLoop that allocates", allocated);
    }

    private static void table(Report report, String what, Map<String, Long> counts) {
        double all = counts.values().stream().mapToLong(Long::longValue).sum();
        report.line("");
        report.head("%", what);
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(SHOWN)
                .forEach(entry -> report.row(Report.number(100 * entry.getValue() / all), "`" + entry.getKey() + "`"));
    }

    private static String name(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        return type.substring(type.lastIndexOf('.') + 1) + "."
                + frame.getMethod().getName();
    }

    private static String ours(List<RecordedFrame> frames) {
        return frames.stream()
                .filter(frame -> frame.getMethod().getType().getName().startsWith("io.claimloop"))
                .findFirst()
                .map(Profile::name)
                .orElse("none: " + layer(frames));
    }

    /** The first package that is not the JDK's. */
    private static String layer(List<RecordedFrame> frames) {
        return frames.stream()
                .map(frame -> frame.getMethod().getType().getName())
                .filter(type -> !type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun."))
                .findFirst()
                .map(type -> {
                    String[] parts = type.split("\\.");
                    int kept = Math.min(parts.length - 1, type.startsWith("io.claimloop") ? 3 : 4);
                    return String.join(".", List.of(parts).subList(0, Math.max(1, kept)));
                })
                .orElse("the JDK alone");
    }
}
