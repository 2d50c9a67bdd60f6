package io.claimloop.cht;

import io.claimloop.ledger.Outcome;

/** A part of a batch that its routes do by itself: what goes wrong there is the outcome of this part and of no other. */
public interface Part {
    void end(Outcome outcome);
}
