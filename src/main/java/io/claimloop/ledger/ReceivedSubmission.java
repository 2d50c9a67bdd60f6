package io.claimloop.ledger;

import java.util.UUID;

/**
 * A submission as it came in.
 *
 * @param reportId the report's id, or a hash of the body where it names none
 * @param claim the claim it names, or null
 */
public record ReceivedSubmission(String reportId, UUID claim, byte[] body) {}
