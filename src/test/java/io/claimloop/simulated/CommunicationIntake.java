package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/**
 * FHIR POST Communication: once for a claim, whatever its status, selection or patient (recordings 701-733, 749). The
 * texts are openIMIS's, typing errors and broken error paths included.
 */
final class CommunicationIntake {
    private final OpenImisData data;

    CommunicationIntake(OpenImisData data) {
        this.data = data;
    }

    Feedback take(JsonNode body) {
        strict(body);
        if (!body.path("status").asText().equals("completed")) {
            throw Refusal.failed("status value must be = completed");
        }
        if (!body.hasNonNull("subject")) throw Refusal.failed("subject is required");
        if (body.path("about").isEmpty()) throw Refusal.failed("about is required");
        var answers = answers(body.path("payload"));
        synchronized (data) {
            if (data.insuree(References.value(body.path("subject"))) == null) {
                throw References.unresolved("PatientConverter", body.path("subject"));
            }
            var claim = data.liveClaim(References.value(body.path("about").get(0)));
            if (claim == null) throw Refusal.failed("Claim does not exist");
            var codes = FhirViews.ANSWERS;
            var careRendered = yesNo(answers.get(codes.get(0)));
            var paymentAsked = yesNo(answers.get(codes.get(1)));
            var drugPrescribed = yesNo(answers.get(codes.get(2)));
            var drugReceived = yesNo(answers.get(codes.get(3)));
            var asessment = number(answers.get(codes.get(4)));
            if (claim.feedback != null) throw Refusal.failed("Feedback exists for this claim");
            return data.store(
                    claim,
                    careRendered,
                    paymentAsked,
                    drugPrescribed,
                    drugReceived,
                    asessment,
                    null,
                    data.now(),
                    OpenImisEffect.Kind.COMMUNICATION_CREATED);
        }
    }

    /** What the FHIR library checks before openIMIS looks at anything (recordings 716, 719). */
    private static void strict(JsonNode body) {
        if (!body.hasNonNull("status")) {
            throw Refusal.failed("1 validation error for Communication\n__root__ -> status\n"
                    + "  field required (type=value_error.missing)");
        }
        int i = 0;
        for (var part : body.path("payload")) {
            var content = part.path("contentString");
            if (content.isTextual() && content.asText().isEmpty()) {
                throw Refusal.failed("1 validation error for Communication\npayload -> " + i + " -> contentString\n"
                        + "  string does not match regex \"[ \\r\\n\\t\\S]+\" (type=value_error.str.regex;"
                        + " pattern=[ \\r\\n\\t\\S]+)");
            }
            i++;
        }
    }

    private static Map<String, String> answers(JsonNode payload) {
        if (payload.isMissingNode() || payload.isNull() || payload.isEmpty()) {
            throw Refusal.failed("payload is required");
        }
        if (payload.size() != FhirViews.ANSWERS.size()) throw Refusal.failed("payload must have 5 elements");
        var answers = new HashMap<String, String>();
        for (var part : payload) {
            if (!part.has("extension")) throw Refusal.failed("'NoneType' object is not subscriptable");
            var code =
                    part.at("/extension/0/valueCodeableConcept/coding/0/code").asText();
            answers.put(code, part.path("contentString").asText());
        }
        if (!answers.keySet().containsAll(FhirViews.ANSWERS)) {
            throw Refusal.failed("payload must support all five elemets: 'CareRendered', 'PaymentAsked',"
                    + " 'DrugPrescribed', 'DrugReceived', 'Asessment'");
        }
        return answers;
    }

    private static boolean yesNo(String answer) {
        if (answer.equals("yes")) return true;
        if (answer.equals("no")) return false;
        throw Refusal.failed("name 'ValidationError' is not defined");
    }

    /** Not range-checked: 9 is taken (recording 730). */
    private static int number(String answer) {
        if (!answer.strip().matches("[+-]?\\d{1,9}")) {
            throw Refusal.failed("invalid literal for int() with base 10: '" + answer + "'");
        }
        return Integer.parseInt(answer.strip());
    }
}
