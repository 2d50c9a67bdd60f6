package io.claimloop.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.contract.Behaviour.NotTried;
import io.claimloop.simulated.DemoData;
import io.claimloop.simulated.SimulatedCht;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A CHT, simulated or live, and the records that this run wrote there. */
final class ChtServer {
    /** Null at a live one. */
    final SimulatedCht simulated;

    private final String username;
    private final String password;
    private final String patient;
    private final Wire wire;
    private final List<String> written = new ArrayList<>();
    private boolean refused;

    private ChtServer(String url, String username, String password, String patient, SimulatedCht simulated) {
        this.username = username;
        this.password = password;
        this.patient = patient;
        this.simulated = simulated;
        this.wire = new Wire(url, simulated == null ? Settings.number("cht.requests-per-minute", 120) : 0);
    }

    static ChtServer live(String url) {
        var username = Settings.of("cht.username");
        if (username == null) throw new IllegalStateException("Give -Dcontract.cht.username, too.");
        return new ChtServer(url, username, Settings.password("cht"), Settings.of("cht.patient"), null);
    }

    static ChtServer of(SimulatedCht simulated) {
        return new ChtServer(simulated.url(), SimulatedCht.USERNAME, SimulatedCht.PASSWORD, DemoData.JOSEPH, simulated);
    }

    boolean live() {
        return simulated == null;
    }

    /** A contact that nobody visits: a record shows on the phone of whoever is responsible for it. */
    String patient() {
        if (patient == null) throw new NotTried("it writes a record of a test person: give -Dcontract.cht.patient");
        return patient;
    }

    Wire.Answer call(String method, String path, String body) throws Exception {
        // CHT locks an account for five minutes after the third wrong call (recordings 141-149).
        if (refused) throw new NotTried("CHT did not take our login, and it is not repeated");
        var answer = callWith(password, method, path, body);
        refused = answer.status() == 401;
        if (answer.status() == 403 && answer.body().contains("temporarily locked")) {
            refused = true;
            throw new NotTried("the account is locked after wrong passwords; try again in some minutes (141-149)");
        }
        if (answer.status() == 403) {
            throw new NotTried("the account lacks the permission for " + method + " " + path.replaceFirst("\\?.*", ""));
        }
        return answer;
    }

    Wire.Answer callWith(String secret, String method, String path, String body) throws Exception {
        var pair = (username + ":" + secret).getBytes(StandardCharsets.UTF_8);
        var basic = "Basic " + Base64.getEncoder().encodeToString(pair);
        return wire.send(method, path, body, Map.of("Authorization", basic));
    }

    Wire.Answer anonymous(String path) throws Exception {
        return wire.send("GET", path, null, Map.of());
    }

    Wire.Answer get(String path) throws Exception {
        return call("GET", path, null);
    }

    Wire.Answer search(String number) throws Exception {
        var key = Settings.of("cht.insurance-number-field", "insurance_number") + ":" + number;
        var value = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
        return get("/api/v1/contact/uuid?freetext=" + value + "&type=person");
    }

    /** A claim record as ClaimLoop's mapping makes it, withdrawn from the first, so that no task comes of it. */
    ObjectNode record() throws Exception {
        var file = Path.of("mappings", "claim-record", "withdrawn.out.json").toFile();
        var record = (ObjectNode) Wire.JSON.readTree(file);
        record.put("_id", UUID.randomUUID().toString());
        record.put("reported_date", System.currentTimeMillis());
        record.put("form", Settings.of("cht.record-form", "OPENIMIS_CLAIM"));
        var person = get("/medic/" + patient()).json();
        ((ObjectNode) record.path("fields"))
                .put("patient_id", person.path("patient_id").asText(patient()))
                .put("patient_uuid", patient())
                .put("claim_uuid", UUID.randomUUID().toString())
                .put("claim_code", "CLT-CONTRACT")
                .put("facility", "ClaimLoop contract");
        return record;
    }

    Wire.Answer put(JsonNode record) throws Exception {
        var id = record.path("_id").asText();
        var answer = call("PUT", "/medic/" + id, record.toString());
        if (answer.status() == 201 && !written.contains(id)) written.add(id);
        return answer;
    }

    Wire.Answer bulk(List<ObjectNode> records) throws Exception {
        var body = Wire.JSON.createObjectNode();
        body.putArray("docs").addAll(records);
        var answer = call("POST", "/medic/_bulk_docs", body.toString());
        if (answer.status() == 201) {
            records.stream()
                    .map(record -> record.path("_id").asText())
                    .filter(id -> !written.contains(id))
                    .forEach(written::add);
        }
        return answer;
    }

    Wire.Answer allDocs(List<String> ids) throws Exception {
        var body = Wire.JSON.createObjectNode();
        ids.forEach(body.putArray("keys")::add);
        return call("POST", "/medic/_all_docs?include_docs=true", body.toString());
    }

    Wire.Answer delete(String id) throws Exception {
        var rev = get("/medic/" + id).json().path("_rev").asText();
        return call("DELETE", "/medic/" + id + "?rev=" + rev, null);
    }

    /** The ids of what is left. */
    List<String> cleanUp() throws Exception {
        var left = new ArrayList<String>();
        for (var id : written) {
            if (get("/medic/" + id).status() == 404) continue;
            if (delete(id).status() != 200) left.add(id);
        }
        return left;
    }
}
