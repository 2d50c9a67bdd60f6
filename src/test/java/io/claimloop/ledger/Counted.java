package io.claimloop.ledger;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Counts what is asked of the database: a batch of statements counts as many as it has, however it travels. */
final class Counted extends DelegatingDataSource {
    final AtomicLong statements = new AtomicLong();
    final AtomicLong commits = new AtomicLong();

    Counted(DataSource pool) {
        super(pool);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return watched(Connection.class, super.getConnection());
    }

    private <T> T watched(Class<T> type, T target) {
        return type.cast(
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, values) -> {
                    String name = method.getName();
                    if (name.equals("commit")) {
                        commits.incrementAndGet();
                    } else if (name.equals("addBatch") || name.startsWith("execute") && !name.endsWith("Batch")) {
                        statements.incrementAndGet();
                    }
                    try {
                        Object result = method.invoke(target, values);
                        return result instanceof PreparedStatement statement
                                ? watched(PreparedStatement.class, statement)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
