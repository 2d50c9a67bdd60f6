package io.claimloop.ledger;

import io.claimloop.settings.StartRefusedException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of our own in {@code claimloop.home}: durable (the library's defaults are not), kept between runs, held
 * by one instance only. A server that a killed run left behind is stopped first, so that it is ours to start.
 */
final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Duration ORPHAN_STOPS_WITHIN = Duration.ofSeconds(20);

    private final EmbeddedPostgres postgres;
    private final FileChannel lockFile;

    private EmbeddedDatabase(EmbeddedPostgres postgres, FileChannel lockFile) {
        this.postgres = postgres;
        this.lockFile = lockFile;
    }

    static EmbeddedDatabase start(Path home) {
        Path folder = home.toAbsolutePath().normalize();
        FileChannel lockFile = lock(folder);
        try {
            Path data = folder.resolve("postgres");
            stopOrphan(data);
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(data.toFile())
                    .setCleanDataDirectory(false)
                    .setOverrideWorkingDirectory(
                            folder.resolve("postgres-binaries").toFile())
                    // stopped as a bean, after Camel and the pool; a hook of its own would race with them
                    .setRegisterShutdownHook(false)
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "60")
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .start();
            return new EmbeddedDatabase(postgres, lockFile);
        } catch (IOException | RuntimeException e) {
            close(lockFile);
            if (e instanceof StartRefusedException refused) {
                throw refused;
            }
            throw new StartRefusedException(
                    "The embedded PostgreSQL could not start in " + folder + ".",
                    "Check that the folder is writable and has space; as root, user namespaces must be allowed (or run"
                            + " as another user). Or set spring.datasource.url to a PostgreSQL of your own.",
                    e);
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
    }

    private static FileChannel lock(Path folder) {
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(
                    folder.resolve("claimloop.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // held in this very process: said below
        } catch (IOException e) {
            close(channel);
            throw new StartRefusedException(
                    "claimloop.home (" + folder + ") cannot be written.", "Make it writable, or set another.", e);
        }
        close(channel);
        throw new StartRefusedException(
                "Another ClaimLoop already runs on claimloop.home (" + folder + ").",
                "Stop it first, or give this one another claimloop.home; several instances share a PostgreSQL of your own.");
    }

    private static void stopOrphan(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        Optional<ProcessHandle> orphan = lines.isEmpty()
                ? Optional.empty()
                : ProcessHandle.of(Long.parseLong(lines.get(0).strip()));
        if (orphan.isEmpty() || orphan.get().info().command().isEmpty()) {
            // PostgreSQL sees by itself that the file is stale
            return;
        }
        if (serves(orphan.get(), data)) {
            stop(orphan.get());
        } else {
            // after a crash or in a new container the number is somebody else's; PostgreSQL would not start beside it
            log.info("removing the pid file that a killed run left behind");
            Files.delete(pidFile);
        }
    }

    private static boolean serves(ProcessHandle process, Path data) {
        return process.info().command().orElse("").contains("postgres")
                && process.info()
                        .arguments()
                        .map(List::of)
                        .map(arguments ->
                                arguments.contains("-D") && same(arguments.get(arguments.indexOf("-D") + 1), data))
                        // not every system tells
                        .orElse(true);
    }

    private static boolean same(String folder, Path data) {
        try {
            return Files.isSameFile(Path.of(folder), data);
        } catch (IOException e) {
            return false;
        }
    }

    private static void stop(ProcessHandle process) {
        log.info("stopping the database that a killed run left behind");
        process.destroy();
        try {
            process.onExit().get(ORPHAN_STOPS_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new StartRefusedException(
                    "The database that a killed run left behind (process " + process.pid() + ") does not stop.",
                    "Stop that process, then start again.",
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            postgres.close();
        } finally {
            close(lockFile);
        }
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            log.debug("lock file not closed");
        }
    }
}
