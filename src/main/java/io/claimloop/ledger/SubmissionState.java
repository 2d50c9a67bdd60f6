package io.claimloop.ledger;

/** What became of a submission. */
public enum SubmissionState {
    /** Stored, not yet looked at, or waiting for its claim. */
    RECEIVED,
    /** Its answers count. */
    TAKEN,
    /** It changed nothing; kept. */
    KEPT,
    /** An edit of the report whose answers count, with other content: to be delivered, or for an officer to see. */
    CORRECTION,
    /** It needs a person. */
    PARKED
}
