package io.claimloop.subscription;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.settings.ClaimLoopProperties;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What our Subscription must be like; in openIMIS's own odd terms, each of them recorded. */
final class WantedSubscription {
    /** Exactly so: in lower case it is taken and never fires (recordings 214, 301). */
    private static final String CLAIM = "Claim";

    private static final String ACTIVE = "active";
    private static final String HOOK = "rest-hook";
    /** openIMIS's column (recording 224). */
    private static final int LONGEST_ENDPOINT = 255;
    /** With a zone, or openIMIS does not take it (recordings 241, 242). */
    private static final DateTimeFormatter END =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'+00:00'").withZone(ZoneOffset.UTC);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String endpoint;
    private final ObjectNode header;
    private final Duration length;
    private final boolean openImisIsHere;

    WantedSubscription(ClaimLoopProperties properties) {
        this.endpoint = properties.publicUrl().toString().replaceAll("/+$", "") + "/openimis/notifications";
        this.header = JSON.createObjectNode()
                .put(
                        "Authorization",
                        "Bearer " + properties.intake().openimisToken().value());
        this.length = Duration.ofDays(properties.subscription().days());
        this.openImisIsHere = isHere(properties.openimis().url().getHost());
    }

    String endpoint() {
        return endpoint;
    }

    /** Why openIMIS would take a Subscription with this address and never send anything; empty when it is of use. */
    Optional<String> badAddress() {
        if (endpoint.length() > LONGEST_ENDPOINT) {
            return Optional.of("it is longer than " + LONGEST_ENDPOINT + " characters");
        }
        String host = URI.create(endpoint).getHost();
        if (isHere(host) && !openImisIsHere) {
            // our token would go to whoever listens there
            return Optional.of("openIMIS would call itself; give the address at which it reaches ClaimLoop");
        }
        // openIMIS checks only when it sends: taken with 201, and every notice is refused (recordings 223, 301)
        return host.contains(".") || host.contains(":") || host.equals("localhost")
                ? Optional.empty()
                : Optional.of("openIMIS sends nothing to a host without a dot; give a full host name or an IP address");
    }

    private static boolean isHere(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    boolean isOurs(Subscription subscription) {
        return endpoint.equals(subscription.endpoint());
    }

    /** Whether it does what it should, for long enough. */
    boolean fits(Subscription subscription, Instant now) {
        return isOurs(subscription)
                && CLAIM.equals(subscription.criteria())
                && CLAIM.equals(subscription.reason())
                && HOOK.equals(subscription.type())
                && subscription.live(now)
                && subscription.end().isAfter(now.plus(ahead()))
                && header.equals(parsed(subscription.header()));
    }

    /** The one that stays, the same for every instance that looks: the remembered one, or the one that lasts longest. */
    Optional<Subscription> best(List<Subscription> all, String remembered, Instant now) {
        return all.stream()
                .filter(subscription -> fits(subscription, now))
                .min(Comparator.comparing((Subscription one) -> !one.id().equals(remembered))
                        .thenComparing(Subscription::end, Comparator.reverseOrder())
                        .thenComparing(Subscription::id));
    }

    /** So long before its end it is made anew: a third of its time, 30 days at most. */
    private Duration ahead() {
        Duration third = length.dividedBy(3);
        return third.compareTo(Duration.ofDays(30)) < 0 ? third : Duration.ofDays(30);
    }

    /** As recorded (201): the header is one JSON object written as a string. */
    String body(Instant now) {
        ObjectNode body = JSON.createObjectNode()
                .put("resourceType", "Subscription")
                .put("status", ACTIVE)
                .put("end", END.format(now.plus(length).truncatedTo(ChronoUnit.SECONDS)))
                .put("reason", CLAIM)
                .put("criteria", CLAIM);
        body.putObject("channel")
                .put("type", HOOK)
                .put("endpoint", endpoint)
                .putArray("header")
                .add(header.toString());
        return body.toString();
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            // a header in another form makes every notice fail (recordings 211, 301)
            return JSON.missingNode();
        }
    }
}
