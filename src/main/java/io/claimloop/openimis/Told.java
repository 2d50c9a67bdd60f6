package io.claimloop.openimis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.claimloop.ledger.Due;

/**
 * What openIMIS told besides of a claim: the last entry in its log of mutations for our order, and the titles of what is
 * attached. The log lies in both directions (recordings 932, 948, 951): it says why, never whether.
 */
public final class Told {
    /** Received, not yet carried out: with Celery that takes a while. */
    private static final int RECEIVED = 0;

    private static final int ERROR = 1;

    private final JsonNode node;

    private Told(JsonNode node) {
        this.node = node;
    }

    public static Told of(Due due) {
        return new Told(due.told() == null ? MissingNode.getInstance() : due.told());
    }

    private int status() {
        return node.at("/log/status").asInt(-1);
    }

    /** The order waits to be carried out. */
    public boolean pending() {
        return status() == RECEIVED;
    }

    /** The log says error: for what was not done, it is why. */
    public boolean error() {
        return status() == ERROR;
    }

    /** The log speaks of an order of this name. */
    public boolean of(String mutation) {
        return Mutation.label(mutation)
                .equals(node.at("/log/clientMutationLabel").asText());
    }

    /** A missing right is told in the log only: the answer to the order looks like success (recording 944). */
    public boolean noRight() {
        return error() && node.at("/log/error").asText().contains("PermissionDenied");
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
