package io.claimloop.operations;

import io.claimloop.partner.PartnerGate;
import io.claimloop.subscription.SubscriptionKeeper;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A partner that is away degrades us; it does not take us down: intake works without partners. */
@Configuration(proxyBeanMethods = false)
class PartnerHealth {
    @Bean
    HealthIndicator openimisHealthIndicator(PartnerGate openimis, SubscriptionKeeper keeper) {
        return () -> of(openimis)
                .withDetail("subscription", keeper.status().condition().key())
                .build();
    }

    @Bean
    HealthIndicator chtHealthIndicator(PartnerGate cht) {
        return () -> of(cht).build();
    }

    private static Health.Builder of(PartnerGate gate) {
        return (gate.degraded() ? Health.status("DEGRADED") : Health.up()).withDetail("condition", gate.condition());
    }
}
