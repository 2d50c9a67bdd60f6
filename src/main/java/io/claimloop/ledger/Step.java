package io.claimloop.ledger;

import java.util.Locale;

/** A kind of due work. Each is done by one worker route (see {@code routes/step-worker.yaml}). */
public enum Step {
    /** Read the claim back from openIMIS and decide whether it is followed up. */
    CHECK,
    /** Find the patient and the CHW in CHT and write the claim record. */
    DISPATCH,
    /** Look at the written claim record once more, after CHT's sentinel has handled it. */
    LOOK_AGAIN,
    /** Read the claim of an open task again: what changed in openIMIS changes or withdraws the task. */
    WATCH,
    /** Tell CHT that the task of a withdrawn loop is over. */
    RETRACT,
    /** The window of a task is over. */
    EXPIRE,
    /** Take up what CHT pushed. */
    SUBMISSION,
    /** Bring the answers to openIMIS. */
    DELIVER,
    /** Bring the edited answers of a report to openIMIS, over those that were delivered. */
    CORRECT,
    /** Follow a claim whose question is answered, or never will be, to its value: by an order, or by looking. */
    VALUE;

    /** As the routes write it: {@code look-again}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Step of(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
