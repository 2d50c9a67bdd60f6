package io.claimloop.simulated;

import java.time.Instant;

/** Something that really happened in the simulated openIMIS: the oracle of tests that lose answers on the way. */
public record OpenImisEffect(Instant at, Kind kind, String claimUuid) {
    public enum Kind {
        CLAIM_CREATED,
        CLAIM_SUBMITTED,
        CLAIM_REJECTED,
        CLAIM_DELETED,
        CLAIM_PROCESSED,
        CLAIM_VALUATED,
        FEEDBACK_SELECTED,
        FEEDBACK_SKIPPED,
        FEEDBACK_BYPASSED,
        FEEDBACK_DELIVERED,
        COMMUNICATION_CREATED,
        REVIEW_SELECTED,
        REVIEW_SKIPPED,
        REVIEW_BYPASSED,
        REVIEW_DELIVERED,
        BATCH_RUN,
        FILE_ATTACHED
    }
}
