package io.claimloop.contract;

import static io.claimloop.contract.Behaviour.asked;
import static io.claimloop.contract.Behaviour.reliedOn;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.contract.Behaviour.NotTried;
import io.claimloop.simulated.OpenImisRecording;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.stream.Stream;

/** The life of a Subscription. Ours ended long ago, so it never fires (recordings 218, 301), and it is deleted. */
final class OpenImisSubscriptions {
    private final OpenImisServer openImis;
    private String id;
    private boolean impossible;

    OpenImisSubscriptions(OpenImisServer openImis) {
        this.openImis = openImis;
    }

    Stream<Behaviour> behaviours() {
        return Stream.of(
                asked("Can this release subscribe to claims?", "201, 215, 218", this::create),
                reliedOn("shows a Subscription with its header as it was given", "203", this::show),
                asked("Is a Subscription changed by PUT?", "206, 207, 208, 235", this::change),
                asked("Is a second, equal one refused?", "226", this::again),
                reliedOn(
                        "pushes the ClaimResponse once, inside POST /Claim/, with our header", "302, 305", this::fires),
                reliedOn("deletes one's own Subscription, and then it is not found", "229, 230", this::delete));
    }

    private ObjectNode body() {
        ObjectNode body = OpenImisRecording.of("218").request().path("body").deepCopy();
        ((ObjectNode) body.path("channel")).put("endpoint", "http://127.0.0.1:9/claimloop-contract");
        return body;
    }

    private String create() throws Exception {
        var answer = openImis.fhir("POST", "Subscription/", body());
        if (answer.status() != 201) {
            impossible = true;
            Expect.that(answer.status() < 600, "201", "" + answer.status());
            throw new Behaviour.Difference(
                    "status 201", "status " + answer.status() + ": it cannot, and claims come by polling alone");
        }
        Expect.text(answer.json(), "/id");
        id = answer.json().path("id").asText();
        Expect.value("Claim", answer.json(), "/criteria");
        return "yes";
    }

    private String id() {
        if (impossible) throw new NotTried("this release cannot subscribe to claims");
        if (id == null) throw new NotTried("it needs a Subscription of its own");
        return id;
    }

    private void show() throws Exception {
        var answer = openImis.get("Subscription/" + id() + "/");
        Expect.status(200, answer);
        var sent = body();
        Expect.value(sent.at("/channel/endpoint").asText(), answer.json(), "/channel/endpoint");
        Expect.value(sent.at("/channel/header/0").asText(), answer.json(), "/channel/header/0");
        Expect.value("active", answer.json(), "/status");
        Expect.text(answer.json(), "/end");
    }

    private String change() throws Exception {
        var changed = body().put("id", id()).put("end", "2021-01-01T00:00:00+00:00");
        var answer = openImis.fhir("PUT", "Subscription/" + id + "/", changed);
        Expect.status(500, answer);
        return "no: 500, so to renew is to make a new one and delete the old one";
    }

    private String again() throws Exception {
        id();
        var answer = openImis.fhir("POST", "Subscription/", body());
        Expect.status(201, answer);
        var second = answer.json().path("id").asText();
        Expect.status(204, openImis.fhir("DELETE", "Subscription/" + second + "/", null));
        return "no: each one would fire";
    }

    /** Beside other subscribers; openIMIS must reach us. */
    private void fires() throws Exception {
        id();
        var reachable = Settings.of("openimis.receiver");
        if (openImis.live && reachable == null) {
            throw new NotTried(
                    "openIMIS must reach this machine: give -Dcontract.openimis.receiver and .receiver-port");
        }
        var address = openImis.live ? Settings.of("openimis.receiver-address", "0.0.0.0") : "127.0.0.1";
        try (var receiver = new Receiver(address, Settings.number("openimis.receiver-port", 0))) {
            var endpoint = openImis.live ? reachable : "http://127.0.0.1:" + receiver.port() + "/claimloop-contract";
            var secret = "Bearer " + UUID.randomUUID();
            var body = body().put(
                            "end",
                            OffsetDateTime.now().plusMinutes(10).withNano(0).toString());
            ((ObjectNode) body.path("channel")).put("endpoint", endpoint);
            ((ArrayNode) body.at("/channel/header")).set(0, "{\"Authorization\": \"" + secret + "\"}");
            var made = openImis.fhir("POST", "Subscription/", body);
            Expect.status(201, made);
            try {
                pushed(receiver, secret, openImis.newClaim());
            } finally {
                openImis.fhir("DELETE", "Subscription/" + made.json().path("id").asText() + "/", null);
            }
        }
    }

    private static void pushed(Receiver receiver, String secret, String claim) throws Exception {
        var received = receiver.received();
        Expect.that(received.size() == 1, "one push before POST /Claim/ is answered", received.size() + " pushes");
        var push = received.get(0);
        Expect.that(secret.equals(push.authorization()), "our Authorization header", "another, or none");
        Expect.that(
                String.valueOf(push.contentType()).startsWith("application/json"), "application/json", "another type");
        var json = Wire.JSON.readTree(push.body());
        Expect.value(claim, json, "/id");
        Expect.value("ClaimResponse", json, "/resourceType");
    }

    private void delete() throws Exception {
        Expect.status(204, openImis.fhir("DELETE", "Subscription/" + id() + "/", null));
        Expect.status(404, openImis.get("Subscription/" + id + "/"));
    }
}
