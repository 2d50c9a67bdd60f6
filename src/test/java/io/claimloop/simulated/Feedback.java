package io.claimloop.simulated;

import java.time.LocalDateTime;

/** The five answers as openIMIS stores them; null is "unknown", which FHIR shows as "no" (recordings 748, 941). */
public record Feedback(
        int id,
        String uuid,
        String claimUuid,
        Boolean careRendered,
        Boolean paymentAsked,
        Boolean drugPrescribed,
        Boolean drugReceived,
        Integer asessment,
        Integer officerId,
        LocalDateTime feedbackDate,
        LocalDateTime validityFrom) {}
