package io.claimloop.contract;

import static io.claimloop.contract.Behaviour.asked;
import static io.claimloop.contract.Behaviour.reliedOn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.contract.Behaviour.NotTried;
import io.claimloop.simulated.OpenImisRecording;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Claims: made, read back many at once, listed, submitted. */
final class OpenImisClaims {
    private static final String IDS = "uuid insuree { id } healthFacility { id } admin { id } icd { id }"
            + " items { priceAsked item { id } } services { priceAsked service { id } }";

    private final OpenImisServer openImis;
    private String typed;

    OpenImisClaims(OpenImisServer openImis) {
        this.openImis = openImis;
    }

    Stream<Behaviour> behaviours() {
        return Stream.of(
                reliedOn("takes a claim by FHIR and answers its ClaimResponse", "401, 418", this::byFhir),
                asked("Is a claim code taken once only?", "402, 455", this::codeTwice),
                reliedOn("shows what ClaimLoop reads of a claim, many in one request", "918, 990", this::readBack),
                reliedOn("answers null and the path of an unknown claim, and shows the others", "994", this::unknown),
                reliedOn("takes numbers and UUIDs as variables of a query", "917, 928", this::variables),
                reliedOn("takes a claim by GraphQL, entered and not submitted", "921", this::byGraphQl),
                reliedOn("submits an entered claim", "922", this::submit),
                reliedOn("shows several logs in one request, and none for an unknown id", "952, 992", this::logs),
                reliedOn("lists claims by pages with a cursor", "912, 913, 917", this::pages),
                reliedOn("refuses pages of more than 100", "914", this::pageLimit),
                reliedOn("lists claims by status and feedback status", "912", this::filters),
                asked("Does a claim show its further diagnoses?", "read, not recorded", this::diagnoses),
                asked("Does a change of status move validityFrom?", "925", this::validityFrom));
    }

    private void byFhir() throws Exception {
        var code = openImis.newCode();
        var answer = openImis.postClaim(code);
        Expect.status(201, answer);
        Expect.value("ClaimResponse", answer.json(), "/resourceType");
        var codes = answer.json().findValuesAsText("value");
        Expect.that(codes.contains(code), "the code among the identifiers", "other identifiers");
        Expect.shape(
                OpenImisRecording.of("401").response().at("/body/identifier"),
                answer.json().path("identifier"));
        Expect.type(answer.json(), "/patient/reference", JsonNodeType.STRING);
    }

    private String codeTwice() throws Exception {
        var code = openImis.newCode();
        if (openImis.postClaim(code).status() != 201) throw new NotTried("POST /Claim/ is refused");
        var again = openImis.postClaim(code);
        Expect.status(500, again);
        return "the second one at a time is refused with 500";
    }

    private void readBack() throws Exception {
        var first = openImis.newClaim();
        var second = openImis.newClaim();
        var query = "{ c0: claim(uuid: \"%s\") %s c1: claim(uuid: \"%s\") %s }";
        var data = openImis.data(query.formatted(first, fields(), second, fields()));
        Expect.value(first, data, "/c0/uuid");
        Expect.value(second, data, "/c1/uuid");
        for (var member : List.of("insuree", "healthFacility", "items", "services")) {
            Expect.shape(onlyRead(member), data.at("/c0/" + member));
        }
        for (var name : List.of("status", "feedbackStatus", "reviewStatus", "rejectionReason")) {
            Expect.type(data, "/c0/" + name, JsonNodeType.NUMBER);
        }
        for (var name : List.of("code", "dateFrom", "dateTo", "dateClaimed")) Expect.text(data, "/c0/" + name);
        Expect.type(data, "/c0/validityTo", JsonNodeType.NULL);
        Expect.type(data, "/c0/feedback", JsonNodeType.NULL);
    }

