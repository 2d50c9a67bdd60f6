package io.claimloop.ledger;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;

/** Connections beside the pool, to the same database. */
final class OwnLine {
    private OwnLine() {}

    interface Source {
        Connection open() throws SQLException;
    }

    static Source beside(DataSource dataSource) {
        return () -> {
            if (!dataSource.isWrapperFor(HikariDataSource.class)) {
                return dataSource.getConnection();
            }
            HikariDataSource pool = dataSource.unwrap(HikariDataSource.class);
            Properties properties = new Properties();
            pool.getDataSourceProperties().forEach((name, value) -> properties.put(name, String.valueOf(value)));
            properties.put("loginTimeout", "5");
            properties.put("ApplicationName", "claimloop heartbeat");
            if (pool.getUsername() != null) {
                properties.put("user", pool.getUsername());
            }
            if (pool.getPassword() != null) {
                properties.put("password", pool.getPassword());
            }
            return DriverManager.getConnection(pool.getJdbcUrl(), properties);
        };
    }

    static void close(Connection line) {
        try {
            if (line != null) {
                line.close();
            }
        } catch (SQLException e) {
            // broken already
        }
    }
}
