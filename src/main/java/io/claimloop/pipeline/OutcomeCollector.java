package io.claimloop.pipeline;

import io.claimloop.ledger.Completion;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Gathers the outcomes of a batch. The leased work stands in the variable {@code due}, its outcome in the body. */
@Component("outcomes")
public class OutcomeCollector implements AggregationStrategy {
    @Override
    @SuppressWarnings("unchecked")
    public Exchange aggregate(Exchange soFar, Exchange next) {
        List<Completion> completions =
                soFar == null ? new ArrayList<>() : soFar.getMessage().getBody(List.class);
        Due due = next.getVariable("due", Due.class);
        if (next.getMessage().getBody() instanceof Outcome outcome) {
            completions.add(new Completion(due, outcome));
        } else if (due != null) {
            completions.add(new Completion(due, ErrorPolicy.withoutOutcome()));
        }
        Exchange result = soFar == null ? next : soFar;
        result.setException(null);
        result.getMessage().setBody(completions);
        return result;
    }
}
