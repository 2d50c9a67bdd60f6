package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.http.Request;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** One request in CHT's eyes. */
record ChtExchange(
        String method,
        String url,
        String path,
        Map<String, List<String>> query,
        byte[] body,
        Function<String, String> headers) {

    static ChtExchange of(Request request) {
        return of(request.getMethod().getName(), request.getUrl(), request.getBody(), request::getHeader);
    }

    /** {@code headers} gives a header's value, whatever the letter case of its name, or null. */
    static ChtExchange of(String method, String url, byte[] body, Function<String, String> headers) {
        int mark = url.indexOf('?');
        String path = mark < 0 ? url : url.substring(0, mark);
        Map<String, List<String>> query = new LinkedHashMap<>();
        if (mark >= 0) {
            for (String pair : url.substring(mark + 1).split("&")) {
                int equal = pair.indexOf('=');
                String key = decode(equal < 0 ? pair : pair.substring(0, equal));
                String value = equal < 0 ? "" : decode(pair.substring(equal + 1));
                query.computeIfAbsent(key, unused -> new ArrayList<>()).add(value);
            }
        }
        return new ChtExchange(method, url, path, query, body == null ? new byte[0] : body, headers);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.apply(name));
    }

    Optional<String> param(String name) {
        return Optional.ofNullable(query.get(name)).map(values -> values.get(0));
    }

    boolean wantsJson() {
        return header("Accept").orElse("").contains("application/json");
    }

    Optional<JsonNode> json() {
        return Json.read(body);
    }

    /** The path after a prefix, percent-decoded: a document id. */
    String idAfter(String prefix) {
        return decode(path.substring(prefix.length()).replace("+", "%2B"));
    }

    String encodedUrl() {
        return URLEncoder.encode(url, StandardCharsets.UTF_8);
    }

    /** A bare plus is a blank (246). */
    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }
}
