package io.claimloop.ledger;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

class JdbcPlaces implements Places {
    /** Who asks for a place of the same period waits for the other's commit, so that the count is the true one. */
    private static final String ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended(?, 0))";

    /** Thousands: counted as they are taken, and looked for one by one, for a join may read them all. */
    private static final String OF_DAY = """
            insert into place (kind, period, chw, loop_uuid)
            select 'DAY', ?, '', l.uuid from unnest(?::uuid[]) with ordinality as l(uuid, place)
            where (select p.loop_uuid from place p
              where p.kind = 'DAY' and p.period = ? and p.chw = '' and p.loop_uuid = l.uuid) is null
            order by l.place
            limit greatest(0, ? - coalesce((select taken from day_count where period = ?), 0))
            """;

    private static final String HAVE_DAY = "select loop_uuid from place"
            + " where kind = 'DAY' and period = ? and chw = '' and loop_uuid = any(?::uuid[])";

    private static final String OF_WEEK = """
            insert into place (kind, period, chw, loop_uuid)
            select 'WEEK', ?, ?, ?
            where (select count(*) from place where kind = 'WEEK' and period = ? and chw = ?) < ?
            on conflict do nothing
            """;

    private static final String HAS_WEEK =
            "select exists (select 1 from place where kind = 'WEEK' and period = ? and chw = ? and loop_uuid = ?)";

    private final JdbcTemplate jdbc;

    JdbcPlaces(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    @Transactional
    public Set<UUID> ofDay(LocalDate day, List<UUID> loops, int most) {
        oneAtATime("DAY", day, "");
        String[] uuids = Columns.column(loops, loop -> loop);
        jdbc.update(OF_DAY, day, uuids, day, most, day);
        return Set.copyOf(jdbc.queryForList(HAVE_DAY, UUID.class, day, uuids));
    }

    @Override
    @Transactional
    public boolean ofWeek(String chw, LocalDate week, UUID loop, int most) {
        oneAtATime("WEEK", week, chw);
        return jdbc.update(OF_WEEK, week, chw, loop, week, chw, most) == 1
                || Boolean.TRUE.equals(jdbc.queryForObject(HAS_WEEK, Boolean.class, week, chw, loop));
    }

    private void oneAtATime(String kind, LocalDate period, String chw) {
        jdbc.query(ONE_AT_A_TIME, row -> {}, String.join("|", "place", kind, period.toString(), chw));
    }
}
