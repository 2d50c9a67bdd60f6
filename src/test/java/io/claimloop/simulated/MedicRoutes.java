package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The database behind {@code /medic}: nothing is validated here, only revisions count (331-349, 601-609). */
final class MedicRoutes {

    private final ChtDocuments documents;

    MedicRoutes(ChtDocuments documents) {
        this.documents = documents;
    }

    ChtReply answer(ChtExchange exchange, boolean mayWrite, ChtDocuments.Origin origin) {
        String path = exchange.path();
        boolean post = exchange.method().equals("POST");
        if (path.equals("/medic/_changes")) {
            return changes(exchange);
        }
        if (path.equals("/medic/_all_docs") && post) {
            return allDocs(exchange);
        }
        if (path.equals("/medic/_bulk_docs") && post) {
            return mayWrite ? bulkDocs(exchange, origin) : refused(exchange);
        }
        if (path.startsWith("/medic/_")) {
            return ChtReply.couchError(404, "not_found", "missing");
        }
        String id = exchange.idAfter("/medic/");
        return switch (exchange.method()) {
            case "GET", "HEAD" -> read(id);
            case "PUT" -> mayWrite ? put(exchange, id, origin) : refused(exchange);
            case "DELETE" -> mayWrite ? delete(exchange, id, origin) : refused(exchange);
            default -> ChtReply.couchError(405, "method_not_allowed", "Only DELETE,GET,HEAD,POST,PUT,COPY allowed");
        };
    }

    private static ChtReply refused(ChtExchange exchange) {
        return ChtReply.error(exchange, 403, "Insufficient privileges");
    }

    private ChtReply read(String id) {
        Optional<ObjectNode> doc = documents.get(id);
        if (doc.isEmpty()) {
            return ChtReply.couchError(404, "not_found", documents.whyMissing(id));
        }
        return ChtReply.couch(200, doc.get())
                .with("ETag", '"' + doc.get().path("_rev").asText() + '"')
                .with("Cache-Control", "must-revalidate");
    }

    /** The id in the path wins over the one in the body (342). */
    private ChtReply put(ChtExchange exchange, String id, ChtDocuments.Origin origin) {
        Optional<JsonNode> body = exchange.json();
        if (body.isEmpty()) {
            return ChtReply.error(exchange, 500, "Server error");
        }
        if (!(body.get() instanceof ObjectNode doc)) {
            return ChtReply.couchWrite(400, failure("bad_request", "Document must be a JSON object"));
        }
        String rev = exchange.param("rev").orElse(doc.path("_rev").asText(null));
        try {
            String written = documents.put(id, doc, rev, origin);
            return ChtReply.couchWrite(201, success(id, written))
                    .with("ETag", '"' + written + '"')
                    .with("Location", "http://" + exchange.header("Host").orElse("localhost") + exchange.path());
        } catch (ChtDocuments.Conflict conflict) {
            return conflict();
        }
    }

    private ChtReply delete(ChtExchange exchange, String id, ChtDocuments.Origin origin) {
        try {
            String written = documents.delete(id, exchange.param("rev").orElse(""), origin);
            return ChtReply.couchWrite(200, success(id, written)).with("ETag", '"' + written + '"');
        } catch (ChtDocuments.Missing missing) {
            return ChtReply.couchWrite(404, failure("not_found", missing.reason));
        } catch (ChtDocuments.Conflict conflict) {
            return conflict();
        }
    }

    /** 201 whatever happened to the single documents: the truth is in the list (345, 346). */
    private ChtReply bulkDocs(ChtExchange exchange, ChtDocuments.Origin origin) {
        Optional<JsonNode> body = exchange.json();
        if (body.isEmpty()) {
            return ChtReply.error(exchange, 500, "Server error");
        }
        if (!body.get().path("docs").isArray()) {
            return ChtReply.couchWrite(400, failure("bad_request", "POST body must include `docs` parameter."));
        }
        boolean newEdits = body.get().path("new_edits").asBoolean(true);
        ArrayNode results = Json.array();
        for (JsonNode each : body.get().path("docs")) {
            ObjectNode doc = (ObjectNode) each;
            String id = doc.path("_id").asText(UUID.randomUUID().toString());
            try {
                results.add(success(id, write(id, doc, newEdits, origin)));
            } catch (ChtDocuments.Conflict conflict) {
                results.add(failure("conflict", "Document update conflict.").put("id", id));
            } catch (ChtDocuments.Missing missing) {
                results.add(failure("not_found", missing.reason).put("id", id));
            }
        }
        return ChtReply.couchWrite(201, newEdits ? reordered(results) : Json.array());
    }

    private String write(String id, ObjectNode doc, boolean newEdits, ChtDocuments.Origin origin)
            throws ChtDocuments.Conflict, ChtDocuments.Missing {
        // A replicating phone brings its own revisions; here its document simply follows the one that is there.
        String rev = newEdits
                ? doc.path("_rev").asText(null)
                : documents.get(id).map(known -> known.path("_rev").asText()).orElse(null);
        doc.remove("_revisions");
        return doc.path("_deleted").asBoolean()
                ? documents.delete(id, rev, origin)
                : documents.put(id, doc, rev, origin);
    }

