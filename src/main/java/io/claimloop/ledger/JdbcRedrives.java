package io.claimloop.ledger;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** Each loop is a transaction of its own: one that cannot be retried holds up no other. */
class JdbcRedrives implements Redrives {
    /** In one order; so that its answer does not take for ever. */
    static final int MOST = 5000;

    private static final String HELD = """
            from loop where state = ? and (?::text is null or reason = ?) and (?::text is null or code = ?)
              and (?::timestamptz is null or changed_at >= ?)
            """;

    private final JdbcTemplate jdbc;
    private final Loops loops;

    JdbcRedrives(JdbcTemplate jdbc, Loops loops) {
        this.jdbc = jdbc;
        this.loops = loops;
    }

    @Override
    public long count(Filter filter) {
        return jdbc.queryForObject("select count(*) " + HELD, Long.class, parameters(filter));
    }

    @Override
    public Redriven redrive(Filter filter, String by, int perMinute) {
        long held = count(filter);
        List<UUID> uuids = jdbc.queryForList(
                "select uuid " + HELD + " order by changed_at, uuid limit " + MOST, UUID.class, parameters(filter));
        Duration each = Duration.ofMinutes(1).dividedBy(perMinute);
        int done = 0;
        for (UUID uuid : uuids) {
            if (loops.retry(uuid, "redriven by " + by, each.multipliedBy(done))) {
                done++;
            }
        }
        return new Redriven(done, Math.max(0, held - uuids.size()), each.multipliedBy(Math.max(0, done - 1)));
    }

    private static Object[] parameters(Filter filter) {
        String reason = Moves.name(filter.reason());
        Timestamp since = filter.since() == null ? null : Timestamp.from(filter.since());
        return new Object[] {filter.state().name(), reason, reason, filter.code(), filter.code(), since, since};
    }
}
