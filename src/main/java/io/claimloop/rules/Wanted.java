package io.claimloop.rules;

import io.claimloop.ledger.Due;
import io.claimloop.ledger.Finding;
import io.claimloop.ledger.Outcome;
import io.claimloop.openimis.Claim;
import java.util.List;

/**
 * A claim that is wanted by all that it says itself. Whether it is selected hangs on others, too: on who asks about its
 * visit already, and on the places of the day. That is asked for a batch at once.
 */
public final class Wanted {
    private final Due due;
    private final Claim claim;
    private final String visit;
    private final List<Finding> findings;
    private Outcome outcome;

    /** @param visit its key */
    Wanted(Due due, Claim claim, String visit, List<Finding> findings) {
        this.due = due;
        this.claim = claim;
        this.visit = visit;
        this.findings = findings;
    }

    public Due due() {
        return due;
    }

    Claim claim() {
        return claim;
    }

    String visit() {
        return visit;
    }

    List<Finding> findings() {
        return findings;
    }

    /** Null while it is open. */
    public Outcome outcome() {
        return outcome;
    }

    /** The first end counts. */
    public void end(Outcome with) {
        if (outcome == null) {
            outcome = with;
        }
    }
}
