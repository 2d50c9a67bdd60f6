package io.claimloop.ledger;

import java.util.Set;

/** Tells workers that there is something due. A hint: what is missed is found by the next poll. */
public interface WakeUp {
    void wake(Set<Step> steps);
}
