package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** The routes of CHT 4.21.1 that a bridge can meet. What is not here falls through to CouchDB, as there (119, 261). */
final class ChtApi {

    private static final String NO_DATABASE = "Database does not exist.";

    private final ChtDocuments documents;
    private final ChtContacts contacts;
    private final ChtLogins logins;
    private final Sentinel sentinel;
    private final OutboundPush outbound;
    private final MedicRoutes medic;
    private final ChtRecords records;

    ChtApi(ChtDocuments documents, ChtContacts contacts, ChtLogins logins, Sentinel sentinel, OutboundPush outbound) {
        this.documents = documents;
        this.contacts = contacts;
        this.logins = logins;
        this.sentinel = sentinel;
        this.outbound = outbound;
        this.medic = new MedicRoutes(documents);
        this.records = new ChtRecords(documents, contacts, sentinel);
    }

    ChtReply answer(ChtExchange exchange) {
        boolean get = exchange.method().equals("GET");
        if (get && exchange.path().equals("/api/v2/monitoring")) {
            return ChtReply.rest(200, Monitoring.of(documents, sentinel.backlog(), outbound.backlog()));
        }
        if (get && exchange.path().equals("/api/info")) {
            return ChtReply.rest(200, Json.object().put("version", "0.1.0"));
        }
        ChtLogins.Login login = logins.check(exchange.header("Authorization"));
        return switch (login.verdict()) {
            case WELCOME -> route(exchange, login.username());
            case UNKNOWN -> notLoggedIn(exchange);
            case NOT_BASE64 ->
                ChtReply.error(
                        exchange,
                        400,
                        "400 - {\"error\":\"bad_request\",\"reason\":\"Authorization header has invalid base64 value\"}");
            case LOCKED ->
                ChtReply.error(
                        exchange,
                        403,
                        "403 - {\"error\":\"forbidden\",\"reason\":\"Account is temporarily locked due to multiple"
                                + " authentication failures\"}");
            case TOO_MANY -> ChtReply.error(exchange, 429, "Too Many Requests");
        };
    }

    /** 401 only for those who ask for JSON; a browser, and what looks like one, is sent to the login page (105-111). */
    private static ChtReply notLoggedIn(ChtExchange exchange) {
        if (exchange.wantsJson()) {
            return ChtReply.error(exchange, 401, "unauthorized").with("Logout-Authorization", "CHT-Core API");
        }
        if (exchange.header("User-Agent").isEmpty()) {
            return ChtReply.error(exchange, 401, "not logged in")
                    .with("WWW-Authenticate", "Basic realm=\"Medic Web Services\"")
                    .with("Logout-Authorization", "CHT-Core API");
        }
        String target = "/medic/login?redirect=" + exchange.encodedUrl();
        return new ChtReply(
                302,
                ChtReply.headers("Content-Type", "text/plain; charset=utf-8", "Location", target),
                "Found. Redirecting to " + target);
    }

    private ChtReply route(ChtExchange exchange, String username) {
        String path = exchange.path();
        if (path.startsWith("/medic/")) {
            boolean offline = contacts.isOfflineUser(username);
            boolean mayWrite = offline || logins.may(username, "can_edit");
            return medic.answer(exchange, mayWrite, offline ? ChtDocuments.Origin.PHONE : ChtDocuments.Origin.CLIENT);
        }
        return switch (exchange.method()) {
            case "GET" -> get(exchange, username, path);
            case "POST" -> post(exchange, username, path);
            default -> unknown();
        };
    }

