package io.claimloop.ledger;

import java.time.Duration;

/**
 * One attempt at a time to log in, over all instances, and none for a while after a refusal. openIMIS locks an account after
 * five bad logins in five minutes, CHT after ten in ten seconds: so the attempts of several instances must not add up.
 */
public interface LoginTurns {
    /** Whose turn it is. */
    enum Whose {
        OURS,
        /** Another instance is asking just now. */
        TAKEN,
        /** The login was refused, here or elsewhere. */
        REFUSED
    }

    /** @param left how long it is not ours */
    record Turn(Whose whose, Duration left) {
        static final Turn OURS = new Turn(Whose.OURS, Duration.ZERO);
    }

    /** What tells this login from others, and from the same one with another password; tells nothing of the password. */
    String account(String settings, String username, String password);

    Turn take(String account);

    /** The partner took the login. */
    void granted(String account);

    /** The partner did not say: the next one may ask at once. */
    void unanswered(String account);

    void refused(String account, Duration pause);

    /** For one that knows of no other. */
    static LoginTurns alone() {
        return new LoginTurns() {
            @Override
            public String account(String settings, String username, String password) {
                return settings;
            }

            @Override
            public Turn take(String account) {
                return Turn.OURS;
            }

            @Override
            public void granted(String account) {
                // nobody waits
            }

            @Override
            public void unanswered(String account) {
                // nobody waits
            }

            @Override
            public void refused(String account, Duration pause) {
                // the login itself remembers
            }
        };
    }
}
