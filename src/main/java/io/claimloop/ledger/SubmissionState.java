package io.claimloop.ledger;

/** What became of a submission. */
public enum SubmissionState {
    /** Stored, not yet looked at, or waiting for its claim. */
    RECEIVED,
    /** Its answers count. */
    TAKEN,
    /** It changed nothing; kept. */
    KEPT,
    /** It needs a person. */
    PARKED
}
