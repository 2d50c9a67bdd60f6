package io.claimloop.ledger;

import java.util.List;

/** Where events of a topic come to disk: the notices among them, and what cannot be used. */
public interface Events {
    /**
     * One transaction for all of them. The same event again is the same: a notice counts, a parked one stays as it is.
     */
    void store(List<ClaimNotice> notices, List<ParkedEvent> parked);

    /** Newest first. */
    List<ParkedEvent> parked(int limit);
}