    /** As the application reads claims: the very same fields. */
    private static String fields() throws Exception {
        try (InputStream in = OpenImisClaims.class.getResourceAsStream("/io/claimloop/openimis/claim-fields.graphql")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)#.*$", "")
                    .replaceAll("\\s+", " ");
        }
    }

    /** The recorded claim's member, without what the recorded request asked beyond ClaimLoop's. */
    private static JsonNode onlyRead(String member) {
        var recorded = OpenImisRecording.of("990")
                .response()
                .at("/body/data/c0/" + member)
                .deepCopy();
        recorded.findParents("priceAsked").forEach(line -> ((ObjectNode) line).remove("priceAsked"));
        return recorded;
    }

    private void unknown() throws Exception {
        var known = openImis.newClaim();
        var answer = openImis.graphQl("{ a: claim(uuid: \"%s\") { uuid } b: claim(uuid: \"%s\") { uuid } }"
                .formatted(UUID.randomUUID(), known));
        Expect.status(200, answer);
        Expect.type(answer.json(), "/data/a", JsonNodeType.NULL);
        Expect.value(known, answer.json(), "/data/b/uuid");
        Expect.value("a", answer.json(), "/errors/0/path/0");
        var text = answer.json().at("/errors/0/message").asText();
        Expect.that(text.contains("does not exist"), "the words \"does not exist\"", "other words");
    }

    private void variables() throws Exception {
        var insuree = openImis.insuree();
        var values = Wire.JSON.createObjectNode();
        values.set("n", insuree.path("chfId"));
        values.putArray("v").add(insuree.at("/family/location/uuid").asText(""));
        var answer = openImis.graphQl(
                "query($n: String!, $v: [String!]) { a: policiesByInsuree(chfId: $n, activeOrLastExpiredOnly: false) { totalCount }"
                        + " b: substitutionEnrolmentOfficers(villagesUuids: $v) { totalCount } }",
                values);
        Expect.status(200, answer);
        Expect.type(answer.json(), "/data/a/totalCount", JsonNodeType.NUMBER);
        Expect.type(answer.json(), "/data/b/totalCount", JsonNodeType.NUMBER);
    }

    private void byGraphQl() throws Exception {
        var model = openImis.claim(openImis.newClaim(), IDS);
        var code = openImis.newCode();
        var today = LocalDate.now();
        var log = openImis.mutate(
                "createClaim",
                ("code: \"%s\" insureeId: %d adminId: %d icdId: %d healthFacilityId: %d visitType: \"O\""
                                + " dateFrom: \"%s\" dateTo: \"%s\" dateClaimed: \"%s\" feedbackStatus: 1 reviewStatus: 1"
                                + " items: [{itemId: %d priceAsked: \"%s\" qtyProvided: \"1\" status: 1}]"
                                + " services: [{serviceId: %d priceAsked: \"%s\" qtyProvided: \"1\" status: 1}]")
                        .formatted(
                                code,
                                id(model, "/insuree/id"),
                                id(model, "/admin/id"),
                                id(model, "/icd/id"),
                                id(model, "/healthFacility/id"),
                                today,
                                today,
                                today,
                                id(model, "/items/0/item/id"),
                                model.at("/items/0/priceAsked").asText(),
                                id(model, "/services/0/service/id"),
                                model.at("/services/0/priceAsked").asText()));
        Expect.that(log.success(), "status 2 in the log", "status " + log.status());
        var found = openImis.data("{ claims(code: \"%s\") { edges { node { uuid status } } } }".formatted(code));
        Expect.text(found, "/claims/edges/0/node/uuid");
        typed = found.at("/claims/edges/0/node/uuid").asText();
        openImis.remember(typed);
        Expect.value(2, found, "/claims/edges/0/node/status");
    }

    /** A number, or Relay's form of it. */
    static int id(JsonNode json, String pointer) {
        var text = json.at(pointer).asText();
        if (text.matches("\\d+")) return Integer.parseInt(text);
        try {
            var decoded = new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
            return Integer.parseInt(decoded.substring(decoded.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            throw new Behaviour.Difference(pointer + " to be a Relay id of a number", "something else");
        }
    }

    private void submit() throws Exception {
        if (typed == null) throw new NotTried("it needs a claim made by GraphQL");
        openImis.mutate("submitClaims", OpenImisServer.uuids(typed));
        int status = openImis.claim(typed, "status").path("status").asInt();
        Expect.that(status == 4 || status == 1, "claim status 4 or 1", "status " + status);
    }

    private void logs() throws Exception {
        var claim = openImis.newClaim();
        var logs = openImis.mutateAll(
                "skipClaimsFeedback", List.of(OpenImisServer.uuids(claim), OpenImisServer.uuids(claim)));
        Expect.that(logs.stream().allMatch(OpenImisServer.Log::success), "two logs with status 2", "another status");
        var none = openImis.data("{ mutationLogs(clientMutationId: \"%s\") { edges { node { status } } } }"
                .formatted(UUID.randomUUID()));
        Expect.that(none.at("/mutationLogs/edges").isEmpty(), "no log for an unknown id", "a log");
    }

    private void pages() throws Exception {
        openImis.newClaim();
        openImis.newClaim();
        var query = "{ claims(dateClaimed_Gte: \"%s\", first: 1%s, orderBy: [\"id\"]) { totalCount"
                + " pageInfo { hasNextPage endCursor } edges { node { uuid code status feedbackStatus validityFrom } } } }";
        var first = openImis.data(query.formatted(LocalDate.now(), "")).path("claims");
        Expect.value(true, first, "/pageInfo/hasNextPage");
        Expect.text(first, "/pageInfo/endCursor");
        var after = ", after: " + first.at("/pageInfo/endCursor");
        var second = openImis.data(query.formatted(LocalDate.now(), after)).path("claims");
        Expect.text(second, "/edges/0/node/uuid");
        var same = first.at("/edges/0/node/uuid").equals(second.at("/edges/0/node/uuid"));
        Expect.that(!same, "another claim on the second page", "the same one");
    }

    private void pageLimit() throws Exception {
        var answer = openImis.graphQl("{ claims(first: 101) { totalCount } }");
        Expect.type(answer.json(), "/errors", JsonNodeType.ARRAY);
    }

    private void filters() throws Exception {
        var claim = openImis.newClaim();
        var status = openImis.claim(claim, "status").path("status").asInt();
        var query = "{ claims(uuid: \"%s\", status: %d, feedbackStatus: %d) { totalCount } }";
        var found = openImis.data(query.formatted(claim, status, 1));
        Expect.value(1, found, "/claims/totalCount");
        Expect.value(0, openImis.data(query.formatted(claim, status, 4)), "/claims/totalCount");
    }

    private String diagnoses() throws Exception {
        var answer = openImis.graphQl(
                "{ claim(uuid: \"%s\") { icd { code } icd1 { code } icd4 { code } } }".formatted(openImis.newClaim()));
        Expect.status(200, answer);
        Expect.text(answer.json(), "/data/claim/icd/code");
        return "yes, so excluded diagnoses are seen wherever they stand";
    }

    private String validityFrom() throws Exception {
        var claim = openImis.newClaim();
        var before = openImis.claim(claim, "validityFrom").path("validityFrom");
        openImis.mutate("skipClaimsFeedback", OpenImisServer.uuids(claim));
        var after = openImis.claim(claim, "validityFrom").path("validityFrom");
        Expect.that(before.equals(after), "the same validityFrom", "another");
        return "no: only a rescan finds it";
    }
}
