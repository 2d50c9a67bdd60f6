package io.claimloop.operations;

import io.claimloop.cht.SentinelBacklog;
import io.claimloop.kafka.KafkaWatch;
import io.claimloop.kafka.LoopEventPublisher;
import io.claimloop.partner.PartnerGate;
import io.claimloop.reconciliation.ClaimSweep;
import io.claimloop.subscription.SubscriptionKeeper;
import java.time.Duration;
import java.time.Instant;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** A partner that is away degrades us; it does not take us down: intake works without partners. */
@Configuration(proxyBeanMethods = false)
class PartnerHealth {
    @Bean
    HealthIndicator openimisHealthIndicator(PartnerGate openimis, SubscriptionKeeper keeper, ClaimSweep sweep) {
        return () -> of(openimis)
                .withDetail("subscription", keeper.status().condition().key())
                .withDetail("reconciliation", lastWholeSweep(sweep))
                .build();
    }

    /** A refused login of the account that values claims stops nothing else. */
    @Bean
    @ConditionalOnProperty("claimloop.valuation.enabled")
    HealthIndicator valuationHealthIndicator(PartnerGate openimisValuation) {
        return () -> of(openimisValuation).build();
    }

    @Bean
    HealthIndicator chtHealthIndicator(PartnerGate cht, SentinelBacklog backlog) {
        return () -> of(cht).withDetail("sentinel", backlog.condition()).build();
    }

    /** Brokers that are away lose nothing: events in wait with them, events out in the history. */
    @Bean
    @Profile("kafka")
    HealthIndicator kafkaHealthIndicator(KafkaWatch kafka, LoopEventPublisher publisher) {
        return () -> (kafka.degraded() || publisher.failure() != null ? Health.status("DEGRADED") : Health.up())
                .withDetail("condition", kafka.condition())
                .withDetail("claim events behind", kafka.lag())
                .withDetail("loop events", publisher.failure() == null ? "published" : publisher.failure())
                .build();
    }

    private static Health.Builder of(PartnerGate gate) {
        return (gate.degraded() ? Health.status("DEGRADED") : Health.up()).withDetail("condition", gate.condition());
    }

    private static String lastWholeSweep(ClaimSweep sweep) {
        return sweep.lastWhole()
                .map(then -> "last whole sweep "
                        + Duration.between(then, Instant.now()).toMinutes() + " min ago")
                .orElse("no whole sweep yet");
    }
}
