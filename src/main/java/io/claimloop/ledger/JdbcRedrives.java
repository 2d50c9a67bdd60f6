package io.claimloop.ledger;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** Each loop is a transaction of its own: one that cannot be retried holds up no other. */
class JdbcRedrives implements Redrives {
    private static final Logger log = LoggerFactory.getLogger(JdbcRedrives.class);
    /** In one order; so that its answer does not take for ever. */
    static final int MOST = 5000;

    private static final String HELD = """
            from loop where state = ? and (?::text is null or reason = ?) and (?::text is null or code = ?)
              and (?::timestamptz is null or changed_at >= ?)
            """;

    private static final String UNCLAIMED = """
            from submission s join message m on m.id = s.message_id
            where s.state = 'PARKED' and m.body is not null and (?::bigint is null or s.id = ?)
              and (?::text is null or s.reason = ?) and (?::timestamptz is null or s.received_at >= ?)
              and not exists (select 1 from loop l where l.uuid = s.loop_uuid)
            """;

    /** One that waits already is not put off. */
    private static final String TAKE_UP =
            "with picked as (select s.id, s.loop_uuid, row_number() over (order by s.id) n "
                    + UNCLAIMED
                    + " and not exists (select 1 from work w where w.submission_id = s.id) order by s.id limit " + MOST
                    + """
            )
            insert into work (step, loop_uuid, submission_id, due_at)
            select 'SUBMISSION', loop_uuid, id, now() + (n - 1) * make_interval(secs => ?) from picked
            on conflict (submission_id) where submission_id is not null do nothing
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

    @Override
    public long count(Unclaimed filter) {
        return jdbc.queryForObject("select count(*) " + UNCLAIMED, Long.class, parameters(filter));
    }

    @Override
    public Redriven redrive(Unclaimed filter, String by, int perMinute) {
        long held = count(filter);
        Duration each = Duration.ofMinutes(1).dividedBy(perMinute);
        List<Object> parameters = new ArrayList<>(Arrays.asList(parameters(filter)));
        parameters.add(each.toMillis() / 1000.0);
        int done = jdbc.update(TAKE_UP, parameters.toArray());
        if (done > 0) {
            // they have no history in which it could stand
            log.info("{} parked submissions of no loop were redriven by {}", done, by);
        }
        return new Redriven(done, Math.max(0, held - MOST), each.multipliedBy(Math.max(0, done - 1)));
    }

    private static Object[] parameters(Unclaimed filter) {
        String reason = Moves.name(filter.reason());
        Timestamp since = filter.since() == null ? null : Timestamp.from(filter.since());
        return new Object[] {filter.id(), filter.id(), reason, reason, since, since};
    }

    private static Object[] parameters(Filter filter) {
        String reason = Moves.name(filter.reason());
        Timestamp since = filter.since() == null ? null : Timestamp.from(filter.since());
        return new Object[] {filter.state().name(), reason, reason, filter.code(), filter.code(), since, since};
    }
}
