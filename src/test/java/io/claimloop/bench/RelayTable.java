package io.claimloop.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The relay's one table, by one connection. Each call is a transaction, and on disk when it returns. */
final class RelayTable {
    private static final String MAKE = """
            create table if not exists notice (
              claim uuid primary key, body bytea not null, place bigint generated always as identity,
              leased_until timestamptz, done_at timestamptz);
            create index if not exists notice_due on notice (place) where done_at is null
            """;
    private static final String INSERT = "insert into notice (claim, body) values (?, ?) on conflict do nothing";
    private static final String LEASE = """
            update notice set leased_until = now() + interval '60 seconds'
            where claim in (
              select claim from notice
              where done_at is null and (leased_until is null or leased_until < now())
              order by place limit 60 for update skip locked)
            returning claim
            """;
    private static final String DONE = "update notice set done_at = now() where claim = any (?)";

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement lease;
    private final PreparedStatement done;

    RelayTable(String database) throws SQLException {
        connection = DriverManager.getConnection(database + "?reWriteBatchedInserts=true", "postgres", "");
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(1)");
            statement.execute(MAKE);
        }
        connection.commit();
        insert = connection.prepareStatement(INSERT);
        lease = connection.prepareStatement(LEASE);
        done = connection.prepareStatement(DONE);
    }

    void insert(List<UUID> claims, List<byte[]> bodies) throws SQLException {
        for (int i = 0; i < claims.size(); i++) {
            insert.setObject(1, claims.get(i));
            insert.setBytes(2, bodies.get(i));
            insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
    }

    List<UUID> lease() throws SQLException {
        List<UUID> claims = new ArrayList<>();
        try (ResultSet rows = lease.executeQuery()) {
            while (rows.next()) {
                claims.add(rows.getObject(1, UUID.class));
            }
        }
        connection.commit();
        return claims;
    }

    void done(List<UUID> claims) throws SQLException {
        done.setArray(1, connection.createArrayOf("uuid", claims.toArray()));
        done.executeUpdate();
        connection.commit();
    }
}
