package io.claimloop.subscription;

import io.claimloop.subscription.SubscriptionStatus.Condition;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is said about our Subscription: each sentence once, when it becomes true. */
final class SubscriptionNews {
    private static final Logger log = LoggerFactory.getLogger(SubscriptionKeeper.class);

    static final SubscriptionStatus UNKNOWN = SubscriptionStatus.of(
            Condition.UNKNOWN, "ClaimLoop keeps its Subscription in openIMIS; it was not looked at yet.");

    static final SubscriptionStatus NOT_OFFERED = SubscriptionStatus.of(
            Condition.NOT_OFFERED,
            "This release of openIMIS cannot subscribe to claims (24.04 and 24.10 cannot): the sweep alone finds them."
                    + " Nothing to do; after an update of openIMIS the Subscription is made by itself.");

    static final SubscriptionStatus MAY_NOT_LIST = SubscriptionStatus.of(
            Condition.NO_RIGHT,
            "openIMIS does not let ClaimLoop's account list Subscriptions: give it the rights 158001, 158002 and 158004,"
                    + " or set claimloop.subscription.enabled=false and make the Subscription by hand. Until then the"
                    + " sweep finds the claims.");

    static final SubscriptionStatus MAY_NOT_CREATE = SubscriptionStatus.of(
            Condition.NO_RIGHT,
            "openIMIS does not let ClaimLoop's account make a Subscription: give it the rights 158002 and 111001, or set"
                    + " claimloop.subscription.enabled=false and make it by hand. Until then the sweep finds the claims.");

    private volatile SubscriptionStatus status;

    SubscriptionNews(SubscriptionStatus first) {
        this.status = first;
    }

    SubscriptionStatus status() {
        return status;
    }

    static SubscriptionStatus off(boolean publicUrlIsSet) {
        return SubscriptionStatus.of(
                Condition.OFF,
                publicUrlIsSet
                        ? "claimloop.subscription.enabled is false: the Subscription is yours to keep; the sweep finds what"
                                + " openIMIS does not push."
                        : "claimloop.public-url is not set, so no Subscription is kept: the sweep alone finds claims. Set it"
                                + " to the address at which openIMIS reaches ClaimLoop.");
    }

    static SubscriptionStatus badAddress(String why) {
        return SubscriptionStatus.of(
                Condition.BAD_ADDRESS,
                "No Subscription is made for claimloop.public-url: " + why
                        + ". Until then the sweep finds the claims.");
    }

    static SubscriptionStatus failed(String what) {
        return SubscriptionStatus.of(
                Condition.FAILED,
                "Our Subscription could not be looked after: " + what
                        + ". It is tried again; see openIMIS's log if it stays"
                        + " so. Until then the sweep finds the claims.");
    }

    static SubscriptionStatus active(Subscription kept, List<String> warnings) {
        return new SubscriptionStatus(
                Condition.ACTIVE,
                "openIMIS notifies ClaimLoop of claims until "
                        + kept.end().atOffset(ZoneOffset.UTC).toLocalDate() + ", by Subscription " + kept.id()
                        + "; it is renewed ahead.",
                kept.id(),
                kept.end(),
                List.copyOf(warnings));
    }

    static String silencing(String id) {
        return "Subscription " + id + " looks for a field that claims do not have: openIMIS then notifies"
                + " nobody of any claim, without a word. Ask its creator to delete it or to correct its criteria; GET"
                + " /api/api_fhir_r4/Subscription/" + id + "/ shows it. Until then the sweep finds the claims.";
    }

    static String notDeleted(String id) {
        return "Subscription " + id
                + " points to ClaimLoop, too, or did once, and openIMIS does not let ClaimLoop's account"
                + " delete it: only its creator may, with the right 158004. Ask for that; until then claims may be told"
                + " twice, which does no harm.";
    }

    /** Whoever reads the log is told once. */
    void say(SubscriptionStatus now) {
        SubscriptionStatus before = status;
        status = now;
        if (!now.what().equals(before.what())) {
            if (now.condition() == Condition.ACTIVE || now.condition() == Condition.NOT_OFFERED) {
                log.info("{}", now.what());
            } else {
                log.warn("{}", now.what());
            }
        }
        List<String> fresh = new ArrayList<>(now.warnings());
        fresh.removeAll(before.warnings());
        fresh.forEach(warning -> log.warn("{}", warning));
    }
}
