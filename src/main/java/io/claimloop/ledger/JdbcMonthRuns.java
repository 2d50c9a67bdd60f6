package io.claimloop.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

class JdbcMonthRuns implements MonthRuns {
    /** Two at once: the second meets the order of the first. */
    private static final String ORDER = """
            insert into month_run (year, month, location, ordered_by, mutation) values (?, ?, ?, ?, ?)
            on conflict (year, month, location) where state = 'ORDERED' do update set location = excluded.location
            returning *
            """;

    private final JdbcTemplate jdbc;

    JdbcMonthRuns(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Optional<MonthRun> open(YearMonth month, String location) {
        return jdbc
                .query(
                        "select * from month_run where year = ? and month = ? and location = ? and state = 'ORDERED'",
                        JdbcMonthRuns::run,
                        month.getYear(),
                        month.getMonthValue(),
                        location)
                .stream()
                .findFirst();
    }

    @Override
    public MonthRun order(YearMonth month, String location, String by) {
        return jdbc.queryForObject(
                ORDER, JdbcMonthRuns::run, month.getYear(), month.getMonthValue(), location, by, UUID.randomUUID());
    }

    @Override
    public MonthRun decide(MonthRun run, Standing standing, String detail) {
        return jdbc.queryForObject(
                "update month_run set state = ?, detail = ?, decided_at = now() where id = ? returning *",
                JdbcMonthRuns::run,
                standing.name(),
                detail,
                run.id());
    }

    @Override
    public List<MonthRun> list(int limit) {
        return jdbc.query("select * from month_run order by id desc limit ?", JdbcMonthRuns::run, limit);
    }

    private static MonthRun run(ResultSet row, int number) throws SQLException {
        return new MonthRun(
                row.getLong("id"),
                YearMonth.of(row.getInt("year"), row.getInt("month")),
                row.getString("location"),
                row.getString("ordered_by"),
                Rows.instant(row, "ordered_at"),
                row.getObject("mutation", UUID.class),
                Standing.valueOf(row.getString("state")),
                row.getString("detail"),
                Rows.instant(row, "decided_at"));
    }
}
