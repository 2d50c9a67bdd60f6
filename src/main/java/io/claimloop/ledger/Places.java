package io.claimloop.ledger;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Places under a limit of selection. A loop that has its place keeps it, however often it asks: so a claim that is checked
 * again after a crash takes no second one. Exact under several workers and instances.
 */
public interface Places {
    /**
     * Places among those of a day, for the first in order.
     *
     * @return the loops that have one, now or from before
     */
    Set<UUID> ofDay(LocalDate day, List<UUID> loops, int most);

    /**
     * A place among those of a CHW's week. A loop that is withdrawn before it was tasked gives it back.
     *
     * @param week its first day
     * @return whether the loop has one, now or from before
     */
    boolean ofWeek(String chw, LocalDate week, UUID loop, int most);
}
