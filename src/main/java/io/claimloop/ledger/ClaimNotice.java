package io.claimloop.ledger;

import java.util.UUID;

/**
 * openIMIS telling us that a claim changed: a hint, the claim itself is read back.
 *
 * @param uuid canonical
 * @param spelling the uuid as openIMIS writes it
 * @param code may be null
 * @param body the raw message
 */
public record ClaimNotice(UUID uuid, String spelling, String code, byte[] body) {}
