package io.claimloop.ledger;

import java.util.List;

/**
 * The history as a stream of events. There is no second table to write and none to clean: a watermark tells how far it
 * was published. Each line comes at least once, those of a loop in their order.
 */
public interface LoopEvents {
    /** Some events, and the watermark before and after them. */
    record Page(String before, String after, List<LoopEvent> events) {}

    /** What follows the watermark and is settled; none when there is nothing new. */
    Page next();

    /**
     * The page is where it should be.
     *
     * @return false when somebody else has moved the watermark meanwhile: the page was published twice, which its
     *     readers see by the ids
     */
    boolean published(Page page);
}
