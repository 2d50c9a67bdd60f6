package io.claimloop.subscription;

import io.claimloop.ledger.Leadership;
import io.claimloop.ledger.Loops;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.subscription.SubscriptionStatus.Condition;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * Looks after our one Subscription in openIMIS: makes it, renews it ahead of its end, and makes it anew where it was
 * spoilt. The leader does; two that both believe to lead may both make one, and the next look keeps the same one of them,
 * whoever looks. Others' Subscriptions are never touched.
 */
@Component("subscriptionKeeper")
public class SubscriptionKeeper {
    private static final String REMEMBERED = "openimis-subscription";
    private static final Duration SOON = Duration.ofMinutes(1);

    private final Loops loops;
    private final Leadership leadership;
    private final ToldStatus told;
    private final Duration every;
    private final WantedSubscription wanted;
    private final SubscriptionNews news;

    private volatile Instant next = Instant.EPOCH;
    private SubscriptionLook look;
    private String remembered;
    private int failures;

    public SubscriptionKeeper(Loops loops, Leadership leadership, ClaimLoopProperties properties) {
        this.loops = loops;
        this.leadership = leadership;
        this.told = new ToldStatus(loops);
        this.every = properties.subscription().every();
        boolean named = properties.publicUrl() != null && properties.publicUrl().getHost() != null;
        boolean on = properties.subscription().enabled() && named;
        this.wanted = on ? new WantedSubscription(properties) : null;
        this.news = new SubscriptionNews(
                on
                        ? wanted.badAddress().map(SubscriptionNews::badAddress).orElse(SubscriptionNews.UNKNOWN)
                        : SubscriptionNews.off(named));
    }

    /** As it was found here, or by the instance that leads. */
    public SubscriptionStatus status() {
        SubscriptionStatus own = news.status();
        boolean kept = own.condition() != Condition.OFF && own.condition() != Condition.BAD_ADDRESS;
        return kept && !leadership.held() ? told.read().orElse(own) : own;
    }

    /** Whether it is time to look. Never, where nothing can be kept. */
    public boolean due() {
        Condition condition = news.status().condition();
        return condition != Condition.OFF
                && condition != Condition.BAD_ADDRESS
                && !Instant.now().isBefore(next);
    }

    public void begin() {
        next = Instant.now().plus(SOON);
        remembered = loops.watermark(REMEMBERED).orElse(null);
        look = new SubscriptionLook(wanted, remembered);
    }

    public boolean goesOn() {
        return look.goesOn();
    }

    public PartnerRequest request() {
        return look.request();
    }

    /** What openIMIS answered to {@link #request()}. */
    public void take(PartnerAnswer answer) {
        look.take(answer);
        remember();
    }

    /** At once: what is made and then forgotten would be made again. */
    private void remember() {
        if (look.kept() != null && !look.kept().id().equals(remembered)) {
            remembered = look.kept().id();
            loops.watermark(REMEMBERED, remembered);
        }
    }

    /** A call had no answer, or none that we know. */
    public void failed(Exception why) {
        PartnerException partner = why instanceof PartnerException known ? known : null;
        if (partner != null && partner.kind() == PartnerException.Kind.NO_ACCESS) {
            look.refused();
            return;
        }
        look.breakOff();
        failures++;
        next = Instant.now().plus(shorter(SOON.multipliedBy(failures)));
        // away or busy says health; how it stood with the Subscription still holds
        if (partner == null || partner.kind() == PartnerException.Kind.UNEXPECTED) {
            say(SubscriptionNews.failed(partner == null ? why.getClass().getSimpleName() : partner.getMessage()));
        }
    }

    /** Says what was found, where that is new; the next look is soon when something was changed. */
    public void end() {
        SubscriptionStatus found = look.status();
        if (found != null) {
            failures = 0;
            say(found);
            next = Instant.now().plus(look.changed() ? shorter(SOON) : every);
        }
    }

    private void say(SubscriptionStatus found) {
        news.say(found);
        told.write(found);
    }

    private Duration shorter(Duration pause) {
        return pause.compareTo(every) < 0 ? pause : every;
    }
}
