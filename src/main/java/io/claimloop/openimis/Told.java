package io.claimloop.openimis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What openIMIS told besides of a claim: its log of mutations for our orders, newest first, and the titles of what is
 * attached. The log lies in both directions (recordings 932, 948, 951): it says why, and how often, never whether.
 */
public final class Told {
    /** Received, not yet carried out: with Celery that takes a while, and so does a request that we gave up. */
    private static final int RECEIVED = 0;

    private static final int ERROR = 1;
    /** Then a person should look. */
    private static final Duration LONGEST = Duration.ofHours(6);

    private final JsonNode node;

    private Told(JsonNode node) {
        this.node = node;
    }

    public static Told of(Due due) {
        return new Told(due.told() == null ? MissingNode.getInstance() : due.told());
    }

    private JsonNode last() {
        return node.at("/log/0");
    }

    /**
     * Our last order waits to be carried out: so it is waited for, without an attempt used, and never sent again
     * meanwhile. Empty when none waits.
     *
     * @param zone of openIMIS's naive local times
     */
    public Optional<Outcome> waits(Reason reason, ZoneId zone) {
        if (last().path("status").asInt(-1) != RECEIVED) {
            return Optional.empty();
        }
        Duration age = age(zone);
        if (age.compareTo(LONGEST) > 0) {
            return Optional.of(Outcome.parked(Reason.ORDER_NOT_CARRIED_OUT, null));
        }
        // the longer it takes, the less often it is asked for
        long seconds = Math.max(2, Math.min(300, age.toSeconds() / 4));
        return Optional.of(Outcome.later(reason, Duration.ofSeconds(seconds)));
    }

    private Duration age(ZoneId zone) {
        try {
            Duration age = Duration.between(
                    LocalDateTime.parse(last().path("requestDateTime").asText()), LocalDateTime.now(zone));
            return age.isNegative() ? Duration.ZERO : age;
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }

    /** How often openIMIS got this order of ours, the last ten at most. */
    public int orders(String mutation) {
        int orders = 0;
        for (JsonNode entry : node.path("log")) {
            orders += Mutation.label(mutation)
                            .equals(entry.path("clientMutationLabel").asText())
                    ? 1
                    : 0;
        }
        return orders;
    }

    /** The log says error: for what was not done, it is why. */
    public boolean error() {
        return last().path("status").asInt(-1) == ERROR;
    }

    /** A missing right is told in the log only: the answer to the order looks like success (recording 944). */
    public boolean noRight() {
        return error() && last().path("error").asText().contains("PermissionDenied");
    }

    public boolean attached(String title) {
        for (JsonNode known : node.path("attachments")) {
            if (title.equals(known.asText())) {
                return true;
            }
        }
        return false;
    }
}
