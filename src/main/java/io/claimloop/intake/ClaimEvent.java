package io.claimloop.intake;

/**
 * A record of the claims topic.
 *
 * @param key null where it has none
 * @param value null for a tombstone
 */
public record ClaimEvent(String topic, int partition, long offset, byte[] key, byte[] value) {}
