package io.claimloop.ledger;

/** Payloads are kept as long as they may be needed, sealed, and erased then. */
public interface Retention {
    /** Seals what is not sealed with the present key, and erases what is over: in small batches, until nothing is left. */
    void sweep();
}
