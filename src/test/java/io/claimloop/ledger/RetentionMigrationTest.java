package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.support.TestDatabase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class RetentionMigrationTest {
    @Test
    void what_told_equal_messages_before_tells_them_after() {
        JdbcTemplate jdbc = new JdbcTemplate(TestDatabase.dataSource());
        jdbc.execute("drop schema public cascade; create schema public");
        flyway(jdbc, "3").migrate();
        byte[] body = Ledger.bytes("a notice");
        jdbc.update(
                "insert into message (kind, subject, sha256, body) values ('NOTICE', 'x', ?, ?)",
                Proofs.sha256(body),
                body);

        flyway(jdbc, "4").migrate();

        Proofs proofs = new Proofs(jdbc.queryForObject("select proof_key from installation", byte[].class));
        assertThat(jdbc.queryForObject("select content_hash from message", byte[].class))
                .isEqualTo(proofs.content(body));
    }

    private static Flyway flyway(JdbcTemplate jdbc, String target) {
        return Flyway.configure()
                .dataSource(jdbc.getDataSource())
                .target(target)
                .load();
    }
}
