package io.claimloop.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.openimis.Mutation;
import io.claimloop.partner.PartnerAnswer;
import java.util.List;
import org.springframework.stereotype.Component;

/** Sends the orders of a batch to openIMIS in one request, and judges its answer for each. */
@Component("orders")
public class Orders {
    /** openIMIS could not read the request: nothing of it was done. */
    private static final int NOT_UNDERSTOOD = 400;

    public String request(BatchResults results) {
        return Mutation.request(
                results.next().stream().map(BatchResults.Order::mutation).toList());
    }

    /** Ids under an order's alias mean that openIMIS took it; what became of it is read back. */
    public BatchResults settle(BatchResults results, PartnerAnswer answer) {
        if (answer.status() == NOT_UNDERSTOOD && results.next().size() > 1) {
            results.halve();
            return results;
        }
        List<BatchResults.Order> sent = results.poll();
        JsonNode data = answer.ok() ? answer.json().path("data") : null;
        for (int i = 0; i < sent.size(); i++) {
            BatchResults.Order order = sent.get(i);
            results.done(order.due(), outcome(order.mutation(), answer, data, i));
        }
        return results;
    }

    private static Outcome outcome(Mutation mutation, PartnerAnswer answer, JsonNode data, int i) {
        if (answer.status() == NOT_UNDERSTOOD) {
            return Outcome.parked(
                    Reason.OPENIMIS_REFUSED, "This release does not understand our " + mutation.name() + ".");
        }
        return data != null && data.path("m" + i).hasNonNull("internalId")
                ? mutation.whenSent().proof(answer.text())
                : Outcome.failed(
                        Reason.UNEXPECTED,
                        "openIMIS answered " + answer.status() + " to our " + mutation.name() + ", without ids.");
    }

    /** What was not sent when the partner failed gets the outcome of that failure. */
    public BatchResults unsent(BatchResults results, Outcome outcome) {
        while (results.hasOrders()) {
            results.poll().forEach(order -> results.done(order.due(), outcome));
        }
        return results;
    }
}
