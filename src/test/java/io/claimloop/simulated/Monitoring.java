package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code GET /api/v2/monitoring}: the shape of recording 013 with live backlogs; the sizes mean nothing. */
final class Monitoring {

    private static final String REST = """
            {"messaging":{"outgoing":{"total":{"due":0,"scheduled":0,"muted":0,"failed":0,"delivered":0},
            "seven_days":{"due":0,"scheduled":0,"muted":0,"failed":0,"delivered":0},
            "last_hundred":{"pending":{"pending":0,"forwarded-to-gateway":0,"received-by-gateway":0,
            "forwarded-by-gateway":0},"final":{"sent":0,"delivered":0,"failed":0},
            "muted":{"denied":0,"cleared":0,"muted":0,"duplicate":0}}}},
            "outbound_push":{"backlog":0},"feedback":{"count":0},"conflict":{"count":0},
            "replication_limit":{"count":0},"connected_users":{"count":1}}
            """;
    private static final long START = System.currentTimeMillis();

    private Monitoring() {}

    static JsonNode of(ChtDocuments documents, int sentinelBacklog, int outboundBacklog) {
        ObjectNode body = Json.object();
        body.putObject("version").put("app", "4.21.1").put("node", "v22.23.3").put("couchdb", "3.5.0");
        ObjectNode couchdb = body.putObject("couchdb");
        database(couchdb.putObject("medic"), "medic", documents);
        database(couchdb.putObject("sentinel"), "medic-sentinel", documents);
        database(couchdb.putObject("usersmeta"), "medic-users-meta", documents);
        database(couchdb.putObject("users"), "_users", documents);
        long now = System.currentTimeMillis();
        body.putObject("date").put("current", now).put("uptime", (now - START) / 1000.0);
        body.putObject("sentinel").put("backlog", sentinelBacklog);
        body.setAll((ObjectNode) Json.read(REST).orElseThrow());
        body.putObject("outbound_push").put("backlog", outboundBacklog);
        return body;
    }

    private static void database(ObjectNode database, String name, ChtDocuments documents) {
        database.put("name", name)
                .put("update_sequence", documents.lastSeq())
                .put("doc_count", documents.liveCount())
                .put("doc_del_count", documents.deletedCount())
                .put("fragmentation", 2.5);
        database.putObject("sizes").put("active", 500_000).put("file", 1_200_000);
        ObjectNode view = database.putArray("view_indexes").addObject().put("name", name);
        view.putObject("sizes").put("active", 5_000).put("file", 90_000);
    }
}
