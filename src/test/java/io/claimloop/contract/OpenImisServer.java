package io.claimloop.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.contract.Behaviour.Difference;
import io.claimloop.contract.Behaviour.NotTried;
import io.claimloop.simulated.OpenImisRecording;
import io.claimloop.simulated.SimulatedOpenImis;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * An openIMIS, simulated or live, and the claims that this run made there. A right that the account lacks is no
 * difference: what needs it could not be tried.
 */
final class OpenImisServer {
    static final String FHIR = "/api/api_fhir_r4/";
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyMMddHHmmss");

    final boolean live;
    final String username;
    private final String password;
    private final Wire wire;
    private final Duration patience;
    private final String run = "CLT" + SECONDS.format(LocalDateTime.now());
    private final List<String> made = new ArrayList<>();
    private String token;
    private String refusedLogin;
    private JsonNode insuree;
    private int codes;

    private OpenImisServer(String url, String username, String password, boolean live, Duration patience) {
        this.live = live;
        this.username = username;
        this.password = password;
        this.patience = patience;
        this.wire = new Wire(url, live ? Settings.number("openimis.requests-per-minute", 100) : 0);
    }

    static OpenImisServer live(String url) {
        var username = Settings.of("openimis.username");
        if (username == null) throw new IllegalStateException("Give -Dcontract.openimis.username, too.");
        return new OpenImisServer(url, username, Settings.password("openimis"), true, Duration.ofSeconds(60));
    }

    static OpenImisServer of(SimulatedOpenImis simulated) {
        return new OpenImisServer(
                simulated.url(), SimulatedOpenImis.USERNAME, SimulatedOpenImis.PASSWORD, false, Duration.ofSeconds(2));
    }

    /** On a simulator always, on a live server only where it was said. */
    void onlyIfAllowed(String property, String why) {
        if (live && !Settings.allowed(property))
            throw new NotTried(why + " Allow it with -Dcontract." + property + "=true.");
    }

    // --- calls

    Wire.Answer login(String secret) throws Exception {
        var body = Wire.JSON.createObjectNode().put("username", username).put("password", secret);
        return wire.send("POST", FHIR + "login/", body.toString(), Map.of());
    }

    /** Once: a password that was refused is never tried again, for openIMIS locks the account. */
    Wire.Answer login() throws Exception {
        if (refusedLogin != null) throw new NotTried(refusedLogin);
        var answer = login(password);
        if (answer.json().path("token").isTextual()) {
            token = answer.json().path("token").asText();
        } else {
            refusedLogin = "openIMIS did not log us in (status " + answer.status() + ")";
        }
        return answer;
    }

    private String bearer() throws Exception {
        if (token == null) login();
        if (token == null) throw new NotTried(refusedLogin);
        return "Bearer " + token;
    }

    Wire.Answer fhirAs(String authorization, String method, String path, String body) throws Exception {
        Map<String, String> headers = authorization == null ? Map.of() : Map.of("Authorization", authorization);
        return wire.send(method, FHIR + path, body, headers);
    }

    Wire.Answer fhir(String method, String path, JsonNode body) throws Exception {
        var answer = fhirAs(bearer(), method, path, body == null ? null : body.toString());
        if (answer.status() == 403) {
            throw new NotTried("the account lacks the right for " + method + " " + path.split("[/?]")[0] + " (403)");
        }
        return answer;
    }

    Wire.Answer get(String path) throws Exception {
        return fhir("GET", path, null);
    }

    Wire.Answer graphQlAs(String authorization, String query) throws Exception {
        return graphQlAs(authorization, query, Wire.JSON.createObjectNode());
    }

    private Wire.Answer graphQlAs(String authorization, String query, ObjectNode variables) throws Exception {
        Map<String, String> headers = authorization == null ? Map.of() : Map.of("Authorization", authorization);
        var body = Wire.JSON.createObjectNode().put("query", query);
        if (!variables.isEmpty()) body.set("variables", variables);
        return wire.send("POST", "/api/graphql", body.toString(), headers);
    }

    Wire.Answer graphQl(String query) throws Exception {
        return graphQl(query, Wire.JSON.createObjectNode());
    }

    Wire.Answer graphQl(String query, ObjectNode variables) throws Exception {
        var answer = graphQlAs(bearer(), query, variables);
        for (var error : answer.json().path("errors")) {
            if (error.path("message").asText().contains("not authorized")) {
                throw new NotTried("the account lacks the right for the query " + error.path("path"));
            }
        }
        return answer;
    }

    /** The data of a query that must succeed. */
    JsonNode data(String query) throws Exception {
        var answer = graphQl(query);
        Expect.status(200, answer);
        Expect.that(!answer.json().has("errors"), "no errors", "errors");
        return answer.json().path("data");
    }

    // --- mutations

    /** An entry of mutationLogs. */
    record Log(int status, String error) {
        boolean success() {
            return status == 2;
        }
    }

    Log mutate(String name, String input) throws Exception {
        return mutateAll(name, List.of(input)).get(0);
    }

    /** All in one request by aliases, and waits for their ends: with MODE=PROD they are done by another process. */
    List<Log> mutateAll(String name, List<String> inputs) throws Exception {
        var ids = inputs.stream().map(input -> UUID.randomUUID().toString()).toList();
        var query = new StringBuilder("mutation {");
        for (int i = 0; i < ids.size(); i++) {
            query.append(" m%d: %s(input: {clientMutationId: \"%s\" clientMutationLabel: \"ClaimLoop contract\" %s})"
                            .formatted(i, name, ids.get(i), inputs.get(i)))
                    .append(" { clientMutationId internalId }");
        }
        var answer = graphQl(query.append(" }").toString());
        Expect.status(200, answer);
        for (int i = 0; i < ids.size(); i++) Expect.text(answer.json(), "/data/m" + i + "/internalId");
        return ended(name, ids);
    }

