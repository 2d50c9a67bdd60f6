package io.claimloop.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.openimis.Mutation;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.settings.ClaimLoopProperties;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Sends the orders of a batch to openIMIS, many in one request, and judges its answer for each. */
@Component("orders")
public class Orders {
    private static final Logger log = LoggerFactory.getLogger(Orders.class);
    /** openIMIS could not read the request: nothing of it was done. */
    private static final int NOT_UNDERSTOOD = 400;

    private static final Duration NOT_SOON = Duration.ofMinutes(15);

    private final int most;
    private final Duration lease;

    public Orders(ClaimLoopProperties properties) {
        this.most = properties.openimis().ordersPerRequest();
        this.lease = properties.steps().lease();
    }

    /** When the work was leased; nothing may be ordered or written under a lease that somebody else may have by now. */
    public Instant now() {
        return Instant.now();
    }

    /** What took too long to come to an order is looked at afresh instead. */
    public BatchResults inTime(Instant leased, BatchResults results) {
        boolean late = Duration.between(leased, Instant.now()).compareTo(lease.dividedBy(2)) > 0;
        return late ? unsent(results, Outcome.later(Reason.PARTNER_BUSY, Duration.ZERO)) : results;
    }

    /** Whether there is another request to send; not after one that failed, whose answer stands in the body. */
    public boolean more(Exchange exchange) {
        return exchange.getException() == null
                && exchange.getMessage().getBody() instanceof BatchResults results
                && results.hasOrders();
    }

    public String request(BatchResults results) {
        return Mutation.request(
                results.next(most).stream().map(BatchResults.Order::mutation).toList());
    }

    /** Ids under an order's alias mean that openIMIS took it; what became of it is read back. */
    public BatchResults settle(BatchResults results, PartnerAnswer answer) {
        if (answer.status() == NOT_UNDERSTOOD && results.halve()) {
            return results;
        }
        JsonNode data = answer.ok() ? answer.json().path("data") : null;
        List<BatchResults.Order> sent = results.poll();
        for (int i = 0; i < sent.size(); i++) {
            BatchResults.Order order = sent.get(i);
            results.done(order.due(), outcome(results, order.mutation(), answer, data, i, sent.size()));
        }
        if (answer.status() != NOT_UNDERSTOOD) {
            results.understood();
        }
        return results;
    }

    private static Outcome outcome(
            BatchResults results, Mutation mutation, PartnerAnswer answer, JsonNode data, int i, int together) {
        if (answer.status() == NOT_UNDERSTOOD) {
            String what = "openIMIS does not understand our " + mutation.name() + ".";
            if (together == 1) {
                // where others like it were understood, it is this one; otherwise it may be the release
                return results.wereUnderstood()
                        ? Outcome.parked(Reason.OPENIMIS_REFUSED, what)
                        : Outcome.failed(Reason.OPENIMIS_REFUSED, what);
            }
            if (i == 0) {
                log.warn(
                        "{} It stands in {} orders, so it is the release or an edited mapping, not one claim; they are"
                                + " tried again in {} minutes",
                        what,
                        together,
                        NOT_SOON.toMinutes());
            }
            return Outcome.later(Reason.OPENIMIS_REFUSED, NOT_SOON);
        }
        return data != null && data.path("m" + i).hasNonNull("internalId")
                ? mutation.whenSent().proof(answer.text())
                : Outcome.failed(
                        Reason.UNEXPECTED,
                        "openIMIS answered " + answer.status() + " to our " + mutation.name() + ", without ids.");
    }

    /** What was not sent or written when the partner failed gets the outcome of that failure. */
    public BatchResults unsent(BatchResults results, Outcome outcome) {
        while (results.hasOrders()) {
            results.poll().forEach(order -> results.done(order.due(), outcome));
        }
        results.dispatches().end(outcome);
        results.wanted().forEach(wanted -> wanted.end(outcome));
        return results;
    }
}
