package io.claimloop.ledger;

import io.claimloop.ledger.Decisions.Again;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;

/** The rows of leased work, and of their loops, while they are completed: one statement for any number of them. */
class LeasedWork {
    /** In the order in which notices take them, and before any work: so that the two never wait for each other. */
    private static final String HOLD_LOOPS =
            "select uuid from loop where uuid = any(?::uuid[]) order by uuid for no key update";

    private static final String HOLD = """
            select w.id, w.away from work w join unnest(?::bigint[], ?::bigint[]) as h(id, token)
              on w.id = h.id and w.lease_token = h.token
            order by w.id for no key update of w
            """;
    private static final String DUE_AGAIN = """
            update work w set due_at = case when w.again then now() else now() + make_interval(secs => a.pause) end,
              again = false, attempts = greatest(w.attempts + a.attempts, 0), away = a.away, reason = a.reason,
              lease_owner = null, lease_until = null
            from unnest(?::bigint[], ?::float8[], ?::int[], ?::int[], ?::text[]) as a(id, pause, attempts, away, reason)
            where w.id = a.id returning w.id, w.due_at <= now() as now
            """;
    private static final String DELETE = "delete from work where id = any(?::bigint[]) and not again returning id";
    private static final String GOES_ON_AS_CORRECTION = """
            update work set step = 'CORRECT', due_at = now(), attempts = 0, away = 0, again = false, reason = null,
              lease_owner = null, lease_until = null
            where id = any(?::bigint[])
            """;

    private final JdbcTemplate jdbc;

    LeasedWork(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void holdLoops(Collection<UUID> loops) {
        if (!loops.isEmpty()) {
            jdbc.queryForList(HOLD_LOOPS, UUID.class, ids(List.copyOf(loops), loop -> loop));
        }
    }

    /** How often in a row its partner was away, of the work whose lease is still the one it had. */
    Map<Long, Integer> hold(List<Due> leased) {
        Map<Long, Integer> away = new HashMap<>();
        jdbc.query(
                HOLD,
                row -> {
                    away.put(row.getLong("id"), row.getInt("away"));
                },
                Columns.of(leased, Due::id, Due::token));
        return away;
    }

    Map<UUID, Integer> versions(Collection<UUID> loops) {
        Map<UUID, Integer> versions = new HashMap<>();
        if (!loops.isEmpty()) {
            jdbc.query(
                    "select uuid, version from loop where uuid = any(?::uuid[])",
                    row -> {
                        versions.put(row.getObject("uuid", UUID.class), row.getInt("version"));
                    },
                    ids(List.copyOf(loops), loop -> loop));
        }
        return versions;
    }

    /** Returns the steps whose work is due at once: no pause, or told to be done once more while it was leased. */
    Set<Step> again(List<Again> agains) {
        Set<Step> now = EnumSet.noneOf(Step.class);
        if (!agains.isEmpty()) {
            Map<Long, Step> steps = agains.stream()
                    .collect(Collectors.toMap(
                            again -> again.due().id(), again -> again.due().step()));
            jdbc.query(
                    DUE_AGAIN,
                    row -> {
                        if (row.getBoolean("now")) {
                            now.add(steps.get(row.getLong("id")));
                        }
                    },
                    Columns.of(
                            agains,
                            again -> again.due().id(),
                            Again::seconds,
                            Again::attempts,
                            Again::away,
                            Again::reason));
        }
        return now;
    }

    /** Returns those that were told to be done once more while they were leased: they are still there. */
    List<Due> delete(List<Due> done) {
        if (done.isEmpty()) {
            return List.of();
        }
        Set<Long> deleted = new HashSet<>(jdbc.queryForList(DELETE, Long.class, ids(done, Due::id)));
        return done.stream().filter(due -> !deleted.contains(due.id())).toList();
    }

    void goOnAsCorrections(List<Due> submissions) {
        if (!submissions.isEmpty()) {
            jdbc.update(GOES_ON_AS_CORRECTION, ids(submissions, Due::id));
        }
    }

    private static <T> Object[] ids(List<T> rows, Function<T, Object> id) {
        return Columns.of(rows, id);
    }
}
