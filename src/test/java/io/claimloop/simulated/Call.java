package io.claimloop.simulated;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request, taken apart. {@code base} is scheme and host as the caller wrote them, for links. */
record Call(String method, String path, String query, String base, String authorization, String body) {
    static Call of(String method, String pathAndQuery, String host, String authorization, String body) {
        int mark = pathAndQuery.indexOf('?');
        var path = mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark);
        var query = mark < 0 ? "" : pathAndQuery.substring(mark + 1);
        return new Call(
                method, URLDecoder.decode(path, StandardCharsets.UTF_8), query, "http://" + host, authorization, body);
    }

    Map<String, String> parameters() {
        var parameters = new LinkedHashMap<String, String>();
        for (var pair : query.split("&")) {
            if (pair.isEmpty()) continue;
            var parts = pair.split("=", 2);
            parameters.put(decode(parts[0]), parts.length > 1 ? decode(parts[1]) : "");
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
