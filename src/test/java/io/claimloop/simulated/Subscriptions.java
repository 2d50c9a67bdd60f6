package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The FHIR resource Subscription: nearly everything is taken at creation and only found out when it should fire; a
 * change never works; the list shows everybody's, keys included (recordings 201-243).
 */
final class Subscriptions {
    private static final Set<String> FIELDS = Set.of(
            "resourceType",
            "id",
            "meta",
            "implicitRules",
            "language",
            "text",
            "contained",
            "extension",
            "status",
            "contact",
            "end",
            "reason",
            "criteria",
            "error",
            "channel");
    private static final Set<String> OTHERS = Set.of("patient", "organisation", "invoice");
    private static final int LONGEST_ENDPOINT = 255;
    private static final String SAVING = "Error while saving a subscription: ";
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'");

    private final OpenImisData data;
    // In the order of creation.
    private final List<Subscription> rows = new CopyOnWriteArrayList<>();
    private volatile boolean claimsTaken = true;

    Subscriptions(OpenImisData data) {
        this.data = data;
    }

    void takeClaims(boolean taken) {
        claimsTaken = taken;
    }

    /** The one way past the API: a test's own subscription, replaced by the next. A null endpoint ends it. */
    void shortcut(String endpoint, String authorization) {
        rows.removeIf(Subscription::shortcut);
        if (endpoint == null) return;
        var header = JsonNodeFactory.instance.objectNode();
        if (authorization != null) header.put("Authorization", authorization);
        var id = UUID.randomUUID().toString();
        var forever = LocalDateTime.MAX;
        rows.add(new Subscription(
                id, "", "active", forever, "Claim", "Claim", endpoint, header.toString(), data.now(), true));
    }

    /** Everybody's, but for deleted ones. */
    List<Subscription> all() {
        return rows.stream().filter(row -> !row.shortcut()).toList();
    }

    /** What openIMIS would notify about this claim; nobody at all where one lookup is wrong (recording 307). */
    List<Subscription> firing(Claim claim) {
        var wanted = new ArrayList<Subscription>();
        for (var row : rows) {
            if (!row.firesOn("Claim", data.now()) || !(claimsTaken || row.shortcut())) continue;
            try {
                if (matches(claim, row.lookups())) wanted.add(row);
            } catch (IllegalArgumentException badLookup) {
                return List.of();
            }
        }
        return wanted;
    }

    private static boolean matches(Claim claim, Map<String, String> lookups) {
        return lookups.entrySet().stream()
                .map(lookup -> String.valueOf(field(claim, lookup.getKey())).equals(lookup.getValue()))
                .reduce(true, Boolean::logicalAnd);
    }

    private static Object field(Claim claim, String lookup) {
        return switch (lookup) {
            case "uuid" -> claim.uuid;
            case "code" -> claim.code;
            case "status" -> claim.status;
            case "feedback_status" -> claim.feedbackStatus;
            case "review_status" -> claim.reviewStatus;
            case "visit_type" -> claim.visitType;
            case "health_facility__code" -> claim.facility.code();
            case "health_facility__uuid" -> claim.facility.uuid();
            case "insuree__chf_id" -> claim.insuree.chfId();
            case "insuree__uuid" -> claim.insuree.uuid();
            default -> throw new IllegalArgumentException("no such lookup");
        };
    }

    Reply list(Call call, FhirLists lists) {
        var updated = call.parameters().get("_lastUpdated");
        FhirLists.updated(updated, data.now());
        var wanted = all().stream()
                .filter(row -> FhirLists.updated(updated, row.updated()))
                .toList();
        return lists.page(call, "Subscription", wanted, Subscriptions::view, Subscription::id);
    }

    Reply one(String id) {
        return Reply.json(200, view(found(id)));
    }

    Reply create(Accounts.Account caller, JsonNode body) {
        var row = read(UUID.randomUUID().toString(), caller, body);
        checkResource(caller, row);
        if (row.endpoint().length() > LONGEST_ENDPOINT) {
            throw new Refusal(Reply.refused(500, SAVING + "Failed to create Subscription"));
        }
        rows.add(row);
        return Reply.json(201, view(row));
    }

