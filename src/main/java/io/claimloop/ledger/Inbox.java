package io.claimloop.ledger;

import java.util.List;

/** Where events come to disk. One call is one commit, for as many events as wait. */
public interface Inbox {
    /** Stores the notices, opens their loops and makes them due. Known loops that may change are looked at again. */
    void record(List<ClaimNotice> notices);

    /** Stores the submissions and makes the new ones due. */
    void receive(List<ReceivedSubmission> submissions);
}
