package io.claimloop.pipeline;

import io.claimloop.ledger.Instances;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.WakeUp;
import java.util.EnumSet;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * A wake-up is one message in a queue of one place: a second one while the first waits adds nothing. Other instances are
 * told, too: their workers may be idle.
 */
@Component("wakeUp")
class SedaWakeUp implements WakeUp {
    private final CamelContext camel;
    private final ProducerTemplate template;
    private final Instances instances;

    SedaWakeUp(@Lazy CamelContext camel, @Lazy ProducerTemplate template, Instances instances) {
        this.camel = camel;
        this.template = template;
        this.instances = instances;
        instances.onWake(this::wakeHere);
    }

    @Override
    public void wake(Set<Step> steps) {
        wakeHere(steps);
        instances.wakeOthers(steps);
    }

    private void wakeHere(Set<Step> steps) {
        if (camel.isStarted()) {
            steps.forEach(
                    step -> template.sendBody("seda:wake-" + step.key() + "?size=1&discardWhenFull=true", step.key()));
        }
    }

    /** The net under the wake-ups; each instance has its own. */
    public void wakeAll() {
        wakeHere(EnumSet.allOf(Step.class));
    }
}
