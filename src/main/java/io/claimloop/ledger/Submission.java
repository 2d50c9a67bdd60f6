package io.claimloop.ledger;

import java.time.Instant;
import java.util.UUID;

/**
 * What CHT pushed.
 *
 * @param body the raw bytes; null where only its fate is of interest
 * @param feedback what the mapping made of it, as JSON; null before
 */
public record Submission(
        long id,
        String reportId,
        UUID claim,
        SubmissionState state,
        Reason reason,
        String detail,
        byte[] body,
        String feedback,
        Instant receivedAt) {}
