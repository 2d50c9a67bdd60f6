package io.claimloop.ledger;

import java.util.Set;

/** Where a loop stands. A loop moves along {@link #next()} only; {@code docs/states.md} draws the same arrows. */
public enum State {
    NOTICED,
    WAITING,
    NOT_SELECTED,
    SELECTED,
    NEEDS_IDENTITY,
    TASKED,
    EXPIRED,
    ANSWERED,
    NOT_REACHED,
    DELIVERED,
    REFUSED,
    IN_REVIEW,
    VALUED,
    WITHDRAWN,
    PARKED;

    /** The states that a loop may go to from here; its own state when it may be looked at again without moving. */
    public Set<State> next() {
        return switch (this) {
            case NOTICED -> Set.of(SELECTED, NOT_SELECTED, WAITING, WITHDRAWN, PARKED);
            case WAITING, NOT_SELECTED -> Set.of(SELECTED, NOT_SELECTED, WAITING, WITHDRAWN, PARKED);
            case SELECTED, NEEDS_IDENTITY -> Set.of(TASKED, NEEDS_IDENTITY, WITHDRAWN, PARKED);
            case TASKED -> Set.of(ANSWERED, NOT_REACHED, NEEDS_IDENTITY, EXPIRED, WITHDRAWN, PARKED);
            case EXPIRED -> Set.of(ANSWERED, NOT_REACHED, NEEDS_IDENTITY, VALUED, IN_REVIEW, WITHDRAWN, PARKED);
            case ANSWERED -> Set.of(DELIVERED, REFUSED, WITHDRAWN, PARKED);
            case DELIVERED, REFUSED, NOT_REACHED -> Set.of(VALUED, IN_REVIEW, WITHDRAWN, PARKED);
            case IN_REVIEW -> Set.of(VALUED, WITHDRAWN, PARKED);
            // and back to where it came from, which the ledger checks
            case PARKED -> Set.of(WITHDRAWN);
            case VALUED, WITHDRAWN -> Set.of();
        };
    }

    public boolean isFinal() {
        return this == VALUED || this == WITHDRAWN;
    }
}
