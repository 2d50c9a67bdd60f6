package io.claimloop.simulated;

import java.time.Instant;

/**
 * One attempt of CHT to hand over a submission.
 *
 * @param body what was sent; empty when the mapping failed and nothing was sent
 * @param status the answer's status after redirects; 0 without an answer
 * @param log the line that CHT's sentinel would write
 */
public record Push(
        Instant at,
        String reportId,
        String claimUuid,
        boolean retry,
        String body,
        int status,
        Verdict verdict,
        String log,
        long millis) {

    /** What CHT makes of the answer: there is nothing between delivered and tried again for ever. */
    public enum Verdict {
        DELIVERED,
        QUEUED
    }
}
