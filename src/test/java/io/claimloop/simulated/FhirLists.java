package io.claimloop.simulated;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Bundles: page-offset is a page number, links are percent-encoded as a whole, an empty Bundle has no entry, and the
 * total is cached for an hour by the query's literals, which hides rows behind it (recordings 234, 430-437, 613-615).
 */
final class FhirLists {
    private static final int DEFAULT_PAGE = 10;
    private static final Duration CACHED = Duration.ofHours(1);
    private static final DateTimeFormatter EXACTLY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

    private final Map<String, Total> totals = new ConcurrentHashMap<>();

    private record Total(int value, Instant until) {}

    void forgetTotals() {
        totals.clear();
    }

    <T> Reply page(
            Call call, String resource, List<T> rows, Function<T, ObjectNode> view, Function<T, String> fullUrlId) {
        var parameters = call.parameters();
        int size = number(parameters.get("_count"), DEFAULT_PAGE);
        if (size <= 0) size = DEFAULT_PAGE;
        int page = number(parameters.get("page-offset"), parameters.containsKey("page-offset") ? 0 : 1);
        int total = total(resource, parameters, rows.size());
        int pages = Math.max(1, (total + size - 1) / size);
        if (page < 1 || page > pages) return Reply.refused(404, "Invalid page.");

        var bundle = JsonNodeFactory.instance
                .objectNode()
                .put("resourceType", "Bundle")
                .put("type", "searchset");
        bundle.put("total", total);
        var url = call.base() + call.path();
        var links = bundle.putArray("link");
        links.addObject().put("relation", "self").put("url", encoded(url, call.query()));
        if (page < pages) {
            links.addObject().put("relation", "next").put("url", encoded(url, turned(parameters, page + 1)));
        }
        if (page > 1) {
            links.addObject().put("relation", "previous").put("url", encoded(url, turned(parameters, page - 1)));
        }
        int from = Math.min((page - 1) * size, rows.size());
        int to = Math.min(Math.min(page * size, total), rows.size());
        if (from < to) {
            var entries = bundle.putArray("entry");
            for (var row : rows.subList(from, to)) {
                var entry = entries.addObject();
                var id = fullUrlId.apply(row);
                if (id != null) entry.put("fullUrl", call.base() + "/api/api_fhir_r4/" + resource + "/" + id);
                entry.set("resource", view.apply(row));
            }
        }
        return Reply.json(200, bundle);
    }

    private int total(String resource, Map<String, String> parameters, int rows) {
        var literals = new TreeMap<>(parameters);
        literals.remove("_count");
        literals.remove("page-offset");
        var now = Instant.now();
        return totals.compute(
                        resource + literals,
                        (key, known) ->
                                known != null && now.isBefore(known.until) ? known : new Total(rows, now.plus(CACHED)))
                .value();
    }

    /** Exactly YYYY-MM-DDTHH:MM:SS behind the prefix, or 500 (recordings 435, 436). */
    static boolean updated(String wanted, LocalDateTime stamp) {
        if (wanted == null) return true;
        boolean prefixed = wanted.length() > 2 && Character.isLetter(wanted.charAt(0));
        var prefix = prefixed ? wanted.substring(0, 2) : "eq";
        LocalDateTime limit;
        try {
            limit = LocalDateTime.parse(prefixed ? wanted.substring(2) : wanted, EXACTLY);
        } catch (DateTimeParseException e) {
            throw Refusal.failed("_lastUpdated value is not a valid datetime");
        }
        return switch (prefix) {
            case "gt", "sa" -> stamp.isAfter(limit);
            case "ge" -> !stamp.isBefore(limit);
            case "lt", "eb" -> stamp.isBefore(limit);
            case "le" -> !stamp.isAfter(limit);
            case "ne" -> !stamp.equals(limit);
            default -> stamp.equals(limit);
        };
    }

    private static int number(String text, int otherwise) {
        return text != null && text.matches("\\d{1,9}") ? Integer.parseInt(text) : otherwise;
    }

    /** Sorted by name; page 1 goes without its number (recordings 431, 434, 440). */
    private static String turned(Map<String, String> parameters, int page) {
        var turned = new TreeMap<>(parameters);
        if (page == 1) turned.remove("page-offset");
        else turned.put("page-offset", String.valueOf(page));
        var query = new StringBuilder();
        turned.forEach((name, value) -> query.append(query.isEmpty() ? "" : "&")
                .append(encode(name))
                .append('=')
                .append(encode(value)));
        return query.toString();
    }

    private static String encoded(String url, String query) {
        return encode(query.isEmpty() ? url : url + "?" + query);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
