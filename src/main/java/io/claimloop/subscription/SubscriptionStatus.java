package io.claimloop.subscription;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * How it stands with our Subscription.
 *
 * @param what happened, in a sentence, and what to do about it
 * @param id openIMIS's id of it; null where there is none
 * @param until when openIMIS would stop sending
 * @param warnings what else a person should know: one sentence each
 */
public record SubscriptionStatus(Condition condition, String what, String id, Instant until, List<String> warnings) {

    /** In a word, for health and API. */
    public enum Condition {
        /** Not kept: switched off, or claimloop.public-url is not told. */
        OFF,
        /** Not looked at yet. */
        UNKNOWN,
        /** openIMIS notifies us. */
        ACTIVE,
        /** This release of openIMIS has no Subscriptions of claims: the sweep alone serves. */
        NOT_OFFERED,
        /** The account may not list or make Subscriptions. */
        NO_RIGHT,
        /** openIMIS would never send to claimloop.public-url. */
        BAD_ADDRESS,
        /** openIMIS answered what we do not know; tried again. */
        FAILED;

        /** As health writes it: {@code not offered}. */
        public String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    static SubscriptionStatus of(Condition condition, String what) {
        return new SubscriptionStatus(condition, what, null, null, List.of());
    }
}
