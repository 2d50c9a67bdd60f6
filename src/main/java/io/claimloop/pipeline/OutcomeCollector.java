package io.claimloop.pipeline;

import io.claimloop.cht.Dispatch;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.openimis.Mutation;
import io.claimloop.rules.Wanted;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.springframework.stereotype.Component;

/**
 * Gathers what a step made of a batch. The leased work stands in the property {@code due}; in the body stands its outcome,
 * an order to openIMIS that is sent together with those of the others, a claim that goes into CHT together with them, or one
 * that is wanted.
 */
@Component("outcomes")
public class OutcomeCollector implements AggregationStrategy {
    @Override
    public Exchange aggregate(Exchange soFar, Exchange next) {
        // a fresh exchange: one on which an error was handled would end the worker's route, too
        Exchange result = soFar == null ? new DefaultExchange(next.getContext()) : soFar;
        BatchResults results =
                soFar == null ? new BatchResults() : soFar.getMessage().getBody(BatchResults.class);
        Due due = next.getProperty("due", Due.class);
        if (due != null) {
            Object body = next.getException() == null ? next.getMessage().getBody() : null;
            if (body instanceof Mutation mutation) {
                results.order(due, mutation);
            } else if (body instanceof Dispatch dispatch) {
                results.dispatch(dispatch);
            } else if (body instanceof Wanted wanted) {
                results.wanted(wanted);
            } else {
                results.done(due, body instanceof Outcome told ? told : ErrorPolicy.withoutOutcome());
            }
        }
        result.getMessage().setBody(results);
        return result;
    }
}
