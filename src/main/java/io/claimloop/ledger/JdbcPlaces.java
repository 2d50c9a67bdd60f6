package io.claimloop.ledger;

import java.time.LocalDate;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

class JdbcPlaces implements Places {
    /** Who asks for a place of the same period waits for the other's commit, so that the count is the true one. */
    private static final String ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended(?, 0))";

    private static final String TAKE = """
            insert into place (kind, period, chw, loop_uuid)
            select ?, ?, ?, ?
            where coalesce((%s), 0) < ?
            on conflict do nothing
            """;
    /** Thousands: counted as they are taken. */
    private static final String OF_DAY = TAKE.formatted("select taken from day_count where period = ?");

    private static final String OF_WEEK =
            TAKE.formatted("select count(*) from place where kind = 'WEEK' and period = ? and chw = ?");

    private static final String HAS =
            "select exists (select 1 from place where kind = ? and period = ? and chw = ? and loop_uuid = ?)";

    private final JdbcTemplate jdbc;

    JdbcPlaces(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    @Transactional
    public boolean ofDay(LocalDate day, UUID loop, int most) {
        oneAtATime("DAY", day, "");
        return jdbc.update(OF_DAY, "DAY", day, "", loop, day, most) == 1 || has("DAY", day, "", loop);
    }

    @Override
    @Transactional
    public boolean ofWeek(String chw, LocalDate week, UUID loop, int most) {
        oneAtATime("WEEK", week, chw);
        return jdbc.update(OF_WEEK, "WEEK", week, chw, loop, week, chw, most) == 1 || has("WEEK", week, chw, loop);
    }

    private void oneAtATime(String kind, LocalDate period, String chw) {
        jdbc.query(ONE_AT_A_TIME, row -> {}, String.join("|", "place", kind, period.toString(), chw));
    }

    private boolean has(String kind, LocalDate period, String chw, UUID loop) {
        return Boolean.TRUE.equals(jdbc.queryForObject(HAS, Boolean.class, kind, period, chw, loop));
    }
}
