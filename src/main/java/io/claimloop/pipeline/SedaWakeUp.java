package io.claimloop.pipeline;

import io.claimloop.ledger.Step;
import io.claimloop.ledger.WakeUp;
import java.util.EnumSet;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** A wake-up is one message in a queue of one place: a second one while the first waits adds nothing. */
@Component("wakeUp")
class SedaWakeUp implements WakeUp {
    private final CamelContext camel;
    private final ProducerTemplate template;

    SedaWakeUp(@Lazy CamelContext camel, @Lazy ProducerTemplate template) {
        this.camel = camel;
        this.template = template;
    }

    @Override
    public void wake(Set<Step> steps) {
        if (camel.isStarted()) {
            steps.forEach(
                    step -> template.sendBody("seda:wake-" + step.key() + "?size=1&discardWhenFull=true", step.key()));
        }
    }

    /** The net under the wake-ups. */
    public void wakeAll() {
        wake(EnumSet.allOf(Step.class));
    }
}
