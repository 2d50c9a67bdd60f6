package io.claimloop.ledger;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;

/** Who asks about a visit, whatever number of claims it was split into. */
final class Visits {
    /** In the order of the keys, so that no two batches wait for each other. */
    private static final String RESERVE = """
            insert into visit (visit_key, loop_uuid)
            select distinct on (visit_key) visit_key, loop_uuid
            from unnest(?::uuid[], ?::text[]) with ordinality as v(loop_uuid, visit_key, place)
            order by visit_key, place
            on conflict (visit_key) do update set loop_uuid = visit.loop_uuid
            returning visit_key, loop_uuid
            """;

    private Visits() {}

    /** @return who asks already, by the loop that may not */
    static Map<UUID, UUID> reserve(JdbcTemplate jdbc, Map<UUID, String> visits) {
        Map<String, UUID> asking = new HashMap<>();
        RowCallbackHandler holder =
                row -> asking.put(row.getString("visit_key"), row.getObject("loop_uuid", UUID.class));
        jdbc.query(RESERVE, holder, Columns.of(List.copyOf(visits.entrySet()), Map.Entry::getKey, Map.Entry::getValue));
        Map<UUID, UUID> others = new HashMap<>();
        visits.forEach((loop, visit) -> {
            if (!loop.equals(asking.get(visit))) {
                others.put(loop, asking.get(visit));
            }
        });
        return others;
    }
}
