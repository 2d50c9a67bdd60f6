package io.claimloop.intake;

/** What an edge has taken, in numbers, for meters. */
public interface Taken {
    /** Events that are on disk and were answered so, since the start. */
    long taken();

    /** The commits that they share, since the start. */
    long commits();

    /** Events that wait for the next commit now. */
    int waiting();
}
