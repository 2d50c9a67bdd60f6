package io.claimloop.operations;

import io.claimloop.ledger.Completion;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.DueWork;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What came of the work of each step, counted once the ledger has taken it. The ledger itself knows no meters. */
@Configuration(proxyBeanMethods = false)
class OutcomeMeters {
    @Bean
    static BeanPostProcessor countedDueWork(ObjectProvider<MeterRegistry> meters) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DueWork work ? new Counted(work, meters.getObject()) : bean;
            }
        };
    }

    static final class Counted implements DueWork {
        private static final String NAME = "claimloop.step.outcomes";

        private final DueWork work;
        private final MeterRegistry meters;

        Counted(DueWork work, MeterRegistry meters) {
            this.work = work;
            this.meters = meters;
            // there from the start, so that the first one is seen as a rise
            for (Step step : Step.values()) {
                for (Outcome.Kind kind : Outcome.Kind.values()) {
                    count(step, LedgerMeters.label(kind), "none", 0);
                }
            }
            for (State state : State.values()) {
                moved(state, 0);
            }
        }

        @Override
        public List<Due> lease(Step step, int limit, Duration lease) {
            return work.lease(step, limit, lease);
        }

        @Override
        public Set<Step> complete(Collection<Completion> completions) {
            Set<Step> due = work.complete(completions);
            for (Completion completion : completions) {
                Outcome outcome = completion.outcome();
                count(
                        completion.due().step(),
                        LedgerMeters.label(outcome.kind()),
                        outcome.reason() == null ? "none" : LedgerMeters.label(outcome.reason()),
                        1);
                if (outcome.kind() == Outcome.Kind.DONE && outcome.to() != null) {
                    moved(outcome.to(), 1);
                }
            }
            return due;
        }

        @Override
        public void release() {
            work.release();
        }

        private void count(Step step, String outcome, String reason, int times) {
            Counter.builder(NAME)
                    .description("what came of the work of a step")
                    .tags("step", step.key(), "outcome", outcome, "reason", reason)
                    .register(meters)
                    .increment(times);
        }

        private void moved(State to, int times) {
            Counter.builder("claimloop.step.moves")
                    .description("loops that a step moved to a state")
                    .tag("state", LedgerMeters.label(to))
                    .register(meters)
                    .increment(times);
        }
    }
}
