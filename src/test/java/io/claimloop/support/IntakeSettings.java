package io.claimloop.support;

import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.Secret;

/** Settings of which only those of the edges are looked at. */
public final class IntakeSettings {
    private IntakeSettings() {}

    public static ClaimLoopProperties of(int maxBody, int maxWaiting) {
        return new ClaimLoopProperties(
                null,
                null,
                null,
                false,
                null,
                null,
                null,
                new ClaimLoopProperties.Intake(new Secret("one"), new Secret("two"), maxBody, maxWaiting),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
