package io.claimloop.simulated;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Relay pages: at most 100, all rows without {@code first}, cursors that count (recordings 912-916). */
final class Connections {
    private static final int LIMIT = 100;

    private Connections() {}

    static <T> Map<String, Object> page(
            String name, List<T> rows, Map<String, Object> arguments, Function<T, Map<String, Object>> view) {
        var first = (Integer) arguments.get("first");
        var last = (Integer) arguments.get("last");
        refuseOverLimit(name, "first", first);
        refuseOverLimit(name, "last", last);
        int from = offset(arguments.get("after"), -1) + 1;
        int to = Math.min(rows.size(), offset(arguments.get("before"), rows.size()));
        boolean next = first != null && from + first < to;
        if (first != null) to = Math.min(to, from + first);
        boolean previous = last != null && to - last > from;
        if (last != null) from = Math.max(from, to - last);
        var edges = new ArrayList<Map<String, Object>>();
        for (int i = from; i < to; i++) {
            edges.add(Map.of("cursor", cursor(i), "node", view.apply(rows.get(i))));
        }
        var info = new LinkedHashMap<String, Object>();
        info.put("hasNextPage", next);
        info.put("hasPreviousPage", previous);
        info.put("startCursor", edges.isEmpty() ? null : cursor(from));
        info.put("endCursor", edges.isEmpty() ? null : cursor(to - 1));
        return Map.of("pageInfo", info, "edges", edges, "totalCount", rows.size(), "edgeCount", edges.size());
    }

    private static void refuseOverLimit(String name, String side, Integer wanted) {
        if (wanted == null || wanted <= LIMIT) return;
        throw new GraphQlApi.Told("Requesting " + wanted + " records on the `" + name + "` connection exceeds the `"
                + side + "` limit of " + LIMIT + " records.");
    }

    private static String cursor(int index) {
        return Base64.getEncoder().encodeToString(("arrayconnection:" + index).getBytes(StandardCharsets.UTF_8));
    }

    private static int offset(Object cursor, int otherwise) {
        if (cursor == null) return otherwise;
        try {
            var text = new String(Base64.getDecoder().decode(cursor.toString()), StandardCharsets.UTF_8);
            return Integer.parseInt(text.substring(text.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return otherwise;
        }
    }
}
