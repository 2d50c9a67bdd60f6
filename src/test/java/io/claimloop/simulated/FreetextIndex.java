package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The freetext views of CHT 4.x: {@code key:value} finds exactly, a bare word finds by prefix, everything in lower
 * case, leading zeros kept (211-250). Only first-level text and numbers are indexed; of reports also those in {@code fields}.
 */
final class FreetextIndex {

    static final Set<String> CONTACT_TYPES = Set.of("district_hospital", "health_center", "clinic", "person");
    private static final Set<String> SKIPPED = Set.of("refid", "geolocation", "type", "content_type");

    private final Map<String, TreeSet<String>> contacts = new TreeMap<>();
    private final Map<String, TreeSet<String>> reports = new TreeMap<>();
    private final TreeMap<String, TreeSet<String>> contactWords = new TreeMap<>();
    private final Map<String, TreeSet<String>> contactsByType = new TreeMap<>();

    static boolean isContact(ObjectNode doc) {
        return CONTACT_TYPES.contains(doc.path("type").asText());
    }

    static boolean isReport(ObjectNode doc) {
        return doc.path("type").asText().equals("data_record");
    }

    synchronized void replace(String id, ObjectNode before, ObjectNode after) {
        if (before != null) {
            change(id, before, false);
        }
        if (after != null) {
            change(id, after, true);
        }
    }

    synchronized List<String> contacts(String freetext) {
        String wanted = freetext.toLowerCase(Locale.ROOT);
        if (wanted.contains(":")) {
            return List.copyOf(contacts.getOrDefault(wanted, new TreeSet<>()));
        }
        Set<String> found = new LinkedHashSet<>();
        contactWords.subMap(wanted, wanted + Character.MAX_VALUE).values().forEach(found::addAll);
        return List.copyOf(found);
    }

    synchronized List<String> contactsOfType(String type) {
        return List.copyOf(contactsByType.getOrDefault(type, new TreeSet<>()));
    }

    /** Ordered by document id, not by date (375). */
    synchronized List<String> reports(String freetext) {
        return List.copyOf(reports.getOrDefault(freetext.toLowerCase(Locale.ROOT), new TreeSet<>()));
    }

    private void change(String id, ObjectNode doc, boolean add) {
        if (isContact(doc)) {
            change(contactsByType, doc.path("type").asText(), id, add);
            for (String pair : pairs(doc)) {
                change(contacts, pair, id, add);
                for (String word : pair.substring(pair.indexOf(':') + 1).split("\\s+")) {
                    change(contactWords, word, id, add);
                }
            }
        } else if (isReport(doc)) {
            pairs(doc).forEach(pair -> change(reports, pair, id, add));
            if (doc.path("fields") instanceof ObjectNode fields) {
                pairs(fields).forEach(pair -> change(reports, pair, id, add));
            }
        }
    }

    private static void change(Map<String, TreeSet<String>> map, String key, String id, boolean add) {
        if (add) {
            map.computeIfAbsent(key, unused -> new TreeSet<>()).add(id);
        } else if (map.containsKey(key)) {
            map.get(key).remove(id);
            if (map.get(key).isEmpty()) {
                map.remove(key);
            }
        }
    }

    private static List<String> pairs(ObjectNode doc) {
        List<String> pairs = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : doc.properties()) {
            String key = field.getKey().toLowerCase(Locale.ROOT);
            boolean plain = field.getValue().isTextual() || field.getValue().isNumber();
            if (plain && !key.startsWith("_") && !key.endsWith("_date") && !SKIPPED.contains(key)) {
                String value =
                        field.getValue().asText().toLowerCase(Locale.ROOT).trim();
                if (!value.isEmpty()) {
                    pairs.add(key + ":" + value);
                }
            }
        }
        return pairs;
    }
}
