package io.claimloop.simulated;

import java.time.LocalDate;

/** A family's cover; an ended one still lets openIMIS take the claim, and reject it (recording 418). */
public record Policy(String uuid, LocalDate start, LocalDate end) {
    boolean covers(LocalDate day) {
        return !day.isBefore(start) && !day.isAfter(end);
    }
}
