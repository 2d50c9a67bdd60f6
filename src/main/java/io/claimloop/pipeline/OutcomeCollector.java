package io.claimloop.pipeline;

import io.claimloop.ledger.Completion;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.springframework.stereotype.Component;

/** Gathers the outcomes of a batch. The leased work stands in the variable {@code due}, its outcome in the body. */
@Component("outcomes")
public class OutcomeCollector implements AggregationStrategy {
    @Override
    @SuppressWarnings("unchecked")
    public Exchange aggregate(Exchange soFar, Exchange next) {
        // a fresh exchange: one on which an error was handled would end the worker's route, too
        Exchange result = soFar == null ? new DefaultExchange(next.getContext()) : soFar;
        List<Completion> completions =
                soFar == null ? new ArrayList<>() : soFar.getMessage().getBody(List.class);
        Due due = next.getVariable("due", Due.class);
        if (due != null) {
            Outcome outcome = next.getMessage().getBody() instanceof Outcome told && next.getException() == null
                    ? told
                    : ErrorPolicy.withoutOutcome();
            completions.add(new Completion(due, outcome));
        }
        result.getMessage().setBody(completions);
        return result;
    }
}
