package io.claimloop.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.support.Journey;
import io.claimloop.support.SimulatedWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real application as a process of its own: started, killed, stopped in the middle of everything, started again. */
final class Instance implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path folder;
    private final Map<String, Object> settings;
    private final Map<String, String> environment;
    private final int port;
    private static final Path QUICK = Path.of("target", "quick-start");
    /** Null until an instance of this JVM was started for it. */
    private static String quickClassPath;

    private String classPath = System.getProperty("java.class.path");
    private String archive = "-Xshare:auto";
    private Process process;

    Instance(Path folder, Map<String, Object> settings) {
        this(folder, settings, Map.of());
    }

    /** @param environment of the process: what changes its clock, say */
    Instance(Path folder, Map<String, Object> settings, Map<String, String> environment) {
        this.folder = folder;
        this.settings = new HashMap<>(settings);
        this.environment = Map.copyOf(environment);
        try (ServerSocket free = new ServerSocket(0)) {
            this.port = free.getLocalPort();
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.settings.put("server.port", port);
        this.settings.put("claimloop.home", folder.resolve("data").toString());
        this.settings.put("failpoints.folder", folder.toString());
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Begins the start and returns. */
    Instance launch() {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                archive,
                "-Xmx512m",
                "-cp",
                classPath,
                "io.claimloop.ClaimLoop");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        try {
            Files.deleteIfExists(folder.resolve("reached"));
            builder.environment().putAll(environment);
            builder.environment().put("SPRING_APPLICATION_JSON", new ObjectMapper().writeValueAsString(settings));
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** The first one of all tests starts and stops once, to remember what the JVM loaded: each later start takes half the time. */
    Instance startQuickly() {
        synchronized (Instance.class) {
            Path remembered = QUICK.resolve("classes.jsa").toAbsolutePath();
            if (quickClassPath == null) {
                try {
                    Files.createDirectories(QUICK);
                    Files.deleteIfExists(remembered);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                String jars = Jars.of(classPath, QUICK.toAbsolutePath());
                classPath = jars;
                archive = "-XX:ArchiveClassesAtExit=" + remembered;
                launch().ready().stop();
                quickClassPath = jars;
            }
            classPath = quickClassPath;
            archive = "-XX:SharedArchiveFile=" + remembered;
            return this;
        }
    }

    /** By SIGTERM, as an operator does. */
    void stop() {
        process.destroy();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("stopped").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Instance ready() {
        await("start").atMost(START).pollInterval(Duration.ofMillis(100)).until(() -> {
            assertThat(process.isAlive()).as(this::output).isTrue();
            try {
                return get("/actuator/health/readiness").contains("\"UP\"");
            } catch (UncheckedIOException e) {
                return false;
            }
        });
        return this;
    }

    /** By SIGKILL: nothing of the process runs any more when this returns. */
    void kill() {
        try {
            process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGSTOP, as a long pause of a virtual machine. */
    void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(code).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean alive() {
        return process != null && process.isAlive();
    }

    // ---- failpoints

    /** The next thread that passes a failpoint whose name matches stands still. */
    void arm(String names) {
        write("armed", names);
    }

    void disarm() {
        write("armed", "");
    }

    private void write(String file, String text) {
        try {
            Path half = folder.resolve(file + ".half");
            Files.writeString(half, text);
            Files.move(
                    half,
                    folder.resolve(file),
                    java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of the failpoint at which a thread stands; null when none does. */
    String reached() {
        String name = text(folder.resolve("reached"));
        return name.isEmpty() ? null : name;
    }

    /** All failpoints that the running process, or the last one, has passed. */
    List<String> passed() {
        return text(folder.resolve("passed")).lines().sorted().toList();
    }

    // ---- the edges

    /** The status, or 0 when there was no answer. */
    int notice(String body) {
        return post("/openimis/notifications", body, SimulatedWorld.OPENIMIS_TOKEN);
    }

    int feedback(String body) {
        return post("/cht/feedback", body, SimulatedWorld.CHT_TOKEN);
    }

    private int post(String path, String body, String token) {
        try {
            return send(request(path)
                            .header("Authorization", "Bearer " + token)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body)))
                    .statusCode();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    String get(String path) {
        return send(request(path)
                        .header(
                                "Authorization",
                                Journey.basic(SimulatedWorld.OPERATOR, SimulatedWorld.OPERATOR_PASSWORD)))
                .body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(15));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Path log() {
        return folder.resolve("out.txt");
    }

    String output() {
        return text(log());
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (java.nio.file.NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
