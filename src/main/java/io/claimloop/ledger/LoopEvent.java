package io.claimloop.ledger;

import java.time.Instant;
import java.util.UUID;

/**
 * A line of the history for others to read: states, codes and numbers, no text in which a person could be named.
 *
 * @param seq counts the lines of this loop; with the claim it names the event for ever
 * @param code openIMIS's code of the claim; null while it is not known
 * @param from null for the first
 * @param cause what moved it, in a word
 * @param reason null where there is none
 * @param attempts null where none were counted
 */
public record LoopEvent(
        UUID claim,
        int seq,
        String code,
        Instant at,
        State from,
        State to,
        String cause,
        Reason reason,
        Integer attempts) {}
