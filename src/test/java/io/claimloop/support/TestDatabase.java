package io.claimloop.support;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/** One real PostgreSQL for all tests of a JVM, and a database of its own for whoever asks, copied from a template. */
public final class TestDatabase {
    private static final String TEMPLATE = "claimloop_template";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static EmbeddedPostgres postgres;

    private TestDatabase() {}

    /** The JDBC address of a new, migrated database; user postgres, no password. */
    public static synchronized String url() {
        try {
            if (postgres == null) {
                postgres = EmbeddedPostgres.builder()
                        .setRegisterShutdownHook(false)
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_connections", "200")
                        .start();
                // after the applications of the tests: each would wait for it at its end
                AfterApplications.run(TestDatabase::stop);
                execute("create database " + TEMPLATE);
                Flyway.configure()
                        .dataSource(urlOf(TEMPLATE), "postgres", "")
                        .load()
                        .migrate();
            }
            String name = "test_" + COUNT.incrementAndGet();
            execute("create database " + name + " template " + TEMPLATE);
            return urlOf(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url());
        source.setUser("postgres");
        return source;
    }

    private static String urlOf(String database) {
        return postgres.getJdbcUrl("postgres", database).replaceFirst("\\?.*", "");
    }

    private static void stop() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(String sql) {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
