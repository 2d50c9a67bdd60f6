package io.claimloop.ledger;

import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.RetentionKey;
import io.claimloop.settings.StartRefusedException;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** The ledger on PostgreSQL: one's own by {@code spring.datasource.*}, otherwise the embedded one. */
@Configuration(proxyBeanMethods = false)
class LedgerConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnExpression("'${spring.datasource.url:}'.isBlank()")
    static class Embedded {
        @Bean(destroyMethod = "close")
        EmbeddedDatabase embeddedDatabase(ClaimLoopProperties properties) {
            return EmbeddedDatabase.start(properties.home());
        }

        @Bean
        DataSource dataSource(EmbeddedDatabase database) {
            com.zaxxer.hikari.HikariDataSource pool = DataSourceBuilder.create()
                    .type(com.zaxxer.hikari.HikariDataSource.class)
                    .url(database.url())
                    .username("postgres")
                    .build();
            pool.setMaximumPoolSize(16);
            pool.setConnectionTimeout(3000);
            pool.addDataSourceProperty("socketTimeout", "30");
            pool.setConnectionInitSql("set idle_in_transaction_session_timeout = '10s'");
            return pool;
        }
    }

    /** Looks at the database before it is migrated: a promise of "on disk" needs one that syncs. */
    @Bean
    FlywayMigrationStrategy checkedMigration(DataSource dataSource) {
        return flyway -> {
            try (Connection connection = dataSource.getConnection()) {
                if (connection.getMetaData().getDatabaseMajorVersion() < 14) {
                    throw new StartRefusedException(
                            "The PostgreSQL of spring.datasource.url is older than 14.",
                            "Upgrade it, or leave spring.datasource.url out to use the embedded one.");
                }
                for (String setting : new String[] {"fsync", "synchronous_commit"}) {
                    if ("off".equals(show(connection, setting))) {
                        throw new StartRefusedException(
                                "The database runs with " + setting + " off: what is answered would not be on disk.",
                                "Set " + setting + " to on in postgresql.conf.");
                    }
                }
            } catch (SQLException e) {
                throw new StartRefusedException(
                        "The database of spring.datasource.url does not answer.",
                        "Check address, user and password with psql; SQL state " + e.getSQLState() + ".",
                        e);
            }
            try {
                flyway.migrate();
            } catch (FlywayException e) {
                throw new StartRefusedException(
                        "The database could not be brought to this version's schema.",
                        "The user needs the right to create tables in its schema, and the schema must be ClaimLoop's own.",
                        e);
            }
        };
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("show " + setting)) {
            result.next();
            return result.getString(1);
        }
    }

    @Bean
    @DependsOn("flywayInitializer")
    Proofs proofs(JdbcTemplate jdbc, Seal seal) {
        return new Proofs(new ProofKey(jdbc, seal).read());
    }

    @Bean
    Seal seal(ClaimLoopProperties properties) {
        ClaimLoopProperties.Retention settings = properties.retention();
        return new Seal(
                RetentionKey.parse(settings.key().value()),
                settings.oldKey() == null
                        ? null
                        : RetentionKey.parse(settings.oldKey().value()));
    }

    @Bean("retention")
    Retention retention(JdbcTemplate jdbc, TransactionTemplate transaction, Seal seal, ClaimLoopProperties properties) {
        return new JdbcRetention(jdbc, transaction, seal, properties.retention().payload());
    }

    @Bean
    Moves moves(JdbcTemplate jdbc, Proofs proofs, ClaimLoopProperties properties) {
        NextWork nextWork = new NextWork(
                jdbc,
                properties.steps().lease(),
                properties.steps().recordLookAgain(),
                properties.steps().watch(),
                properties.valuation().enabled()
                        ? Duration.ZERO
                        : properties.valuation().watch());
        return new Moves(jdbc, proofs, nextWork);
    }

    /** Its name is the owner of leases, too. */
    @Bean
    Heartbeat instances(JdbcTemplate jdbc, DataSource dataSource, Lead leadership, ClaimLoopProperties properties) {
        String version = Heartbeat.class.getPackage().getImplementationVersion();
        String process = ManagementFactory.getRuntimeMXBean().getName();
        return new Heartbeat(
                process + "-" + UUID.randomUUID().toString().substring(0, 8),
                version == null ? "development" : version,
                jdbc,
                OwnLine.beside(dataSource),
                leadership,
                properties.instances().beat(),
                properties.instances().lease());
    }

    /** For routes: {@code method: {ref: leadership, method: held}}. */
    @Bean
    Lead leadership() {
        return new Lead();
    }

    @Bean
    LoginTurns loginTurns(JdbcTemplate jdbc, Proofs proofs, Instances instances) {
        return new JdbcLoginTurns(jdbc, proofs, instances.me());
    }

    @Bean
    Inbox inbox(JdbcTemplate jdbc, Proofs proofs, Seal seal) {
        return new JdbcInbox(jdbc, proofs, seal);
    }

    @Bean
    Events events(JdbcTemplate jdbc, Inbox inbox) {
        return new JdbcEvents(jdbc, inbox);
    }

    @Bean
    LoopEvents loopEvents(JdbcTemplate jdbc, Loops loops) {
        return new JdbcLoopEvents(jdbc, loops);
    }

    /** At the stop, after Camel: what is still leased then is given back, so that nobody waits for the lease to run out. */
    @Bean(destroyMethod = "release")
    DueWork dueWork(JdbcTemplate jdbc, Moves moves, Seal seal, Instances instances, ClaimLoopProperties properties) {
        ClaimLoopProperties.Steps steps = properties.steps();
        String owner = instances.me();
        return new JdbcDueWork(
                jdbc, moves, seal, new Backoff(steps.retry(), steps.retryLimit()), steps.maxAttempts(), owner);
    }

    @Bean
    @DependsOn("flywayInitializer")
    Figures figures(DataSource dataSource) {
        return new JdbcFigures(dataSource);
    }

    @Bean
    MonthRuns monthRuns(JdbcTemplate jdbc) {
        return new JdbcMonthRuns(jdbc);
    }

    @Bean
    Places places(JdbcTemplate jdbc) {
        return new JdbcPlaces(jdbc);
    }

    @Bean
    Redrives redrives(JdbcTemplate jdbc, Loops loops) {
        return new JdbcRedrives(jdbc, loops);
    }

    @Bean
    Loops loops(JdbcTemplate jdbc, Moves moves, Proofs proofs, Seal seal) {
        return new JdbcLoops(jdbc, moves, proofs, seal);
    }
}