    private static ArrayNode reordered(ArrayNode results) {
        ArrayNode ordered = Json.array();
        for (JsonNode result : results) {
            ObjectNode entry = ordered.addObject();
            for (String key : List.of("ok", "id", "rev", "error", "reason")) {
                if (result.has(key)) {
                    entry.set(key, result.path(key));
                }
            }
        }
        return ordered;
    }

    private ChtReply allDocs(ChtExchange exchange) {
        boolean withDocs = exchange.param("include_docs").orElse("").equals("true");
        List<String> rows = new ArrayList<>();
        for (JsonNode key : exchange.json().orElse(Json.object()).path("keys")) {
            rows.add(row(key.asText(), withDocs).toString());
        }
        return ChtReply.couch(
                200,
                "{\"total_rows\":" + documents.liveCount() + ",\"offset\":null,\"rows\":[\r\n"
                        + String.join(",\r\n", rows) + "\r\n]}\n");
    }

    private ObjectNode row(String id, boolean withDocs) {
        Optional<ChtDocuments.Change> change = documents.lastChange(id);
        if (change.isEmpty()) {
            return Json.object().put("key", id).put("error", "not_found");
        }
        ObjectNode row = Json.object().put("id", id).put("key", id);
        ObjectNode value = row.putObject("value").put("rev", change.get().rev());
        if (change.get().deleted()) {
            value.put("deleted", true);
        }
        if (withDocs) {
            row.set("doc", documents.get(id).orElse(null));
        }
        return row;
    }

    /** Open to every online user, whatever its permissions (369). Each document appears once, at its latest change. */
    private ChtReply changes(ChtExchange exchange) {
        long since;
        String from = exchange.param("since").orElse("0");
        try {
            since = from.equals("now") ? documents.lastSeq() : Long.parseLong(from.replaceFirst("-.*", ""));
        } catch (NumberFormatException malformed) {
            return ChtReply.couchError(400, "bad_request", "Malformed sequence supplied in 'since' parameter.");
        }
        JsonNode filter = exchange.json().orElse(Json.object());
        boolean withDocs = exchange.param("include_docs").orElse("").equals("true");
        boolean longpoll = exchange.param("feed").orElse("").equals("longpoll");
        int limit = exchange.param("limit").map(Integer::parseInt).orElse(Integer.MAX_VALUE);
        long end = System.currentTimeMillis()
                + exchange.param("timeout").map(Long::parseLong).orElse(60_000L);

        List<ChtDocuments.Change> found = matching(since, filter);
        long seen = documents.lastSeq();
        try {
            while (longpoll && found.isEmpty() && documents.awaitChange(seen, end - System.currentTimeMillis())) {
                seen = documents.lastSeq();
                found = matching(since, filter);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        if (exchange.param("descending").orElse("").equals("true")) {
            found = new ArrayList<>(found);
            Collections.reverse(found);
        }
        boolean cut = found.size() > limit;
        List<ChtDocuments.Change> page = cut ? found.subList(0, limit) : found;
        List<String> lines =
                page.stream().map(change -> line(change, withDocs).toString()).toList();
        long last = cut && !page.isEmpty() ? page.get(page.size() - 1).seq() : Math.max(seen, since);
        return ChtReply.couch(
                200,
                "{\"results\":[\n" + String.join(",\r\n", lines) + "\n],\n\"last_seq\":\"" + sequence(last)
                        + "\",\"pending\":" + (found.size() - page.size()) + "}\n\n");
    }

    private List<ChtDocuments.Change> matching(long since, JsonNode filter) {
        Set<String> ids = new HashSet<>();
        filter.path("doc_ids").forEach(id -> ids.add(id.asText()));
        return documents.changesSince(since).stream()
                .filter(change -> !filter.has("doc_ids") || ids.contains(change.id()))
                .filter(change -> !filter.has("selector") || selected(change.id(), filter.path("selector")))
                .toList();
    }

    private boolean selected(String id, JsonNode selector) {
        Optional<ObjectNode> doc = documents.get(id);
        for (Map.Entry<String, JsonNode> wanted : selector.properties()) {
            if (doc.isEmpty() || !doc.get().path(wanted.getKey()).equals(wanted.getValue())) {
                return false;
            }
        }
        return true;
    }

    private ObjectNode line(ChtDocuments.Change change, boolean withDoc) {
        ObjectNode line = Json.object().put("seq", sequence(change.seq())).put("id", change.id());
        line.putArray("changes").addObject().put("rev", change.rev());
        if (change.deleted()) {
            line.put("deleted", true);
        }
        if (withDoc) {
            documents.get(change.id()).ifPresent(doc -> line.set("doc", doc));
        }
        return line;
    }

    /** Sequences are opaque to a client: nobody may count on the number. */
    private static String sequence(long seq) {
        return seq + "-g1AAAA" + Json.hash("MD5", "seq" + seq);
    }

    private static ChtReply conflict() {
        return ChtReply.couchWrite(409, failure("conflict", "Document update conflict."));
    }

    private static ObjectNode success(String id, String rev) {
        return Json.object().put("ok", true).put("id", id).put("rev", rev);
    }

    private static ObjectNode failure(String error, String reason) {
        return Json.object().put("error", error).put("reason", reason);
    }
}
