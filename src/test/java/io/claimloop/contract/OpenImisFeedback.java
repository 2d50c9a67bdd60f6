package io.claimloop.contract;

import static io.claimloop.contract.Behaviour.asked;
import static io.claimloop.contract.Behaviour.reliedOn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.contract.Behaviour.NotTried;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Feedback by FHIR, once, and by GraphQL, which overwrites. */
final class OpenImisFeedback {
    private static final String ANSWERS = "feedbackStatus feedback { careRendered paymentAsked drugPrescribed"
            + " drugReceived asessment officerId feedbackDate }";

    private final OpenImisServer openImis;

    OpenImisFeedback(OpenImisServer openImis) {
        this.openImis = openImis;
    }

    Stream<Behaviour> behaviours() {
        return Stream.of(
                reliedOn("takes feedback by Communication, and shows it by GraphQL", "701, 918", this::communication),
                reliedOn("refuses a second Communication, in words that say it exists", "702, 749", this::second),
                reliedOn(
                        "stores nothing of a Communication with an answer other than yes and no",
                        "711, 712",
                        this::badAnswer),
                reliedOn(
                        "says 500 and that the claim does not exist, for a claim that is not there",
                        "720",
                        this::noClaim),
                asked("Does it compare the Communication's patient with the claim's?", "729", this::otherPatient),
                reliedOn("delivers feedback by GraphQL, with its officer and date", "935, 936", this::deliver),
                reliedOn("overwrites feedback that is delivered again", "937, 938, 939", this::overwrite),
                reliedOn("keeps an answer that was left out as unknown", "940, 941", this::unknownAnswers),
                reliedOn("delivers for several claims in one request", "991, 993", this::several),
                reliedOn("logs an error for feedback on a claim that is not there", "942", this::unknownClaim));
    }

    private void communication() throws Exception {
        var claim = openImis.newClaim();
        var answer = openImis.fhir("POST", "Communication/", openImis.communication(claim));
        Expect.status(201, answer);
        answers(openImis.claim(claim, ANSWERS), true, false, true, true, 4);
    }

    private static void answers(
            JsonNode claim,
            Object careRendered,
            Object paymentAsked,
            Object prescribed,
            Object received,
            Object asessment) {
        Expect.value(8, claim, "/feedbackStatus");
        Expect.value(careRendered, claim, "/feedback/careRendered");
        Expect.value(paymentAsked, claim, "/feedback/paymentAsked");
        Expect.value(prescribed, claim, "/feedback/drugPrescribed");
        Expect.value(received, claim, "/feedback/drugReceived");
        Expect.value(asessment, claim, "/feedback/asessment");
    }

    private void second() throws Exception {
        var claim = openImis.newClaim();
        var body = openImis.communication(claim);
        Expect.status(201, openImis.fhir("POST", "Communication/", body));
        var again = openImis.fhir("POST", "Communication/", body);
        Expect.that(again.status() == 500 || again.status() == 400, "status 500 (or 400, later)", "" + again.status());
        var text = again.json().at("/issue/0/details/text").asText();
        Expect.that(text.contains("Feedback exists"), "the words \"Feedback exists\"", "other words");
    }

    private void badAnswer() throws Exception {
        var claim = openImis.newClaim();
        var body = openImis.communication(claim);
        ((ObjectNode) body.at("/payload/0")).put("contentString", "unknown");
        var answer = openImis.fhir("POST", "Communication/", body);
        Expect.that(answer.status() >= 400, "status 400 or above", "" + answer.status());
        Expect.type(openImis.claim(claim, ANSWERS), "/feedback", JsonNodeType.NULL);
    }

    private void noClaim() throws Exception {
        var body = openImis.communication(UUID.randomUUID().toString());
        var answer = openImis.fhir("POST", "Communication/", body);
        Expect.that(
                answer.status() == 500 || answer.status() == 400, "status 500 (or 400, later)", "" + answer.status());
        var text = answer.json().at("/issue/0/details/text").asText();
        Expect.that(text.contains("does not exist"), "the words \"does not exist\"", "other words");
    }

    private String otherPatient() throws Exception {
        var other = Settings.of("openimis.other-insuree", "111111119");
        var found = openImis.data("{ insurees(chfId: %s) { edges { node { uuid } } } }"
                .formatted(Wire.JSON.getNodeFactory().textNode(other)));
        var uuid = found.at("/insurees/edges/0/node/uuid");
        if (!uuid.isTextual()) throw new NotTried("there is no second insuree: give -Dcontract.openimis.other-insuree");
        var claim = openImis.newClaim();
        var body = openImis.communication(claim);
        var subject = (ObjectNode) body.path("subject");
        subject.put("reference", "Patient/" + uuid.asText());
        ((ObjectNode) subject.path("identifier")).put("value", uuid.asText());
        Expect.status(201, openImis.fhir("POST", "Communication/", body));
        return "no: who sends must";
    }

    private static String feedback(String claim, String answers) {
        return "claimUuid: \"%s\" feedback: {%s}".formatted(claim, answers);
    }

    private static String given(int asessment) {
        return "careRendered: true paymentAsked: false drugPrescribed: true drugReceived: false asessment: "
                + asessment;
    }

    private void deliver() throws Exception {
        var claim = openImis.newClaim();
        var officer = officer();
        var more = " feedbackDate: \"2020-02-03T00:00:00\"" + (officer == 0 ? "" : " officerId: " + officer);
        var log = openImis.mutate("deliverClaimFeedback", feedback(claim, given(3) + more));
        Expect.that(log.success(), "status 2 in the log", "status " + log.status());
        var shown = openImis.claim(claim, ANSWERS);
        answers(shown, true, false, true, false, 3);
        Expect.that(
                shown.at("/feedback/feedbackDate").asText().startsWith("2020-02-03"),
                "/feedback/feedbackDate as delivered",
                "another");
        if (officer != 0) Expect.value(officer, shown, "/feedback/officerId");
    }

    /** Of the insuree's village; 0 where there is none, or none may be seen. */
    private int officer() throws Exception {
        try {
            return OpenImisValuation.officer(openImis);
        } catch (NotTried none) {
            return 0;
        }
    }

    private void overwrite() throws Exception {
        var claim = openImis.newClaim();
        openImis.fhir("POST", "Communication/", openImis.communication(claim));
        openImis.mutate("deliverClaimFeedback", feedback(claim, given(2)));
        answers(openImis.claim(claim, ANSWERS), true, false, true, false, 2);
        openImis.mutate("deliverClaimFeedback", feedback(claim, given(5)));
        answers(openImis.claim(claim, ANSWERS), true, false, true, false, 5);
    }

    private void unknownAnswers() throws Exception {
        var claim = openImis.newClaim();
        openImis.mutate("deliverClaimFeedback", feedback(claim, "careRendered: true asessment: 3"));
        answers(openImis.claim(claim, ANSWERS), true, null, null, null, 3);
    }

    private void several() throws Exception {
        var first = openImis.newClaim();
        var second = openImis.newClaim();
        openImis.mutateAll("deliverClaimFeedback", List.of(feedback(first, given(1)), feedback(second, given(4))));
        answers(openImis.claim(first, ANSWERS), true, false, true, false, 1);
        answers(openImis.claim(second, ANSWERS), true, false, true, false, 4);
    }

    private void unknownClaim() throws Exception {
        var log = openImis.mutate(
                "deliverClaimFeedback", feedback(UUID.randomUUID().toString(), given(3)));
        Expect.that(log.status() == 1, "status 1 in the log", "status " + log.status());
    }
}
