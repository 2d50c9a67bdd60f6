package io.claimloop.ledger;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

class JdbcFigures implements Figures {
    /** Slower than this, the figure is left out; nothing waits for it. */
    private static final int PATIENCE_SECONDS = 5;

    private static final String DUE = """
            select s.step,
              (select count(*) from (select from work w where w.step = s.step and w.due_at <= now() limit ?) counted) as due,
              (select extract(epoch from now() - min(w.due_at)) from work w where w.step = s.step) as oldest
            from unnest(?::text[]) as s(step)
            """;
    private static final String LOOPS = """
            select s.state as name,
              (select count(*) from (select from loop l where l.state = s.state limit ?) counted) as number
            from unnest(?::text[]) as s(state)
            """;
    private static final String PARKED = """
            select reason as name, count(*) as number
            from (select reason from loop where state = 'PARKED' limit ?) parked where reason is not null group by reason
            """;
    /** The condition on TAKEN is the partial index's own. */
    private static final String SUBMISSIONS = """
            select s.state as name, (select count(*) from (
              select from submission u where u.state = s.state and u.state <> 'TAKEN' limit ?) counted) as number
            from unnest(?::text[]) as s(state)
            """;
    /** Snapshots of another database's sessions hold up nothing here; a slot or a prepared transaction does, sessions or not. */
    private static final String DATABASE = """
            select pg_database_size(current_database()) as bytes,
              coalesce((select extract(epoch from clock_timestamp() - min(xact_start)) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'), 0) as oldest,
              coalesce((select max(age(xmin)) from (
                select backend_xmin as xmin from pg_stat_activity
                  where pid <> pg_backend_pid() and (datname = current_database() or datname is null)
                    and backend_type <> 'autovacuum worker'
                union all select xmin from pg_replication_slots
                union all select transaction from pg_prepared_xacts where database = current_database()) holders), 0) as snapshot
            """;

    private static final Set<State> OPEN =
            EnumSet.complementOf(EnumSet.of(State.VALUED, State.WITHDRAWN, State.NOT_SELECTED));
    private static final Set<SubmissionState> UNSETTLED =
            EnumSet.of(SubmissionState.RECEIVED, SubmissionState.CORRECTION, SubmissionState.PARKED);

    private final JdbcTemplate jdbc;

    JdbcFigures(DataSource database) {
        this.jdbc = new JdbcTemplate(database);
        this.jdbc.setQueryTimeout(PATIENCE_SECONDS);
    }

    @Override
    public Map<Step, Waiting> due() {
        Map<Step, Waiting> due = new EnumMap<>(Step.class);
        jdbc.query(
                DUE,
                row -> {
                    // minus where the oldest is due in the future
                    double oldest = Math.max(0, row.getDouble("oldest"));
                    due.put(
                            Step.valueOf(row.getString("step")),
                            new Waiting(row.getLong("due"), Duration.ofMillis((long) (oldest * 1000))));
                },
                MOST,
                names(EnumSet.allOf(Step.class)));
        return due;
    }

    @Override
    public Standing standing() {
        return new Standing(
                count(State.class, LOOPS, MOST, names(OPEN)),
                count(Reason.class, PARKED, MOST),
                count(SubmissionState.class, SUBMISSIONS, MOST, names(UNSETTLED)));
    }

    @Override
    public Database database() {
        return jdbc.queryForObject(
                DATABASE,
                (row, number) -> new Database(
                        row.getLong("bytes"),
                        Duration.ofMillis((long) (row.getDouble("oldest") * 1000)),
                        row.getLong("snapshot")));
    }

    private <E extends Enum<E>> Map<E, Long> count(Class<E> type, String sql, Object... values) {
        Map<E, Long> counts = new EnumMap<>(type);
        jdbc.query(
                sql,
                row -> {
                    counts.put(Enum.valueOf(type, row.getString("name")), row.getLong("number"));
                },
                values);
        return counts;
    }

    private static String[] names(Set<? extends Enum<?>> values) {
        return values.stream().map(Enum::name).toArray(String[]::new);
    }
}
