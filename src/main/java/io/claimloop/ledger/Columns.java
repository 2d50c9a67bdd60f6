package io.claimloop.ledger;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Rows as columns, which {@code unnest} takes: a statement is the same for sixty rows as for one, and costs one round trip.
 * All values travel as text; the statement names the types.
 */
final class Columns {
    private Columns() {}

    @SafeVarargs
    static <T> Object[] of(List<T> rows, Function<T, Object>... columns) {
        return Arrays.stream(columns).map(column -> column(rows, column)).toArray();
    }

    static <T> String[] column(List<T> rows, Function<T, Object> value) {
        return rows.stream().map(value).map(Columns::text).toArray(String[]::new);
    }

    static Object[] and(Object[] columns, Object... more) {
        return Stream.concat(Arrays.stream(columns), Arrays.stream(more)).toArray();
    }

    private static String text(Object value) {
        if (value instanceof Enum<?> name) {
            return name.name();
        }
        return value == null ? null : value.toString();
    }
}
