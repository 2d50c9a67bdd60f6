package io.claimloop.reconciliation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.partner.PartnerAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A GraphQL list of many claims, of which some cannot be shown; it answers as recordings 912, 914 and 916 do. */
final class ManyClaims {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern FIRST = Pattern.compile("first: (\\d+)");
    private static final Pattern AFTER = Pattern.compile("after: \"([^\"]+)\"");

    /** Numbers of claims that fail their whole page, as a null in a field that must not be null does. */
    final Set<Integer> failing = new HashSet<>();
    /** Numbers of claims that are null on their page. */
    final Set<Integer> empty = new HashSet<>();

    int many;
    int requests;

    ManyClaims(int many) {
        this.many = many;
    }

    static UUID uuid(int number) {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L | number);
    }

    /** Claims are numbered from 1, the newest last. */
    PartnerAnswer answer(String request) {
        requests++;
        String query;
        try {
            query = JSON.readTree(request).path("query").asText();
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
        int first = Integer.parseInt(found(FIRST, query));
        String after = found(AFTER, query);
        int from = after == null ? 0 : Integer.parseInt(decoded(after).replaceFirst(".*:", "")) + 1;
        int to = Math.min(many, from + first);
        boolean newestFirst = query.contains("\"-id\"");
        ObjectNode body = JSON.createObjectNode();
        ObjectNode claims = body.putObject("data").putObject("claims");
        ObjectNode info = claims.putObject("pageInfo");
        info.put("hasNextPage", to < many);
        info.put("endCursor", from >= to ? null : encoded("arrayconnection:" + (to - 1)));
        var edges = claims.putArray("edges");
        for (int place = from; place < to; place++) {
            int number = newestFirst ? many - place : place + 1;
            if (failing.contains(number)) {
                body.putObject("data").putNull("claims");
                body.putArray("errors").addObject().put("message", "Claim has no admin.");
                return new PartnerAnswer("openIMIS", 200, body.toString());
            }
            ObjectNode edge = edges.addObject();
            if (empty.contains(number)) {
                edge.putNull("node");
                body.withArray("errors").addObject().put("message", "Insuree matching query does not exist.");
            } else {
                edge.set("node", row(number));
            }
        }
        return new PartnerAnswer("openIMIS", 200, body.toString());
    }

    static ObjectNode row(int number) {
        return JSON.createObjectNode()
                .put("id", encoded("ClaimGQLType:" + number))
                .put("uuid", uuid(number).toString())
                .put("code", "C" + number)
                .put("status", 4)
                .put("feedbackStatus", 1)
                .put("reviewStatus", 1)
                .put("validityFrom", "2026-11-22T02:23:47.739484");
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
