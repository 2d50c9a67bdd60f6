package io.claimloop.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The relay's workers: each leases a batch, reads it, looks for its patients, writes it, and marks it as done. */
final class RelayWork {
    private static final int WORKERS = 2;
    private static final String FIELDS = ") { uuid code status validityTo dateFrom feedbackStatus insuree { chfId }"
            + " healthFacility { code name } }";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode settings;
    private final String token;
    private final Semaphore due = new Semaphore(0);

    RelayWork(JsonNode settings) throws IOException {
        this.settings = settings;
        String login = JSON.createObjectNode()
                .put("username", text("openimis.username"))
                .put("password", text("openimis.password"))
                .toString();
        Wire.Reply reply = new Wire(text("openimis.url"), null).send("POST", "/api/api_fhir_r4/login/", login);
        token = JSON.readTree(reply.body()).path("token").asText();
    }

    private String text(String name) {
        return settings.path("claimloop." + name).asText();
    }

    /** One permit each is enough: a worker goes on until nothing is due. */
    void wake() {
        if (due.availablePermits() < WORKERS) {
            due.release(WORKERS);
        }
    }

    void begin() throws Exception {
        for (int i = 0; i < WORKERS; i++) {
            Worker worker = new Worker();
            new Thread(worker::run, "worker-" + i).start();
        }
    }

    private final class Worker {
        private final RelayTable table =
                new RelayTable(settings.path("database").asText());
        private final Wire openimis = new Wire(text("openimis.url"), "Bearer " + token);
        private final Wire cht = new Wire(text("cht.url"), basic());

        Worker() throws Exception {}

        void run() {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    due.tryAcquire(500, TimeUnit.MILLISECONDS);
                    List<UUID> claims = table.lease();
                    while (!claims.isEmpty()) {
                        relay(claims);
                        claims = table.lease();
                    }
                } catch (InterruptedException e) {
                    return;
                } catch (Exception e) {
                    // what was leased comes again
                    System.err.println(e);
                }
            }
        }

        private void relay(List<UUID> claims) throws Exception {
            StringBuilder query = new StringBuilder("{");
            for (int i = 0; i < claims.size(); i++) {
                query.append(" c")
                        .append(i)
                        .append(": claim(uuid: \"")
                        .append(claims.get(i))
                        .append('"')
                        .append(FIELDS);
            }
            String request = JSON.createObjectNode()
                    .put("query", query.append(" }").toString())
                    .toString();
            JsonNode data =
                    json(openimis.send("POST", "/api/graphql", request), 200).path("data");
            ArrayNode docs = JSON.createArrayNode();
            List<UUID> written = new ArrayList<>();
            for (int i = 0; i < claims.size(); i++) {
                JsonNode claim = data.path("c" + i);
                JsonNode hits = json(
                                cht.send(
                                        "GET",
                                        "/api/v1/contact/uuid?freetext=insurance_number:"
                                                + claim.at("/insuree/chfId").asText() + "&type=person",
                                        null),
                                200)
                        .path("data");
                if (hits.size() == 1) {
                    docs.add(record(claims.get(i), claim, hits.get(0).asText()));
                    written.add(claims.get(i));
                }
            }
            ObjectNode bulk = JSON.createObjectNode();
            bulk.set("docs", docs);
            // a conflict is a record that an earlier try has written
            json(cht.send("POST", "/medic/_bulk_docs", bulk.toString()), 201);
            table.done(written);
        }
    }

    private String basic() {
        String pair = text("cht.username") + ":" + text("cht.password");
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode json(Wire.Reply reply, int wanted) throws IOException {
        if (reply.status() != wanted) {
            throw new IOException("status " + reply.status());
        }
        return JSON.readTree(reply.body());
    }

    /** The same form as ClaimLoop's, so that CHT has the same to do. */
    private static ObjectNode record(UUID uuid, JsonNode claim, String patient) {
        ObjectNode record = JSON.createObjectNode()
                .put(
                        "_id",
                        UUID.nameUUIDFromBytes(uuid.toString().getBytes(StandardCharsets.US_ASCII))
                                .toString())
                .put("type", "data_record")
                .put("form", "OPENIMIS_CLAIM")
                .put("reported_date", System.currentTimeMillis())
                .put("from", "");
        record.putObject("fields")
                .put("patient_id", patient)
                .put("patient_uuid", patient)
                .put("claim_uuid", uuid.toString())
                .put("claim_code", claim.path("code").asText())
                .put("purpose", "feedback")
                .put("visit_date", claim.path("dateFrom").asText())
                .put("facility", claim.at("/healthFacility/name").asText())
                .put("facility_code", claim.at("/healthFacility/code").asText())
                .put("answer_by", "2099-01-01")
                .put("priority", "normal")
                .put("status", "open");
        record.putArray("errors");
        record.putArray("tasks");
        return record;
    }
}