    private ChtReply get(ChtExchange exchange, String username, String path) {
        if (path.equals("/_session")) {
            return session(username);
        }
        if (path.equals("/api/v1/contact/uuid")) {
            return guarded(exchange, username, "can_view_contacts", this::searchContacts);
        }
        if (path.equals("/api/v1/report/uuid")) {
            return guarded(exchange, username, "can_view_reports", this::searchReports);
        }
        if (path.startsWith("/api/v1/contact/")) {
            return guarded(
                    exchange, username, "can_view_contacts", asked -> contact(asked, "/api/v1/contact/", "Contact"));
        }
        if (path.startsWith("/api/v1/person/")) {
            return guarded(
                    exchange, username, "can_view_contacts", asked -> contact(asked, "/api/v1/person/", "Person"));
        }
        if (path.startsWith("/api/v1/place/")) {
            return guarded(exchange, username, "can_view_contacts", asked -> contact(asked, "/api/v1/place/", "Place"));
        }
        if (path.startsWith("/api/v1/report/")) {
            return guarded(exchange, username, "can_view_reports", this::report);
        }
        if (path.equals("/api/v2/users")) {
            return guarded(exchange, username, "can_view_users", this::users);
        }
        return unknown();
    }

    private ChtReply post(ChtExchange exchange, String username, String path) {
        if (path.equals("/api/v2/records")) {
            return guarded(exchange, username, "can_create_records", records::post);
        }
        if (path.equals("/api/v1/people")) {
            return guarded(exchange, username, "can_create_people", this::person);
        }
        return unknown();
    }

    private ChtReply guarded(
            ChtExchange exchange, String username, String permission, Function<ChtExchange, ChtReply> handler) {
        return logins.may(username, permission)
                ? handler.apply(exchange)
                : ChtReply.error(exchange, 403, "Insufficient privileges");
    }

    private static ChtReply unknown() {
        return ChtReply.couchError(404, "not_found", NO_DATABASE);
    }

    private ChtReply session(String username) {
        boolean offline = contacts.isOfflineUser(username);
        ObjectNode body = Json.object().put("ok", true);
        body.putObject("userCtx")
                .put("name", username)
                .putArray("roles")
                .add(offline ? "chw" : "openimis_bridge")
                .add(offline ? "mm-offline" : "mm-online");
        ObjectNode info = body.putObject("info");
        info.putArray("authentication_handlers").add("cookie").add("default");
        info.put("authenticated", "default");
        return ChtReply.couch(200, body).with("Connection", "keep-alive");
    }

    private ChtReply searchContacts(ChtExchange exchange) {
        Optional<String> type = exchange.param("type");
        Optional<String> freetext = exchange.param("freetext");
        if (type.isEmpty() && freetext.isEmpty()) {
            return ChtReply.error(exchange, 400, "Either query param freetext or type is required");
        }
        if (type.isPresent() && !FreetextIndex.CONTACT_TYPES.contains(type.get())) {
            return ChtReply.error(exchange, 400, "Invalid contact type [" + type.get() + "].");
        }
        if (freetext.isPresent() && !isFreetext(exchange)) {
            return invalidFreetext(exchange);
        }
        List<String> found = freetext.map(text -> documents.index().contacts(text))
                .orElseGet(() -> documents.index().contactsOfType(type.get()));
        if (freetext.isPresent() && type.isPresent()) {
            found = found.stream()
                    .filter(id -> contacts.contact(id)
                            .filter(doc -> doc.path("type").asText().equals(type.get()))
                            .isPresent())
                    .toList();
        }
        return page(exchange, found);
    }

    private ChtReply searchReports(ChtExchange exchange) {
        return isFreetext(exchange)
                ? page(
                        exchange,
                        documents.index().reports(exchange.param("freetext").get()))
                : invalidFreetext(exchange);
    }

    /** At least three characters, no blank without a key, and only once (220, 245, 248). */
    private static boolean isFreetext(ChtExchange exchange) {
        List<String> values = exchange.query().getOrDefault("freetext", List.of());
        return values.size() == 1
                && values.get(0).length() >= 3
                && (values.get(0).contains(":") || !values.get(0).contains(" "));
    }

    private static ChtReply invalidFreetext(ChtExchange exchange) {
        List<String> values = exchange.query().getOrDefault("freetext", List.of());
        JsonNode shown = Json.node(values.size() == 1 ? values.get(0) : values);
        return ChtReply.error(exchange, 400, "Invalid freetext [" + shown + "].");
    }

