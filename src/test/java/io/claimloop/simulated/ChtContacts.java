package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Places, persons and the users who hold them. A report reaches whoever holds the place above its patient (402b). */
final class ChtContacts {

    /** An offline user: the health worker of a place. */
    record User(String username, String facilityId, String contactId, List<String> roles) {}

    private final ChtDocuments documents;
    private final Map<String, User> users = new TreeMap<>();
    private final AtomicInteger shortcodes = new AtomicInteger(10_000);

    ChtContacts(ChtDocuments documents) {
        this.documents = documents;
    }

    /** Adds a contact as if sentinel had seen it long ago: second revision, shortcode given (207). */
    void add(Map<String, ?> fields) {
        ObjectNode doc = Json.from(fields);
        String id = doc.hasNonNull("id")
                ? doc.remove("id").asText()
                : doc.path("_id").asText();
        if (doc.path("parent").isTextual()) {
            doc.set("parent", lineageOf(doc.path("parent").asText()));
        }
        if (!doc.has("reported_date")) {
            doc.put("reported_date", System.currentTimeMillis());
        }
        try {
            documents.put(id, doc, null, ChtDocuments.Origin.SETUP);
        } catch (ChtDocuments.Conflict taken) {
            throw new IllegalArgumentException("There is a document " + id + " already");
        }
        documents.update(id, known -> Optional.of(withShortcode(known).orElse(known)), ChtDocuments.Origin.SETUP);
    }

    /** What generate_shortcode_on_contacts does; empty when there is nothing to do. */
    Optional<ObjectNode> withShortcode(ObjectNode contact) {
        String key = contact.path("type").asText().equals("person") ? "patient_id" : "place_id";
        if (contact.hasNonNull(key)) {
            return Optional.empty();
        }
        return Optional.of(contact.put(key, String.valueOf(shortcodes.incrementAndGet())));
    }

    synchronized void addUser(User user) {
        users.put(user.username(), user);
    }

    synchronized void removeUser(String username) {
        users.remove(username);
    }

    synchronized boolean isOfflineUser(String username) {
        return users.containsKey(username);
    }

    synchronized List<User> usersOf(String facilityId) {
        return users.values().stream()
                .filter(user -> user.facilityId().equals(facilityId))
                .toList();
    }

    synchronized Optional<User> anyUser() {
        return users.values().stream().findFirst();
    }

    Optional<ObjectNode> contact(String id) {
        return documents.get(id).filter(FreetextIndex::isContact);
    }

    /** The stub that CHT stores as {@code parent} or {@code contact}: ids only, nested. */
    ObjectNode lineageOf(String id) {
        ObjectNode stub = Json.object().put("_id", id);
        contact(id)
                .map(doc -> doc.path("parent"))
                .filter(JsonNode::isObject)
                .ifPresent(parent -> stub.set("parent", parent.deepCopy()));
        return stub;
    }

    /** The contact with its parents, and their contacts, as whole documents (252). */
    ObjectNode withLineage(ObjectNode contact) {
        hydrate(contact, "parent").ifPresent(parent -> {
            hydrate(parent, "contact");
            withLineage(parent);
        });
        return contact;
    }

    /** Puts the whole document where a stub with its {@code _id} is. */
    Optional<ObjectNode> hydrate(ObjectNode doc, String key) {
        Optional<ObjectNode> whole = contact(doc.path(key).path("_id").asText());
        whole.ifPresent(found -> doc.set(key, found));
        return whole;
    }

    /** Whom a report is about: shortcode or {@code _id}, in the fields or at the root, patient or place (402b). */
    Optional<ObjectNode> subjectOf(ObjectNode report) {
        for (JsonNode part : List.of(report.path("fields"), report)) {
            for (String key : List.of("patient_id", "patient_uuid", "place_id")) {
                Optional<ObjectNode> found = byAnyId(part.path(key).asText());
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    Optional<ObjectNode> byAnyId(String id) {
        if (id.isEmpty()) {
            return Optional.empty();
        }
        Optional<ObjectNode> byId = contact(id);
        for (String key : List.of("patient_id:", "place_id:")) {
            if (byId.isEmpty()) {
                byId = documents.index().contacts(key + id).stream().findFirst().flatMap(this::contact);
            }
        }
        return byId;
    }

    /** The active user whose place lies above the contact, nearest first. */
    Optional<User> holderOf(ObjectNode contact) {
        JsonNode place = contact;
        while (place.hasNonNull("_id")) {
            List<User> here = usersOf(place.path("_id").asText());
            if (!here.isEmpty()) {
                return Optional.of(here.get(0));
            }
            place = place.path("parent");
        }
        return Optional.empty();
    }

    /**
     * The answer of {@code GET /api/v2/users?facility_id=}. Read in CHT's source (the filter exists since 4.7), not
     * recorded: a contract test cannot vouch for it.
     */
    ArrayNode describeUsersOf(String facilityId) {
        ArrayNode described = Json.array();
        for (User user : usersOf(facilityId)) {
            ObjectNode one = described.addObject();
            one.put("id", "org.couchdb.user:" + user.username());
            one.put("rev", "1-" + Json.hash("MD5", user.username()));
            one.put("username", user.username());
            Optional<ObjectNode> person = contact(user.contactId());
            one.put("fullname", person.map(doc -> doc.path("name").asText()).orElse(user.username()));
            person.filter(doc -> doc.hasNonNull("phone")).ifPresent(doc -> one.set("phone", doc.path("phone")));
            contact(user.facilityId()).ifPresent(place -> one.putArray("place").add(place));
            user.roles().forEach(one.putArray("roles")::add);
            person.ifPresent(doc -> one.set("contact", doc));
            one.put("known", true);
        }
        return described;
    }
}
