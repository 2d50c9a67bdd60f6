package io.claimloop.failure;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL of a test's own, in a folder of its choice, that can crash and come back on the same port. */
final class RestartableDatabase implements AutoCloseable {
    private final Path data;
    private final EmbeddedPostgres postgres;

    RestartableDatabase(Path data) {
        this.data = data;
        try {
            postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(data.toFile())
                    .setRegisterShutdownHook(false)
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("min_wal_size", "32MB")
                    .setServerConfig("max_wal_size", "48MB")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return postgres.getPort();
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/postgres";
    }

    Connection connection() throws SQLException {
        return java.sql.DriverManager.getConnection(url(), "postgres", "");
    }

    /** Without a checkpoint, as after a power cut: what comes up again has to recover from its log. */
    void crashAndRestart() {
        control(
                "restart",
                "-m",
                "immediate",
                "-w",
                "-l",
                data.resolveSibling("postgres.log").toString());
    }

    /** Where it went down by itself. */
    void startIfDown() {
        if (!answers()) {
            control(
                    "restart",
                    "-m",
                    "immediate",
                    "-w",
                    "-l",
                    data.resolveSibling("postgres.log").toString());
        }
    }

    boolean answers() {
        try (Connection connection = connection()) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    private void control(String... arguments) {
        try {
            List<String> command = new ArrayList<>();
            if (Files.getOwner(Path.of("/proc/self")).getName().equals("root")) {
                // as the library does: PostgreSQL does not run as root
                command.addAll(List.of("unshare", "-U"));
            }
            command.addAll(List.of(binary(), "-D", data.toString()));
            command.addAll(List.of(arguments));
            Path said = Files.createTempFile("pg_ctl", ".txt");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command + ": " + Files.readString(said));
            }
            Files.delete(said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Beside the postgres that runs. */
    private String binary() throws IOException {
        String postmaster = Files.readString(data.resolve("postmaster.opts"));
        String server = postmaster.substring(0, postmaster.indexOf(' '));
        return Path.of(server).resolveSibling("pg_ctl").toString();
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
