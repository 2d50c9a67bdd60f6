package io.claimloop.pipeline;

import io.claimloop.cht.Part;
import io.claimloop.ledger.Outcome;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.springframework.stereotype.Component;

/**
 * For a split over the parts of a batch: a part that came back with an outcome, or with an error, ends alone. It stands in
 * the property {@code part}. The batch stays in the body.
 */
@Component("parts")
public class PartCollector implements AggregationStrategy {
    @Override
    public Exchange aggregate(Exchange soFar, Exchange next) {
        throw new UnsupportedOperationException("needs the exchange that was split");
    }

    @Override
    public Exchange aggregate(Exchange soFar, Exchange next, Exchange split) {
        Part part = next.getProperty("part", Part.class);
        if (next.getException() != null) {
            part.end(ErrorPolicy.withoutOutcome());
        } else if (next.getMessage().getBody() instanceof Outcome outcome) {
            part.end(outcome);
        }
        if (soFar != null) {
            return soFar;
        }
        // a fresh exchange: one on which an error was handled would end the batch's route, too
        Exchange result = new DefaultExchange(split.getContext());
        result.getMessage().setBody(split.getMessage().getBody());
        return result;
    }
}
