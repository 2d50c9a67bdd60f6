package io.claimloop.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

class JdbcMonthRuns implements MonthRuns {
    private static final String ORDER = """
            insert into month_run (year, month, location, ordered_by, mutation) values (?, ?, ?, ?, ?)
            on conflict (year, month, location) where state = 'ORDERED' do nothing returning *
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
    public Optional<MonthRun> order(YearMonth month, String location, String by) {
        Object[] row = {month.getYear(), month.getMonthValue(), location, by, UUID.randomUUID()};
        return jdbc.query(ORDER, JdbcMonthRuns::run, row).stream().findFirst();
    }

    @Override
    public List<MonthRun> open() {
        return jdbc.query("select * from month_run where state = 'ORDERED' order by id", JdbcMonthRuns::run);
    }

    @Override
    public MonthRun decide(MonthRun run, Standing standing, String detail) {
        jdbc.update(
                "update month_run set state = ?, detail = ?, decided_at = now() where id = ? and state = 'ORDERED'",
                standing.name(),
                detail,
                run.id());
        return jdbc.queryForObject("select * from month_run where id = ?", JdbcMonthRuns::run, run.id());
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
