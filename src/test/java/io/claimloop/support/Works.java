package io.claimloop.support;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.Submission;
import io.claimloop.ledger.SubmissionState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Leased work for tests of steps. */
public final class Works {
    private static final AtomicLong ID = new AtomicLong();
    /** The person of the CHT recordings. */
    public static final String PATIENT = "07a5d9a1f5e53858129c31b041003535";

    private Works() {}

    public static Due due(Step step, State state, UUID claim) {
        return new Due(ID.incrementAndGet(), 1, step, 1, null, loop(state, claim), null, null, null, null, null);
    }

    public static Due due(Step step, State state) {
        return due(step, state, UUID.randomUUID());
    }

    public static Loop loop(State state, UUID claim) {
        return new Loop(
                claim,
                claim.toString(),
                "CHT201",
                state,
                null,
                null,
                null,
                3,
                null,
                PATIENT,
                null,
                UUID.fromString("5b1f0c5e-2f0b-5d3c-9a51-3f2e9f6a7c10"),
                "1-a3e02c37aa3a279a6fb54dfe815cead3",
                null,
                null,
                null,
                null,
                Instant.ofEpochMilli(1795313897031L),
                Instant.now());
    }

    public static Loop because(Loop loop, Reason reason) {
        return new Loop(
                loop.uuid(),
                loop.spelling(),
                loop.code(),
                loop.state(),
                loop.parkedFrom(),
                reason,
                loop.detail(),
                loop.version(),
                loop.insuree(),
                loop.patient(),
                loop.chw(),
                loop.recordId(),
                loop.recordRev(),
                loop.submission(),
                loop.claimHash(),
                loop.eligibility(),
                loop.taskUntil(),
                loop.createdAt(),
                loop.changedAt());
    }

    public static Due withAttempts(Due due, int attempts) {
        return new Due(
                due.id(),
                due.token(),
                due.step(),
                attempts,
                due.before(),
                due.loop(),
                due.submission(),
                due.claim(),
                due.claimError(),
                due.told(),
                due.eligibility());
    }

    /** Why it did not come to its end the last time. */
    public static Due after(Due due, Reason before) {
        return new Due(
                due.id(),
                due.token(),
                due.step(),
                due.attempts(),
                before,
                due.loop(),
                due.submission(),
                due.claim(),
                due.claimError(),
                due.told(),
                due.eligibility());
    }

    public static Due withClaim(Due due, JsonNode claim) {
        return due.withClaim(claim, null);
    }

    public static Due withSubmission(Due due, String body, String feedback) {
        Submission submission = new Submission(
                7,
                "report",
                due.loop() == null ? null : due.loop().uuid(),
                SubmissionState.RECEIVED,
                null,
                null,
                body == null ? null : body.getBytes(StandardCharsets.UTF_8),
                feedback,
                Instant.now());
        return new Due(
                due.id(),
                due.token(),
                due.step(),
                due.attempts(),
                due.before(),
                due.loop(),
                submission,
                due.claim(),
                due.claimError(),
                due.told(),
                due.eligibility());
    }
}
