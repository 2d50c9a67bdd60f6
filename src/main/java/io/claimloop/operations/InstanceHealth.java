package io.claimloop.operations;

import io.claimloop.ledger.Instances;
import io.claimloop.ledger.Leadership;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/** This instance among the others, as it believes: no question to the database, and never a reason to be down. */
@Component("instanceHealthIndicator")
class InstanceHealth implements HealthIndicator {
    private final Instances instances;
    private final Leadership leadership;

    InstanceHealth(Instances instances, Leadership leadership, MeterRegistry meters) {
        this.instances = instances;
        this.leadership = leadership;
        Gauge.builder("claimloop.instances.live", instances, Instances::live)
                .description("instances that share the ledger and the partners' limits, as this one sees it")
                .register(meters);
        Gauge.builder("claimloop.instances.leads", leadership, lead -> lead.held() ? 1 : 0)
                .description("1 where this instance leads: sweeps, Subscription and schedules run here")
                .register(meters);
    }

    @Override
    public Health health() {
        return Health.up()
                .withDetail("name", instances.me())
                .withDetail("leads", leadership.held())
                .withDetail("live", instances.live())
                .build();
    }
}
