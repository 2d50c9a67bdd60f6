package io.claimloop.reconciliation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A list of claims in openIMIS, read page by page by GraphQL, which refuses more than 100 at once (recordings 912 to 916). */
final class ClaimList {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BAD_REQUEST = 400;
    /** openIMIS's cursors count (recording 912: {@code arrayconnection:0}). */
    private static final String CURSOR = "arrayconnection:";

    private final String filter;
    private final String order;
    private final Narrowing at = new Narrowing();
    private String after;
    private boolean done;

    /** @param order {@code id}, or {@code -id} for newest first */
    ClaimList(String filter, String order) {
        this.filter = filter;
        this.order = order;
    }

    boolean done() {
        return done;
    }

    /** Claims read so far, those that could not be shown included. */
    int read() {
        return at.position();
    }

    /** The places of claims that openIMIS could not show. */
    List<Integer> bad() {
        return at.bad();
    }

    /** The next page, as a GraphQL request. */
    String query() {
        String from = after == null ? "" : ", after: " + JSON.getNodeFactory().textNode(after);
        return JSON.createObjectNode()
                .put(
                        "query",
                        "{ claims(" + filter + ", first: " + at.size() + from + ", orderBy: [\"" + order + "\"]) {"
                                + " pageInfo { hasNextPage endCursor } edges { node { " + ClaimRow.FIELDS + " } } } }")
                .toString();
    }

    /** The rows of the page; none when it failed and is read again in smaller ones. */
    List<ClaimRow> take(PartnerAnswer answer) {
        Optional<JsonNode> page = page(answer);
        if (page.isEmpty()) {
            return passOver(answer);
        }
        List<ClaimRow> rows = new ArrayList<>();
        List<Integer> bad = new ArrayList<>();
        JsonNode edges = page.get().path("edges");
        for (int i = 0; i < edges.size(); i++) {
            // a row that openIMIS cannot show is null, and harms no other
            Optional<ClaimRow> row = ClaimRow.of(edges.get(i).path("node"));
            row.ifPresent(rows::add);
            if (row.isEmpty()) {
                bad.add(i);
            }
        }
        JsonNode info = page.get().path("pageInfo");
        at.read(edges.size(), bad);
        after = info.path("endCursor").asText(null);
        done = !info.path("hasNextPage").asBoolean(false) || after == null;
        return rows;
    }

    private List<ClaimRow> passOver(PartnerAnswer answer) {
        boolean goOn = at.failed();
        after = at.position() == 0 ? null : cursor(at.position() - 1);
        if (!goOn) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no list of claims");
        }
        return List.of();
    }

    private static String cursor(int place) {
        return Base64.getEncoder().encodeToString((CURSOR + place).getBytes(StandardCharsets.UTF_8));
    }

    /** Empty when openIMIS stumbled over something on it. What no smaller page would mend is thrown. */
    private static Optional<JsonNode> page(PartnerAnswer answer) {
        if (answer.status() == BAD_REQUEST) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "it does not know our question");
        }
        JsonNode body;
        try {
            body = answer.json();
        } catch (PartnerException e) {
            // an error page: openIMIS's own error handler fails on some errors
            return Optional.empty();
        }
        for (JsonNode error : body.path("errors")) {
            if (error.path("message").asText().contains("not authorized")) {
                throw PartnerException.noAccess(answer.partner(), answer.status());
            }
        }
        JsonNode claims = body.path("data").path("claims");
        return claims.path("edges").isArray() ? Optional.of(claims) : Optional.empty();
    }
}
