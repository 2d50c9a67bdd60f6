package io.claimloop.simulated;

import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A FHIR Subscription as openIMIS keeps it (recordings 201-243). {@code header} is null where none was sent; times are
 * the server's, which is UTC.
 *
 * @param shortcut put there by a test, so in no list
 */
record Subscription(
        String id,
        String owner,
        String status,
        LocalDateTime end,
        String reason,
        String criteria,
        String endpoint,
        String header,
        LocalDateTime updated,
        boolean shortcut) {

    /** As it was typed: compared case-sensitively when something happens (recordings 214, 301). */
    String resource() {
        int mark = criteria.indexOf('?');
        return mark < 0 ? criteria : criteria.substring(0, mark);
    }

    /** Lookups of Django's, not FHIR search (recordings 221, 222, 301). */
    Map<String, String> lookups() {
        var lookups = new LinkedHashMap<String, String>();
        int mark = criteria.indexOf('?');
        if (mark < 0) return lookups;
        for (var pair : criteria.substring(mark + 1).split("&")) {
            var parts = pair.split("=", 2);
            lookups.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
        return lookups;
    }

    boolean firesOn(String resource, LocalDateTime now) {
        return status.equals("active") && end.isAfter(now) && resource().equals(resource);
    }
}
