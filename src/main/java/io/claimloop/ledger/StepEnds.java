package io.claimloop.ledger;

/**
 * A step knows its outcome before its route is at the end. It is thrown, so that a route reads as the straight way and
 * each side way is named where it is decided; the error policy takes the outcome out again.
 */
public class StepEnds extends RuntimeException {
    private final transient Outcome outcome;

    public StepEnds(Outcome outcome) {
        super(outcome.kind() + " " + outcome.to(), null, false, false);
        this.outcome = outcome;
    }

    public Outcome outcome() {
        return outcome;
    }
}
