package io.claimloop.ledger;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Leased due work, as it travels through a step's route.
 *
 * @param token fences a stale owner: the ledger takes the outcome only under the lease's own token
 * @param attempts how often it was tried, this time included
 * @param before why it did not come to its end the last time; null when this is the first, or the last one went well
 * @param loop the loop as it was when leased; null for a submission whose claim is not known
 * @param submission for {@link Step#SUBMISSION} and {@link Step#DELIVER}
 * @param claim the claim as just read from openIMIS; null where the step does not read it
 * @param claimError why the claim could not be read, where it could not
 * @param told what a partner said besides: what became of an order, what is attached, or the record in CHT; null when not
 *     asked
 * @param eligibility what was read for {@link Step#CHECK} beside the claim; null for the other steps
 */
public record Due(
        long id,
        long token,
        Step step,
        int attempts,
        Reason before,
        Loop loop,
        Submission submission,
        JsonNode claim,
        String claimError,
        JsonNode told,
        Eligibility eligibility) {

    public Due withClaim(JsonNode read, String error) {
        return new Due(id, token, step, attempts, before, loop, submission, read, error, told, eligibility);
    }

    /** Camel hashes the arguments of beans: not the whole claim each time. */
    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    public Due withTold(JsonNode more) {
        return new Due(id, token, step, attempts, before, loop, submission, claim, claimError, more, eligibility);
    }

    public Due withEligibility(Eligibility known) {
        return new Due(id, token, step, attempts, before, loop, submission, claim, claimError, told, known);
    }
}
