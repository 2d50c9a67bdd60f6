package io.claimloop.contract;

import static io.claimloop.contract.Behaviour.asked;
import static io.claimloop.contract.Behaviour.reliedOn;

import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.claimloop.contract.Behaviour.Difference;
import io.claimloop.contract.Behaviour.NotTried;
import io.claimloop.simulated.OpenImisRecording;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;
import java.util.stream.Stream;

/** Policies and officers, processing, batch runs, files on a claim, deletion. */
final class OpenImisValuation {
    private final OpenImisServer openImis;

    OpenImisValuation(OpenImisServer openImis) {
        this.openImis = openImis;
    }

    Stream<Behaviour> behaviours() {
        return Stream.of(
                reliedOn("shows the policies of an insuree", "985", this::policies),
                reliedOn("shows the enrolment officers of a village", "983", () -> officer(openImis)),
                reliedOn(
                        "finds a place by its code, with the number that a batch run takes",
                        "read, not recorded",
                        this::places),
                reliedOn("processes a checked claim to 8, or to 16 without relative prices", "964, 965", this::process),
                reliedOn("lists batch runs, newest first", "966, 972", this::batchRuns),
                reliedOn("runs a month once for a place, and says so the second time", "967, 969", this::processBatch),
                asked("Does this release survive a file on a claim?", "427, 429, 454, 456, 955", this::attachment),
                reliedOn(
                        "deletes a claim softly: only validityTo tells it by uuid, and lists and FHIR lose it",
                        "973, 974, 978, 979",
                        this::delete));
    }

    private void policies() throws Exception {
        var number = openImis.insuree().path("chfId");
        var data = openImis.data(
                "{ policiesByInsuree(chfId: %s, activeOrLastExpiredOnly: false) { totalCount edges { node {"
                                .formatted(number)
                        + " policyUuid productCode effectiveDate startDate expiryDate status } } } }");
        if (data.at("/policiesByInsuree/edges").isEmpty()) throw new NotTried("the insuree has no policy");
        var node = data.at("/policiesByInsuree/edges/0/node");
        for (var name : new String[] {"policyUuid", "productCode", "startDate", "expiryDate"})
            Expect.text(node, "/" + name);
        Expect.type(node, "/status", JsonNodeType.NUMBER);
    }

    /** The number of an officer of the insuree's village, as feedback takes it. */
    static int officer(OpenImisServer openImis) throws Exception {
        var insuree = openImis.insuree();
        var village = insuree.at("/currentVillage/uuid").isTextual()
                ? insuree.at("/currentVillage/uuid")
                : insuree.at("/family/location/uuid");
        if (!village.isTextual()) throw new NotTried("the insuree has no village");
        var data = openImis.data(
                "{ substitutionEnrolmentOfficers(villagesUuids: [%s]) { edges { node { id uuid code phone } } } }"
                        .formatted(village));
        if (data.at("/substitutionEnrolmentOfficers/edges").isEmpty()) {
            throw new NotTried("no officer is responsible for the insuree's village");
        }
        var node = data.at("/substitutionEnrolmentOfficers/edges/0/node");
        Expect.text(node, "/code");
        return OpenImisClaims.id(node, "/id");
    }

    private void places() throws Exception {
        var village = openImis.insuree().at("/family/location/code");
        if (!village.isTextual()) throw new NotTried("the insuree has no village");
        var data = openImis.data(
                "{ locations(code: %s, type: \"V\") { edges { node { id uuid code type } } } }".formatted(village));
        Expect.text(data, "/locations/edges/0/node/uuid");
        OpenImisClaims.id(data, "/locations/edges/0/node/id");
    }

    private void process() throws Exception {
        openImis.onlyIfAllowed("openimis.try-processing", "Processing a claim is a step towards its payment.");
        var claim = openImis.newClaim();
        int status = openImis.claim(claim, "status").path("status").asInt();
        if (status != 4)
            throw new NotTried(
                    "the claim is not checked but has status " + status + ": give an insuree with a running policy");
        openImis.mutate("processClaims", OpenImisServer.uuids(claim));
        var after = openImis.claim(claim, "status processStamp");
        int now = after.path("status").asInt();
        Expect.that(now == 8 || now == 16, "claim status 8 or 16", "status " + now);
        Expect.text(after, "/processStamp");
    }

    private static final String RUNS = "{ batchRuns(orderBy: [\"-runDate\"], first: 5) { totalCount edges { node {"
            + " id runDate runYear runMonth location { uuid code name } } } } }";

    private void batchRuns() throws Exception {
        var data = openImis.data(RUNS);
        Expect.type(data, "/batchRuns/totalCount", JsonNodeType.NUMBER);
        Expect.shape(OpenImisRecording.of("972").response().at("/body/data/batchRuns"), data.path("batchRuns"));
    }

    /** January of this year, unless another month is named. */
    private void processBatch() throws Exception {
        openImis.onlyIfAllowed("openimis.try-batch", "A batch run uses up the month of its place for ever.");
        var month = "locationId: %d, year: %d, month: %d"
                .formatted(
                        Settings.number("openimis.batch-location", 1),
                        Settings.number("openimis.batch-year", LocalDate.now().getYear()),
                        Settings.number("openimis.batch-month", 1));
        openImis.mutate("processBatch", month);
        var second = openImis.mutate("processBatch", month);
        Expect.that(second.status() == 1, "status 1 in the log", "status " + second.status());
        Expect.that(second.error().contains("Already run"), "the words \"Already run\"", "other words");
    }

    private String attachment() throws Exception {
        var claim = openImis.newClaim();
        var document = Base64.getEncoder().encodeToString("ClaimLoop contract\n".getBytes(StandardCharsets.UTF_8));
        var log = openImis.mutate(
                "createClaimAttachment",
                ("claimUuid: \"%s\" generalType: \"FILE\" predefinedType: \"default\" type: \"report\" title: \"contract\""
                                + " date: \"%s\" filename: \"contract.txt\" mime: \"text/plain\" document: \"%s\"")
                        .formatted(claim, LocalDate.now(), document));
        if (!log.success()) throw new NotTried("createClaimAttachment is logged as an error");
        var shown = openImis.claim(claim, "attachmentsCount validityFrom");
        Expect.value(1, shown, "/attachmentsCount");
        var one = openImis.get("Claim/" + claim + "/").status();
        // Only the claims of the last second or so: ours, and hardly another.
        var since = shown.path("validityFrom").asText().substring(0, 19);
        var list = openImis.get("Claim/?_lastUpdated=ge" + since).status();
        var response = openImis.get("ClaimResponse/" + claim + "/").status();
        // Away with it, before it spoils the lists of others.
        openImis.mutate("deleteClaims", OpenImisServer.uuids(claim));
        Expect.that(response == 200, "ClaimResponse to stay readable", "status " + response);
        if (one == 200 && list == 200) {
            throw new Difference("no, as recorded", "yes: ClaimLoop may attach files (GET Claim and its list are 200)");
        }
        return "no: GET Claim is %d for it, a list that holds it %d; do not attach files".formatted(one, list);
    }

    private void delete() throws Exception {
        var claim = openImis.newClaim();
        var log = openImis.mutate("deleteClaims", OpenImisServer.uuids(claim));
        Expect.that(log.success(), "status 2 in the log", "status " + log.status());
        Expect.text(openImis.claim(claim, "uuid validityTo"), "/validityTo");
        Expect.value(
                0, openImis.data("{ claims(uuid: \"%s\") { totalCount } }".formatted(claim)), "/claims/totalCount");
        Expect.status(404, openImis.get("Claim/" + claim + "/"));
    }
}