    private List<Log> ended(String name, List<String> ids) throws Exception {
        try {
            var logs = Awaitility.await()
                    .atMost(patience)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(live ? 1000 : 100))
                    .until(() -> logs(ids), found -> found.stream().allMatch(log -> log.status > 0));
            if (logs.stream().anyMatch(log -> log.error.contains("PermissionDenied"))) {
                throw new NotTried("the account lacks the right for the mutation " + name);
            }
            return logs;
        } catch (ConditionTimeoutException e) {
            throw new Difference("the log of " + name + " to end within " + patience, "no end");
        }
    }

    List<Log> logs(List<String> ids) throws Exception {
        var query = new StringBuilder("{");
        for (int i = 0; i < ids.size(); i++) {
            query.append(" l%d: mutationLogs(clientMutationId: \"%s\") { edges { node { status error } } }"
                    .formatted(i, ids.get(i)));
        }
        var data = data(query.append(" }").toString());
        var logs = new ArrayList<Log>();
        for (int i = 0; i < ids.size(); i++) {
            var node = data.at("/l" + i + "/edges/0/node");
            logs.add(new Log(node.path("status").asInt(0), node.path("error").asText("")));
        }
        return logs;
    }

    // --- our own claims

    /** Uuid and village of the insuree that claims are made for. */
    JsonNode insuree() throws Exception {
        if (insuree == null) {
            var number = Settings.of("openimis.insuree", "070707070");
            var found = data("{ insurees(chfId: %s) { edges { node { uuid chfId currentVillage { uuid code name }"
                            .formatted(Wire.JSON.getNodeFactory().textNode(number))
                    + " family { uuid location { uuid code name } } } } } }");
            insuree = found.at("/insurees/edges/0/node");
            if (insuree.isMissingNode()) {
                throw new NotTried("there is no insuree of that number: give -Dcontract.openimis.insuree");
            }
        }
        return insuree;
    }

    String newCode() {
        return run + ++codes;
    }

    /** By FHIR: entered, submitted and checked in one go; the answer is the ClaimResponse. */
    Wire.Answer postClaim(String code) throws Exception {
        ObjectNode claim = OpenImisRecording.of("401").request().path("body").deepCopy();
        var today = LocalDate.now().toString();
        ((ObjectNode) claim.at("/identifier/0")).put("value", code);
        refer(claim, "patient", "Patient", insuree().path("uuid").asText());
        refer(claim, "enterer", "Practitioner", Settings.of("openimis.admin", "4a3f1a0a-e13c-451a-9511-a4d0fe35d20b"));
        refer(
                claim,
                "provider",
                "Organization",
                Settings.of("openimis.facility", "026e088a-fbd5-474e-8d42-069958a34127"));
        ((ObjectNode) claim.path("billablePeriod")).put("start", today).put("end", today);
        claim.put("created", today);
        var diagnosis = (ObjectNode) claim.at("/diagnosis/0/diagnosisCodeableConcept/coding/0");
        diagnosis.put("code", Settings.of("openimis.diagnosis", "A000"));
        line(claim, 0, Settings.of("openimis.item", "0001"));
        line(claim, 1, Settings.of("openimis.service", "A1"));
        var answer = fhir("POST", "Claim/", claim);
        if (answer.json().path("id").isTextual())
            made.add(answer.json().path("id").asText());
        return answer;
    }

    private static void refer(ObjectNode claim, String field, String type, String uuid) {
        var reference = (ObjectNode) claim.path(field);
        reference.put("reference", type + "/" + uuid);
        ((ObjectNode) reference.path("identifier")).put("value", uuid);
    }

    private static void line(ObjectNode claim, int index, String code) {
        var item = (ObjectNode) claim.at("/item/" + index);
        ((ObjectNode) item.at("/extension/0/valueReference/identifier")).put("value", code);
        ((ObjectNode) item.path("productOrService")).put("text", code);
    }

    /** The uuid of a new claim of our own. */
    String newClaim() throws Exception {
        var answer = postClaim(newCode());
        if (answer.status() != 201) {
            throw new NotTried("it needs a claim of its own, and POST /Claim/ answered " + answer.status());
        }
        return answer.json().path("id").asText();
    }

    void remember(String uuid) {
        made.add(uuid);
    }

    JsonNode claim(String uuid, String fields) throws Exception {
        return data("{ claim(uuid: \"%s\") { %s } }".formatted(uuid, fields)).path("claim");
    }

    ObjectNode communication(String claimUuid) throws Exception {
        ObjectNode body = OpenImisRecording.of("701").request().path("body").deepCopy();
        refer(body, "subject", "Patient", insuree().path("uuid").asText());
        ((ObjectNode) ((ArrayNode) body.path("about")).get(0)).put("reference", "Claim/" + claimUuid);
        return body;
    }

    static String uuids(String... uuids) {
        return "uuids: ["
                + List.of(uuids).stream().map(uuid -> '"' + uuid + '"').collect(Collectors.joining(", ")) + "]";
    }

    /** Deletes all that this run made; what is left is told by its uuid. */
    List<String> cleanUp() throws Exception {
        if (made.isEmpty() || token == null) return List.of();
        try {
            mutate("deleteClaims", uuids(made.toArray(String[]::new)));
        } catch (NotTried | Difference refused) {
            // Told by what is left.
        }
        var left = new ArrayList<String>();
        for (var uuid : made) {
            if (claim(uuid, "validityTo").path("validityTo").isNull()) left.add(uuid);
        }
        return left;
    }
}