    /** Never succeeds (recordings 206-208, 210, 235). That only the owner comes so far is read in the source. */
    Reply change(Accounts.Account caller, String id, JsonNode body) {
        var known = found(id);
        var row = read(id, caller, body);
        if (!known.owner().equals(caller.name)) {
            throw new Refusal(Reply.refused(500, SAVING + "You are not the owner of this subscription"));
        }
        checkResource(caller, row);
        throw new Refusal(Reply.refused(500, SAVING + "Failed to update Subscription"));
    }

    /** Soft and only by the owner; the refusal's text is read in the source (recordings 229-231). */
    Reply delete(Accounts.Account caller, String id) {
        if (!found(id).owner().equals(caller.name)) {
            var text = "Error while deleting a subscription: You are not the owner of this subscription";
            throw new Refusal(Reply.refused(403, text));
        }
        rows.removeIf(row -> row.id().equals(id));
        return Reply.empty(204);
    }

    private Subscription found(String id) {
        var row = all().stream().filter(known -> known.id().equals(id)).findFirst();
        if (row.isPresent()) return row.get();
        if (id.matches("[0-9a-fA-F-]{32,36}")) {
            throw new Refusal(Reply.outcome(404, "error", "not-found", "No Subscription matches the given query."));
        }
        throw new Refusal(Reply.outcome(404, "error", "not-found", null));
    }

    private Subscription read(String id, Accounts.Account caller, JsonNode body) {
        body.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) throw invalid(field, "extra fields not permitted (type=value_error.extra)");
        });
        var end = end(body.path("end"));
        var status = body.path("status").asText("");
        if (!status.equals("active") && !status.equals("off")) throw missing("status");
        if (end == null) throw missing("end");
        var criteria = body.path("criteria").asText("");
        var channel = body.path("channel");
        var header = channel.path("header").path(0).asText(null);
        var row = new Subscription(
                id,
                caller.name,
                status,
                end,
                body.path("reason").asText(""),
                criteria,
                channel.path("endpoint").asText(""),
                header,
                data.now(),
                false);
        if (!row.reason().equalsIgnoreCase(row.resource())) throw missing("reason");
        if (!channel.path("type").asText().equals("rest-hook")) throw missing("channel.type");
        return row;
    }

    /**
     * A resource that cannot be subscribed to is a 500 with a page, since the handler of that very error fails (215); so
     * is Claim in a release without such Subscriptions. The right to read what one subscribes to is read in the source.
     */
    private void checkResource(Accounts.Account caller, Subscription row) {
        var resource = row.resource().toLowerCase(Locale.ROOT);
        boolean known = OTHERS.contains(resource) || (claimsTaken && resource.equals("claim"));
        if (!known) throw new Refusal(Reply.page(500, "Server Error (500)", ""));
        if (resource.equals("claim") && !caller.may(Rights.READ_CLAIMS)) {
            throw new Refusal(Reply.refused(403, SAVING + "You have no permissions to subscribe to claim"));
        }
    }

    /** A zone is needed (recordings 241, 242). */
    private static LocalDateTime end(JsonNode text) {
        if (text.isMissingNode() || text.isNull()) return null;
        try {
            return OffsetDateTime.parse(text.asText())
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .toLocalDateTime();
        } catch (DateTimeParseException e) {
            throw invalid("end", "invalid datetime format (type=value_error.datetime)");
        }
    }

    private static Refusal invalid(String field, String text) {
        return Refusal.failed("1 validation error for Subscription\n" + field + "\n  " + text);
    }

    private static Refusal missing(String attribute) {
        return Refusal.failed("Missing or invalid `" + attribute + "` attribute");
    }

    /** The header comes back in clear, and as a null in a list where there is none (recordings 203, 212). */
    static ObjectNode view(Subscription row) {
        var node = JsonNodeFactory.instance
                .objectNode()
                .put("resourceType", "Subscription")
                .put("id", row.id())
                .put("status", row.status())
                .put("end", SECONDS.format(row.end()))
                .put("reason", row.reason())
                .put("criteria", row.criteria());
        var channel = node.putObject("channel").put("type", "rest-hook").put("endpoint", row.endpoint());
        channel.putArray("header").add(row.header());
        return node;
    }
}
