package io.claimloop.contract;

import static io.claimloop.contract.Behaviour.asked;
import static io.claimloop.contract.Behaviour.reliedOn;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.contract.Behaviour.NotTried;
import io.claimloop.simulated.OpenImisRecording;
import java.util.UUID;
import java.util.stream.Stream;

/** Selection for feedback and review, and how openIMIS shows what waits. */
final class OpenImisRequests {
    private static final String STATES = "status feedbackStatus reviewStatus validityTo";

    private final OpenImisServer openImis;
    private String selected;

    OpenImisRequests(OpenImisServer openImis) {
        this.openImis = openImis;
    }

    Stream<Behaviour> behaviours() {
        return Stream.of(
                reliedOn(
                        "selects a claim for feedback, where the village has an officer with a phone",
                        "931, 953",
                        this::select),
                reliedOn("shows a selected claim as an active CommunicationRequest of that claim", "601", this::one),
                reliedOn("lists CommunicationRequests by page numbers, and ends with 404", "608, 609, 611", this::list),
                asked(
                        "Does a list hide new rows behind a total that it remembers?",
                        "613, 614, 615",
                        this::cachedTotal),
                reliedOn("bypasses the feedback of a claim", "933, 603", this::bypass),
                reliedOn("skips the feedback of a claim", "934, 605", this::skip),
                reliedOn("selects a claim for review", "960", this::review),
                asked("Does the log of several selections at once tell the truth?", "932", this::severalAtOnce),
                asked("What does the log say of a claim that is not there?", "951", this::unknown));
    }

    private void select() throws Exception {
        var claim = openImis.newClaim();
        var log = openImis.mutate("selectClaimsForFeedback", OpenImisServer.uuids(claim));
        int status = state(claim, "feedbackStatus");
        if (status != 4 && log.error().contains("officer")) {
            throw new NotTried("no officer with a phone in the insuree's village: openIMIS selects nothing there");
        }
        Expect.that(status == 4, "feedbackStatus 4", "feedbackStatus " + status);
        selected = claim;
    }

    private String selected() {
        if (selected == null) throw new NotTried("it needs a claim that is selected for feedback");
        return selected;
    }

    private void one() throws Exception {
        var answer = openImis.get("CommunicationRequest/" + selected() + "/");
        Expect.status(200, answer);
        Expect.value("active", answer.json(), "/status");
        Expect.shape(
                OpenImisRecording.of("601").response().at("/body/about"),
                answer.json().path("about"));
        var about = answer.json().at("/about/0/reference").asText();
        Expect.that(about.endsWith("/" + selected), "/about/0/reference to end with the claim's uuid", "another");
    }

    /** The second's literal makes it a list that nobody has asked for, so that its total is fresh. */
    private static String fresh() {
        return "&_lastUpdated=ge2000-01-01T00:%02d:%02d"
                .formatted((int) (Math.random() * 60), (int) (Math.random() * 60));
    }

    private void list() throws Exception {
        selected();
        var fresh = fresh();
        var first = openImis.get("CommunicationRequest/?_count=1" + fresh);
        if (first.status() == 500)
            throw new NotTried("the list's first row cannot be shown (500): a bad row is normal life");
        Expect.status(200, first);
        Expect.value("Bundle", first.json(), "/resourceType");
        int total = first.json().path("total").asInt();
        Expect.that(total > 0, "/total above 0", "0");
        Expect.text(first.json(), "/entry/0/resource/about/0/reference");
        Expect.status(404, openImis.get("CommunicationRequest/?_count=1&page-offset=" + (total + 1) + fresh));
        var last = openImis.get("CommunicationRequest/?_count=1&page-offset=" + total + fresh);
        Expect.that(holds(last.json(), selected), "the newest request on the last page", "another");
    }

    private static boolean holds(JsonNode bundle, String claim) {
        return bundle.path("entry").findValuesAsText("reference").stream().anyMatch(text -> text.endsWith("/" + claim));
    }

    private String cachedTotal() throws Exception {
        selected();
        var question = "CommunicationRequest/?_count=1" + fresh();
        var before = openImis.get(question).json().path("total").asInt();
        var claim = openImis.newClaim();
        openImis.mutate("selectClaimsForFeedback", OpenImisServer.uuids(claim));
        var after = openImis.get(question).json().path("total").asInt();
        var other = openImis.get("CommunicationRequest/?_count=1" + fresh())
                .json()
                .path("total")
                .asInt();
        Expect.that(other == before + 1, "one more under another literal", "another total");
        Expect.that(after == before, "the old total", "a fresh one");
        return "yes: another literal in the question shows them";
    }

    private void bypass() throws Exception {
        var claim = openImis.newClaim();
        openImis.mutate("bypassClaimsFeedback", OpenImisServer.uuids(claim));
        Expect.value(16, openImis.claim(claim, STATES), "/feedbackStatus");
    }

    private void skip() throws Exception {
        var claim = openImis.newClaim();
        openImis.mutate("skipClaimsFeedback", OpenImisServer.uuids(claim));
        Expect.value(2, openImis.claim(claim, STATES), "/feedbackStatus");
        Expect.status(404, openImis.get("CommunicationRequest/" + claim + "/"));
    }

    private void review() throws Exception {
        var claim = openImis.newClaim();
        openImis.mutate("selectClaimsForReview", OpenImisServer.uuids(claim));
        Expect.value(4, openImis.claim(claim, STATES), "/reviewStatus");
    }

    private String severalAtOnce() throws Exception {
        var first = openImis.newClaim();
        var second = openImis.newClaim();
        var log = openImis.mutate("skipClaimsFeedback", OpenImisServer.uuids(first, second));
        Expect.value(2, openImis.claim(first, STATES), "/feedbackStatus");
        Expect.value(2, openImis.claim(second, STATES), "/feedbackStatus");
        Expect.that(!log.success(), "an error although all is done", "success");
        return "no: it says error, and all is done";
    }

    private String unknown() throws Exception {
        var log = openImis.mutate(
                "skipClaimsFeedback", OpenImisServer.uuids(UUID.randomUUID().toString()));
        Expect.that(log.success(), "success although nothing was found", "an error");
        return "success";
    }

    private int state(String claim, String name) throws Exception {
        return openImis.claim(claim, STATES).path(name).asInt();
    }
}
