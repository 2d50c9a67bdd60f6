package io.claimloop.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the measured programs are started. */
final class Servers {
    static final String CLAIMLOOP = "claimloop";
    static final String RELAY = "relay";

    private static final Pattern ARENAS = Pattern.compile("MALLOC_ARENA_MAX=(\\d+)");
    private static final Pattern FLAGS = Pattern.compile("JAVA_TOOL_OPTIONS=\"([^\"]+)\"");

    private final Path folder;
    private final List<String> flags;
    private final boolean recorded;

    /** @param recorded by the flight recorder, see {@link Profile} */
    Servers(Path folder, List<String> given, boolean recorded) {
        this.folder = folder;
        this.flags = given.isEmpty() ? shipped() : given;
        this.recorded = recorded;
    }

    /** Those of the Dockerfile, so that what is measured is what is shipped. */
    private static List<String> shipped() {
        Matcher flags = FLAGS.matcher(Proc.text(Path.of("Dockerfile")));
        if (!flags.find()) {
            throw new IllegalStateException(
                    "The Dockerfile sets no JAVA_TOOL_OPTIONS: say the flags by -Dbench.flags=…");
        }
        return List.of(flags.group(1).split("\\s+"));
    }

    List<String> flags() {
        return flags;
    }

    /** @param what the jar, and flags besides */
    Server claimLoop(List<String> what, String database, Partners partners, boolean realLimits) {
        int port = Jvm.freePort();
        Map<String, Object> settings = Settings.of(partners.openimis, partners.cht, realLimits);
        settings.put("server.port", port);
        settings.put("server.address", "127.0.0.1");
        settings.put("claimloop.home", folder.resolve("home").toString());
        settings.put("spring.datasource.url", database);
        settings.put("spring.datasource.username", "postgres");
        return new Server(
                port,
                command(what),
                // one line for each claim and state would go to a file here
                environment("SPRING_APPLICATION_JSON", json(settings), "LOGGING_LEVEL_CLAIMLOOP_LOOP", "WARN"),
                "/actuator/health/readiness",
                folder.resolve("claimloop.log"));
    }

    Server relay(String database, Partners partners) {
        int port = Jvm.freePort();
        Map<String, Object> settings = new HashMap<>(Settings.of(partners.openimis, partners.cht, false));
        settings.put("port", port);
        settings.put("database", database);
        return new Server(
                port,
                command(List.of(Jvm.QUIET, "-cp", System.getProperty("java.class.path"), Relay.class.getName())),
                environment("RELAY", json(settings)),
                "/ready",
                folder.resolve("relay.log"));
    }

    /** Tomcat alone: it reads the body and answers. */
    Server nothing() {
        int port = Jvm.freePort();
        return new Server(
                port,
                command(List.of(
                        Jvm.QUIET, "-cp", System.getProperty("java.class.path"), Nothing.class.getName(), "" + port)),
                Map.of(),
                "/ready",
                folder.resolve("nothing.log"));
    }

    /** These, and what the Dockerfile sets for the C library. */
    private static Map<String, String> environment(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        Matcher arenas = ARENAS.matcher(Proc.text(Path.of("Dockerfile")));
        if (arenas.find()) {
            environment.put("MALLOC_ARENA_MAX", arenas.group(1));
        }
        return environment;
    }

    private List<String> command(List<String> what) {
        List<String> command = new ArrayList<>(List.of(Jvm.java()));
        command.addAll(flags);
        if (recorded) {
            command.add(Profile.FROM_THE_START);
        }
        command.addAll(what);
        return command;
    }

    static Path jar() {
        try (var files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("claimloop-[^a-z]*(SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no jar in target: ./mvnw verify -Pbench makes it"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String json(Map<String, Object> settings) {
        try {
            return new ObjectMapper().writeValueAsString(settings);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
