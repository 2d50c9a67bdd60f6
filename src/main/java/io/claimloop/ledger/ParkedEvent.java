package io.claimloop.ledger;

import java.time.Instant;
import java.util.UUID;

/**
 * An event that could not be used. What it said is not kept: it stands in its topic.
 *
 * @param offset its place in the partition
 * @param claim the claim that it names, or null
 * @param detail where in the event, in our own words; never what stands there
 * @param bytes its size
 * @param receivedAt null before it is stored
 */
public record ParkedEvent(
        String topic,
        int partition,
        long offset,
        UUID claim,
        Reason reason,
        String detail,
        int bytes,
        Instant receivedAt) {}
