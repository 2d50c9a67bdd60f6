package io.claimloop.partner;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A call to a partner.
 *
 * @param path below the partner's base address, beginning with a slash; trailing slashes matter
 * @param query percent-encoded, without question mark, or null
 * @param body JSON, or null
 * @param documents how many documents of CHT it writes: so many its sentinel has to handle then
 */
public record PartnerRequest(String method, String path, String query, String body, int documents) {
    public PartnerRequest {
        if (!path.startsWith("/")) {
            // it would become part of the host's name, or an address of its own
            throw new IllegalArgumentException("a path begins with a slash");
        }
    }

    public PartnerRequest(String method, String path, String query, String body) {
        this(method, path, query, body, 0);
    }

    public static PartnerRequest get(String path, String query) {
        return new PartnerRequest("GET", path, query, null);
    }

    public static PartnerRequest put(String path, String body) {
        return new PartnerRequest("PUT", path, null, body, 1);
    }

    public static PartnerRequest post(String path, String body) {
        return new PartnerRequest("POST", path, null, body);
    }

    /** Writes several documents of CHT in one request. */
    public static PartnerRequest bulk(String path, String body, int documents) {
        return new PartnerRequest("POST", path, null, body, documents);
    }

    /** One path segment or one query value, percent-encoded: a blank is %20, never a plus. */
    public static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Paths and queries hold insurance numbers: they are not printed. */
    @Override
    public String toString() {
        return "PartnerRequest[" + method + "]";
    }
}