    /** The cursor is an offset; a page that is just full still has one (217, 218). */
    private static ChtReply page(ChtExchange exchange, List<String> found) {
        String asked = exchange.param("limit").orElse("10000");
        String cursor = exchange.param("cursor").orElse("0");
        if (!asked.matches("[1-9][0-9]{0,8}")) {
            return ChtReply.error(exchange, 400, "The limit must be a positive integer: [" + Json.quoted(asked) + "].");
        }
        if (!cursor.matches("[0-9]{1,9}")) {
            return ChtReply.error(
                    exchange,
                    400,
                    "The cursor must be a string or null for first page: [" + Json.quoted(cursor) + "].");
        }
        int limit = Integer.parseInt(asked);
        int from = Math.min(Integer.parseInt(cursor), found.size());
        List<String> data = found.subList(from, (int) Math.min((long) from + limit, found.size()));
        ObjectNode body = Json.object();
        ArrayNode ids = body.putArray("data");
        data.forEach(ids::add);
        body.put("cursor", data.size() == limit ? String.valueOf(from + limit) : null);
        return ChtReply.rest(200, body);
    }

    private ChtReply contact(ChtExchange exchange, String prefix, String kind) {
        Optional<ObjectNode> found = contacts.contact(exchange.idAfter(prefix))
                .filter(doc -> kind.equals("Contact")
                        || kind.equals("Person") == doc.path("type").asText().equals("person"));
        if (found.isEmpty()) {
            return ChtReply.error(exchange, 404, kind + " not found");
        }
        boolean lineage = exchange.param("with_lineage").orElse("").equals("true");
        return ChtReply.rest(200, lineage ? contacts.withLineage(found.get()) : found.get());
    }

    /** With lineage the patient is found by {@code patient_uuid} only: a shortcode alone is not followed (358, 528). */
    private ChtReply report(ChtExchange exchange) {
        Optional<ObjectNode> found =
                documents.get(exchange.idAfter("/api/v1/report/")).filter(FreetextIndex::isReport);
        if (found.isEmpty()) {
            return ChtReply.error(exchange, 404, "Report not found");
        }
        ObjectNode report = found.get();
        if (exchange.param("with_lineage").orElse("").equals("true")) {
            contacts.hydrate(report, "contact").ifPresent(contacts::withLineage);
            contacts.contact(report.path("fields").path("patient_uuid").asText())
                    .ifPresent(patient -> report.set("patient", contacts.withLineage(patient)));
        }
        return ChtReply.rest(200, report);
    }

    private ChtReply users(ChtExchange exchange) {
        return ChtReply.rest(
                200, contacts.describeUsersOf(exchange.param("facility_id").orElse("")));
    }

    /** The one header that Java clients like to decorate must be exactly {@code application/json} here (205). */
    private ChtReply person(ChtExchange exchange) {
        if (!exchange.header("Content-Type").orElse("").equals("application/json")) {
            return ChtReply.error(exchange, 400, "Content-Type must be application/json");
        }
        if (!(exchange.json().orElse(null) instanceof ObjectNode person)) {
            return ChtReply.error(exchange, 500, "Server error");
        }
        JsonNode place = person.remove("place");
        String placeId = place == null ? "" : place.asText();
        if (contacts.contact(placeId).isEmpty()) {
            return ChtReply.error(exchange, 404, "Failed to find place.");
        }
        String id = person.path("_id").asText(UUID.randomUUID().toString().replace("-", ""));
        person.put("reported_date", person.path("reported_date").asLong(System.currentTimeMillis()));
        person.set("parent", contacts.lineageOf(placeId));
        try {
            String rev = documents.put(id, person, null, ChtDocuments.Origin.CLIENT);
            return ChtReply.rest(
                    200, Json.object().put("ok", true).put("id", id).put("rev", rev));
        } catch (ChtDocuments.Conflict taken) {
            return ChtReply.error(exchange, 409, "Document update conflict.");
        }
    }
}
