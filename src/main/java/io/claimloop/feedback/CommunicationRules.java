package io.claimloop.feedback;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Communication;
import org.springframework.stereotype.Component;

/**
 * openIMIS's own rules for a Communication (its converter, recordings 701 to 733), checked before it is sent: each broken
 * one would be an opaque 500 there, and some it does not check at all.
 */
@Component("communicationRules")
public class CommunicationRules {
    private static final Set<String> CODES =
            Set.of("CareRendered", "PaymentAsked", "DrugPrescribed", "DrugReceived", "Asessment");

    /** Throws with the broken rule's name; never with a value. */
    public Communication check(Communication communication) {
        require(communication.getStatus() == Communication.CommunicationStatus.COMPLETED, "status must be completed");
        require(communication.getSubject().getReference() != null, "subject must be given");
        require(
                communication.getAbout().size() == 1
                        && communication.getAboutFirstRep().getReference().startsWith("Claim/"),
                "about must be the claim");
        require(communication.getPayload().size() == CODES.size(), "payload must have five elements");
        List<String> seen = new ArrayList<>();
        for (var payload : communication.getPayload()) {
            require(payload.getExtension().size() == 1, "payload must have one extension");
            String code = ((CodeableConcept) payload.getExtensionFirstRep().getValue())
                    .getCodingFirstRep()
                    .getCode();
            String answer = payload.getContentStringType().getValue();
            seen.add(code);
            require(
                    "Asessment".equals(code) ? answer.matches("[0-5]") : answer.matches("yes|no"),
                    code + " must be a known answer");
        }
        require(new TreeSet<>(seen).equals(new TreeSet<>(CODES)), "payload must support all five codes");
        return communication;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalStateException("Communication: " + rule);
        }
    }
}
