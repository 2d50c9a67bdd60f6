package io.claimloop.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.openimis.FhirList;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One look at openIMIS's Subscriptions: reads, compares and changes what is ours, one call after the other. A PUT never
 * works there (recordings 206 to 210, 235): so the new one is made, then the old one deleted. What is remembered is read by
 * its id first, for a list can be an hour old (recording 234).
 */
final class SubscriptionLook {
    private static final String PATH = "/Subscription/";
    private static final int PAGE = 100;
    private static final int MOST_PAGES = 20;

    private enum Kind {
        READ,
        LIST,
        CREATE,
        DELETE
    }

    /** @param page of a list, from 1 */
    private record Call(Kind kind, String id, int page, PartnerRequest request) {}

    private final WantedSubscription wanted;
    private final String remembered;
    private final FhirList list = FhirList.of(PATH, Instant.now());
    private final Deque<Call> calls = new ArrayDeque<>();
    private final Map<String, Subscription> seen = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private Subscription kept;
    private SubscriptionStatus refusal;
    private boolean changed;

    /** @param remembered id of the one that was ours at the last look, or null */
    SubscriptionLook(WantedSubscription wanted, String remembered) {
        this.wanted = wanted;
        this.remembered = remembered;
        if (remembered == null) {
            list(1);
        } else {
            calls.add(new Call(Kind.READ, remembered, 0, PartnerRequest.get(one(remembered), null)));
        }
    }

    boolean goesOn() {
        return !calls.isEmpty();
    }

    PartnerRequest request() {
        return calls.element().request();
    }

    /** The one that stays; null as long as there is none. */
    Subscription kept() {
        return kept;
    }

    /** Whether something was made or deleted. */
    boolean changed() {
        return changed;
    }

    /** What this look found; null when it was broken off. */
    SubscriptionStatus status() {
        return refusal != null || kept == null ? refusal : SubscriptionNews.active(kept, warnings);
    }

    /** What openIMIS answered to {@link #request()}. */
    void take(PartnerAnswer answer) {
        Call call = calls.element();
        switch (call.kind()) {
            case READ -> {
                if (answer.status() != 404) {
                    see(ok(answer, "not our Subscription").json());
                }
                list(1);
            }
            case LIST -> listed(call.page(), answer);
            case CREATE -> created(answer);
            case DELETE -> {
                if (answer.ok() || answer.status() == 404) {
                    changed = true;
                } else {
                    notDeleted(call.id());
                }
            }
        }
        calls.remove();
    }

    private void list(int page) {
        calls.add(new Call(Kind.LIST, null, page, list.page(page, PAGE)));
    }

    private void listed(int page, PartnerAnswer answer) {
        if (answer.status() == 404 && (page > 1 || !isJson(answer))) {
            // past the end (611); a page that is no JSON: there is nothing at this address (123)
            if (page == 1) {
                refusal = SubscriptionNews.NOT_OFFERED;
            } else {
                decide();
            }
            return;
        }
        JsonNode entries = ok(answer, "no list of Subscriptions").json().path("entry");
        entries.forEach(entry -> see(entry.path("resource")));
        if (entries.size() == PAGE && page < MOST_PAGES) {
            list(page + 1);
        } else {
            decide();
        }
    }

    private void see(JsonNode resource) {
        Subscription subscription = Subscription.of(resource);
        if (!subscription.id().isBlank()) {
            seen.put(subscription.id(), subscription);
        }
    }

    private void decide() {
        Instant now = Instant.now();
        seen.values().stream()
                .filter(subscription -> Silencing.silences(subscription, now))
                .filter(subscription -> !wanted.isOurs(subscription))
                .forEach(subscription -> warnings.add(SubscriptionNews.silencing(subscription.id())));
        Optional<Subscription> best = wanted.best(List.copyOf(seen.values()), remembered, now);
        if (best.isPresent()) {
            keep(best.get());
        } else {
            calls.add(new Call(Kind.CREATE, null, 0, PartnerRequest.post(PATH, wanted.body(now))));
        }
    }

    private void created(PartnerAnswer answer) {
        if (!answer.ok()) {
            if (answer.status() == 404 || answer.status() == 500 && refusesClaims(answer)) {
                refusal = SubscriptionNews.NOT_OFFERED;
                return;
            }
            throw PartnerException.unexpected(answer.partner(), answer.status(), "it would not take our Subscription");
        }
        Subscription made = Subscription.of(answer.json());
        if (made.id().isBlank()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "a Subscription without an id");
        }
        changed = true;
        keep(made);
    }

    /** As for any resource that cannot be subscribed to: an HTML page (215), later releases a text (read in their code). */
    private static boolean refusesClaims(PartnerAnswer answer) {
        return !isJson(answer) || answer.text().contains("Invalid resource");
    }

    /** Keeps this one, and deletes the others that point to us: also the one that we made for another address. */
    private void keep(Subscription subscription) {
        kept = subscription;
        for (Subscription other : seen.values()) {
            boolean ours = wanted.isOurs(other)
                    && other.criteria().toLowerCase(Locale.ROOT).startsWith("claim");
            if ((ours || other.id().equals(remembered)) && !other.id().equals(subscription.id())) {
                calls.add(new Call(
                        Kind.DELETE, other.id(), 0, new PartnerRequest("DELETE", one(other.id()), null, null)));
            }
        }
    }

    /** One that has ended does no harm. */
    private void notDeleted(String id) {
        Subscription left = seen.get(id);
        if (left.live(Instant.now())) {
            warnings.add(SubscriptionNews.notDeleted(id));
            if (Silencing.silences(left, Instant.now())) {
                warnings.add(SubscriptionNews.silencing(id));
            }
        }
    }

    /** openIMIS refused the present call for want of a right. */
    void refused() {
        Call call = calls.remove();
        if (call.kind() == Kind.DELETE) {
            // openIMIS lets only the creator delete (read in its code)
            notDeleted(call.id());
            return;
        }
        calls.clear();
        refusal = call.kind() == Kind.CREATE ? SubscriptionNews.MAY_NOT_CREATE : SubscriptionNews.MAY_NOT_LIST;
    }

    /** The present call had no answer that we know: what was found so far is not enough to judge by. */
    void breakOff() {
        calls.clear();
        kept = null;
    }

    private static String one(String id) {
        return PATH + PartnerRequest.encode(id) + "/";
    }

    private static PartnerAnswer ok(PartnerAnswer answer, String what) {
        if (!answer.ok()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), what);
        }
        return answer;
    }

    private static boolean isJson(PartnerAnswer answer) {
        try {
            return answer.json().isObject();
        } catch (PartnerException e) {
            // an HTML page: openIMIS's own error handler fails on some errors (finding 21)
            return false;
        }
    }
}
