package io.claimloop.ledger;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

class JdbcLoginTurns implements LoginTurns {
    private static final Logger log = LoggerFactory.getLogger(JdbcLoginTurns.class);
    /** Longer than an attempt takes; whoever died in it holds up the others so long. */
    private static final double TURN_SECONDS = 30;

    private static final Duration LATER = Duration.ofSeconds(2);

    /** A refusal stays written until somebody is let in: while one tries again, the others still see it. */
    private static final String TAKE = """
            insert into login_turn (account, owner, until) values (?, ?, now() + make_interval(secs => ?))
            on conflict (account) do update set owner = excluded.owner, until = excluded.until
            where login_turn.until <= now()
            """;

    private static final String LEFT = """
            select refused, greatest(extract(epoch from until - now()), 0)::float8 as left_seconds
            from login_turn where account = ?
            """;
    private static final String REFUSED = """
            insert into login_turn (account, owner, until, refused) values (?, ?, now() + make_interval(secs => ?), true)
            on conflict (account) do update set owner = excluded.owner, until = excluded.until, refused = true
            """;

    private final JdbcTemplate jdbc;
    private final Proofs proofs;
    private final String owner;

    JdbcLoginTurns(JdbcTemplate jdbc, Proofs proofs, String owner) {
        this.jdbc = jdbc;
        this.proofs = proofs;
        this.owner = owner;
    }

    @Override
    public String account(String settings, String username, String password) {
        return proofs.keyed(settings + "\n" + username + "\n" + password);
    }

    /** Without the ledger nobody tries: it could not tell the others of a refusal. */
    @Override
    public Turn take(String account) {
        try {
            if (jdbc.update(TAKE, account, owner, TURN_SECONDS) == 1) {
                return Turn.OURS;
            }
            return jdbc
                    .query(
                            LEFT,
                            (row, number) -> new Turn(
                                    row.getBoolean("refused") ? Whose.REFUSED : Whose.TAKEN,
                                    Duration.ofMillis((long) (row.getDouble("left_seconds") * 1000))),
                            account)
                    .stream()
                    .findFirst()
                    .orElse(new Turn(Whose.TAKEN, Duration.ZERO));
        } catch (DataAccessException e) {
            return new Turn(Whose.TAKEN, LATER);
        }
    }

    @Override
    public void granted(String account) {
        write("delete from login_turn where account = ? and owner = ?", account, owner);
    }

    @Override
    public void unanswered(String account) {
        write("update login_turn set until = now() where account = ? and owner = ?", account, owner);
    }

    @Override
    public void refused(String account, Duration pause) {
        write(REFUSED, account, owner, pause.toMillis() / 1000.0);
    }

    private void write(String sql, Object... values) {
        try {
            jdbc.update(sql, values);
        } catch (DataAccessException e) {
            log.debug("what came of a login is not written down; its turn runs out");
        }
    }
}
