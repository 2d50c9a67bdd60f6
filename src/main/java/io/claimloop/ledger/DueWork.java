package io.claimloop.ledger;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Due work is rows: leased in batches, completed in batches, with no transaction open in between. */
public interface DueWork {
    /** Takes at most {@code limit} works of a step that are due and not leased, oldest first. */
    List<Due> lease(Step step, int limit, Duration lease);

    /**
     * Writes what came of leased work, in one transaction. Work whose lease was lost meanwhile is left alone.
     *
     * @return the steps that have new work due now
     */
    Set<Step> complete(Collection<Completion> completions);

    /** Gives back what this instance holds, without an attempt used: for an orderly stop. */
    void release();
}
