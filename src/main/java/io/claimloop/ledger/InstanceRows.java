package io.claimloop.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** The rows of the instances and of their leader. All times are the database's. */
class InstanceRows {
    /** Messages between instances: who tells, then {@code beat}, or the steps that have work. */
    static final String CHANNEL = "claimloop";

    static final String BEAT = "beat";

    /** One statement, so that one who is stopped in the middle of it holds no lock. */
    private static final String TELL_OF_ME = """
            with me as (
              insert into instance (name, version) values (?, ?) on conflict (name) do update set beat_at = now()),
            led as (
              update leader set until = now() + make_interval(secs => ?),
                token = token + case when owner = ? then 0 else 1 end,
                since = case when owner = ? then since else now() end,
                owner = ?
              where owner is null or owner = ? or until < now() returning token)
            select
              1 + (select count(*) from instance where name <> ? and beat_at > now() - make_interval(secs => ?)) as live,
              exists (select 1 from led) as leads,
              (select extract(epoch from until - now())::float8 from leader) as others_lease
            """;

    private static final String LEAVE = """
            with gone as (delete from instance where name = ?),
            freed as (update leader set owner = null, until = now() where owner = ?)
            select pg_notify(?, ?)
            """;

    private static final String LIST = """
            select i.name, i.version, i.started_at, i.beat_at, i.beat_at > now() - make_interval(secs => ?) as alive,
              exists (select 1 from leader where owner = i.name and until > now()) as leads
            from instance i order by i.started_at, i.name
            """;
    private static final String LONG_GONE = "delete from instance where beat_at < now() - interval '1 day'";

    /**
     * @param leads the lease is ours, from now on
     * @param othersLease how long another's lease still lasts, where it is not
     */
    record Standing(int live, boolean leads, Duration othersLease) {}

    private final String me;
    private final String version;
    private final double lease;

    InstanceRows(String me, String version, Duration lease) {
        this.me = me;
        this.version = version;
        this.lease = lease.toMillis() / 1000.0;
    }

    Standing beat(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TELL_OF_ME)) {
            Object[] values = {me, version, lease, me, me, me, me, me, lease};
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Standing(row.getInt("live"), row.getBoolean("leads"), Duration.ofMillis((long)
                        (row.getDouble("others_lease") * 1000)));
            }
        }
    }

    void forgetLongGone(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LONG_GONE)) {
            statement.executeUpdate();
        }
    }

    void listen(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("listen " + CHANNEL);
        }
    }

    void tell(Connection connection, String what) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_notify(?, ?)")) {
            statement.setString(1, CHANNEL);
            statement.setString(2, message(what));
            statement.execute();
        }
    }

    void tell(JdbcTemplate jdbc, String what) {
        jdbc.query("select pg_notify(?, ?)", row -> {}, CHANNEL, message(what));
    }

    /** The others are told, so that one of them leads at once. */
    void leave(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LEAVE)) {
            statement.setString(1, me);
            statement.setString(2, me);
            statement.setString(3, CHANNEL);
            statement.setString(4, message(BEAT));
            statement.execute();
        }
    }

    List<Instances.Member> list(JdbcTemplate jdbc) {
        return jdbc.query(
                LIST,
                (row, number) -> new Instances.Member(
                        row.getString("name"),
                        row.getString("version"),
                        Rows.instant(row, "started_at"),
                        Rows.instant(row, "beat_at"),
                        row.getBoolean("alive"),
                        row.getBoolean("leads")),
                lease);
    }

    /** What another one told; null for what we told ourselves. */
    String from(String message) {
        int space = message.indexOf(' ');
        return space < 0 || message.substring(0, space).equals(me) ? null : message.substring(space + 1);
    }

    private String message(String what) {
        return me + " " + what;
    }
}
