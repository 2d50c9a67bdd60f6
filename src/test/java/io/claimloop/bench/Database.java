package io.claimloop.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One PostgreSQL for the whole run, durable, with a database of its own for each start of a target. */
final class Database implements AutoCloseable {
    /** What makes a commit durable, and what it costs. */
    private static final List<String> TOLD = List.of(
            "server_version",
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "wal_sync_method",
            "shared_buffers",
            "max_wal_size");

    /** Since the server's start, or of one database. */
    record Counters(long walBytes, long commits) {}

    private final EmbeddedPostgres postgres;
    private final Path data;
    private int databases;

    Database(Path folder) {
        data = folder.resolve("postgres");
        try {
            postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(data.toFile())
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    // as docs/sizing.md recommends
                    .setServerConfig("shared_buffers", "512MB")
                    .setServerConfig("max_wal_size", "4GB")
                    .setServerConfig("max_connections", "100")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The postmaster's; its children are the backends. */
    long pid() {
        return Long.parseLong(
                Proc.text(data.resolve("postmaster.pid")).lines().findFirst().orElseThrow());
    }

    int port() {
        return postgres.getPort();
    }

    /** A new, empty database; user postgres, no password. */
    String create() {
        String name = "bench_" + ++databases;
        execute("create database " + name);
        return url(name);
    }

    String url(String name) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + name;
    }

    void checkpoint() {
        execute("checkpoint");
    }

    private void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", "");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> show() {
        return TOLD.stream().map(name -> name + " = " + first("show " + name)).toList();
    }

    /** Backends tell what they did a second late. */
    Counters counters() {
        return new Counters(
                Long.parseLong(first("select wal_bytes::bigint from pg_stat_wal")),
                Long.parseLong(first("select sum(xact_commit)::bigint from pg_stat_database")));
    }

    String first(String sql) {
        return first(url("postgres"), sql);
    }

    static String first(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Microseconds to write 8 kB and have it on disk, where the database lies: the middle one of many. */
    long fsyncMicros() {
        Path file = data.resolveSibling("fsync-test");
        List<Long> times = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer page = ByteBuffer.allocate(8192);
            channel.write(ByteBuffer.allocate(8192 * 64), 0);
            channel.force(true);
            long end = System.nanoTime() + 2_000_000_000L;
            for (int i = 0; System.nanoTime() < end; i++) {
                Arrays.fill(page.array(), (byte) i);
                long begin = System.nanoTime();
                channel.write(page.rewind(), i % 64 * 8192L);
                channel.force(false);
                times.add((System.nanoTime() - begin) / 1000);
            }
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        times.sort(null);
        return times.get(times.size() / 2);
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
