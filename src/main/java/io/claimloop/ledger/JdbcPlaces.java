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
            where (select count(*) from place where kind = ? and period = ? and chw = ?) < ?
            on conflict do nothing
            """;
    private static final String HAS =
            "select exists (select 1 from place where kind = ? and period = ? and chw = ? and loop_uuid = ?)";

    private final JdbcTemplate jdbc;

    JdbcPlaces(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    @Transactional
    public boolean ofDay(LocalDate day, UUID loop, int most) {
        return take("DAY", day, "", loop, most);
    }

    @Override
    @Transactional
    public boolean ofWeek(String chw, LocalDate week, UUID loop, int most) {
        return take("WEEK", week, chw, loop, most);
    }

    private boolean take(String kind, LocalDate period, String chw, UUID loop, int most) {
        jdbc.query(ONE_AT_A_TIME, row -> {}, String.join("|", "place", kind, period.toString(), chw));
        return jdbc.update(TAKE, kind, period, chw, loop, kind, period, chw, most) == 1
                || Boolean.TRUE.equals(jdbc.queryForObject(HAS, Boolean.class, kind, period, chw, loop));
    }
}
