package io.claimloop.operations;

import io.claimloop.intake.ClaimIntake;
import io.claimloop.intake.SubmissionIntake;
import io.claimloop.intake.Taken;
import io.claimloop.partner.PartnerGate;
import io.claimloop.subscription.SubscriptionKeeper;
import io.claimloop.subscription.SubscriptionStatus;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The partners and the edges in numbers. They count themselves and know no meters; here they are given names. */
@Configuration(proxyBeanMethods = false)
class PartnerMeters {
    /** From an answer at once to the longest read timeout that is likely. */
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    @Bean
    MeterBinder partnerNumbers(PartnerGate openimis, PartnerGate cht, PartnerGate openimisValuation) {
        return meters -> {
            partner(meters, openimis);
            partner(meters, cht);
            refused(meters, "valuation", openimisValuation);
        };
    }

    private static void partner(MeterRegistry meters, PartnerGate gate) {
        String partner = gate.name().toLowerCase(Locale.ROOT);
        for (CircuitBreaker.State state : new CircuitBreaker.State[] {
            CircuitBreaker.State.CLOSED, CircuitBreaker.State.HALF_OPEN, CircuitBreaker.State.OPEN
        }) {
            Gauge.builder("claimloop.partner.breaker", gate, g -> g.breaker().getState() == state ? 1 : 0)
                    .description("1 for the state that the partner's circuit breaker is in")
                    .tags("partner", partner, "state", LedgerMeters.label(state))
                    .register(meters);
        }
        Gauge.builder("claimloop.partner.permits", gate, PartnerGate::permits)
                .description("calls that can be made without a long wait")
                .tag("partner", partner)
                .register(meters);
        FunctionCounter.builder("claimloop.partner.pauses", gate, PartnerGate::pauses)
                .description("times that the partner asked for a pause, by 429 or Retry-After")
                .tag("partner", partner)
                .register(meters);
        refused(meters, partner, gate);
        Timer answered = calls(meters, partner, "answered");
        Timer failed = calls(meters, partner, "failed");
        gate.breaker().getEventPublisher().onSuccess(call -> answered.record(call.getElapsedDuration()));
        gate.breaker().getEventPublisher().onError(call -> failed.record(call.getElapsedDuration()));
    }

    private static void refused(MeterRegistry meters, String account, PartnerGate gate) {
        Gauge.builder(
                        "claimloop.partner.login.refused",
                        gate,
                        g -> g.login().refusedFor().isZero() ? 0 : 1)
                .description("1 while nothing is sent because the partner refuses our login")
                .tag("account", account)
                .register(meters);
    }

    private static Timer calls(MeterRegistry meters, String partner, String outcome) {
        return Timer.builder("claimloop.partner.calls")
                .description("calls to the partner: answered, whatever the status, or no answer, or a gateway's")
                .tags("partner", partner, "outcome", outcome)
                .serviceLevelObjectives(BOUNDS)
                .register(meters);
    }

    @Bean
    MeterBinder subscriptionNumbers(SubscriptionKeeper keeper) {
        return meters -> {
            for (SubscriptionStatus.Condition condition : SubscriptionStatus.Condition.values()) {
                Gauge.builder("claimloop.subscription", keeper, k -> k.status().condition() == condition ? 1 : 0)
                        .description("1 for how it stands with our Subscription in openIMIS")
                        .tag("condition", LedgerMeters.label(condition))
                        .register(meters);
            }
        };
    }

    @Bean
    MeterBinder edgeNumbers(ClaimIntake claims, SubmissionIntake submissions) {
        return meters -> Map.of("openimis", claims, "cht", submissions)
                .forEach((edge, intake) -> edge(meters, edge, (Taken) intake));
    }

    private static void edge(MeterRegistry meters, String edge, Taken intake) {
        FunctionCounter.builder("claimloop.intake.taken", intake, Taken::taken)
                .description("claim notices and submissions that are on disk and were answered so")
                .tag("edge", edge)
                .register(meters);
        FunctionCounter.builder("claimloop.intake.commits", intake, Taken::commits)
                .description("commits that they shared")
                .tag("edge", edge)
                .register(meters);
        Gauge.builder("claimloop.intake.waiting", intake, Taken::waiting)
                .description("events that wait for the next commit")
                .tag("edge", edge)
                .register(meters);
    }
}
