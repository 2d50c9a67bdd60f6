package io.claimloop.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.ledger.Completion;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.StepEnds;
import io.claimloop.partner.PartnerException;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Works;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The worker of all steps: what it makes of what comes back from a step's routes. */
class StepWorkerTest extends PartnersOnWire {
    private final AtomicInteger called = new AtomicInteger();
    private volatile Function<Due, Object> each = due -> Outcome.done();
    private volatile RuntimeException gathering;
    private RoutesUnderTest routes;

    @BeforeEach
    void load() throws Exception {
        routes = RoutesUnderTest.of(OPENIMIS, CHT, "step-worker", "orders", "openimis", "openimis-login");
        routes.camel().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:each").routeId("each").process(exchange -> {
                    called.incrementAndGet();
                    exchange.getMessage()
                            .setBody(each.apply(exchange.getMessage().getBody(Due.class)));
                });
                from("direct:gather")
                        .routeId("gather")
                        .errorHandler(noErrorHandler())
                        .process(exchange -> {
                            if (gathering != null) {
                                throw gathering;
                            }
                        });
            }
        });
        TemplatedRouteBuilder.builder(routes.camel(), "step-worker")
                .routeId("worker")
                .parameter("step", "expire")
                .parameter("gather", "direct:gather")
                .parameter("each", "direct:each")
                .add();
    }

    @AfterEach
    void close() {
        routes.close();
    }

    @Test
    void every_member_of_a_batch_gets_its_own_outcome() {
        each = due -> Outcome.failed(Reason.UNEXPECTED, "of " + due.id());
        List<Due> batch = batch(20);
        Map<Due, Outcome> outcomes = run(batch);
        assertThat(outcomes.keySet()).containsExactlyInAnyOrderElementsOf(batch);
        outcomes.forEach((due, outcome) -> assertThat(outcome.detail()).isEqualTo("of " + due.id()));
    }

    @Test
    void one_poisoned_member_fails_alone() {
        List<Due> batch = batch(10);
        Due poison = batch.get(4);
        each = due -> {
            if (due.equals(poison)) {
                throw new IllegalStateException("Sita Patient 070707070");
            }
            return Outcome.moved(State.EXPIRED, "window");
        };
        Map<Due, Outcome> outcomes = run(batch);
        assertThat(outcomes).hasSize(10);
        assertThat(outcomes.remove(poison)).satisfies(outcome -> {
            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
            assertThat(outcome.detail()).isEqualTo("IllegalStateException.");
        });
        assertThat(outcomes.values())
                .allSatisfy(outcome -> assertThat(outcome.to()).isEqualTo(State.EXPIRED));
    }

    @Test
    void a_step_that_ends_early_has_the_outcome_it_ended_with() {
        each = due -> {
            throw new StepEnds(Outcome.parked(Reason.NO_CHW, null));
        };
        assertThat(run(batch(3)).values()).hasSize(3).allSatisfy(outcome -> assertThat(outcome.reason())
                .isEqualTo(Reason.NO_CHW));
    }

    @Test
    void a_route_that_leaves_no_outcome_is_a_failed_attempt() {
        each = due -> due;
        assertThat(run(batch(2)).values()).hasSize(2).allSatisfy(outcome -> {
            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
            assertThat(outcome.reason()).isEqualTo(Reason.UNEXPECTED);
        });
        each = due -> null;
        assertThat(run(batch(2)).values()).hasSize(2).allSatisfy(outcome -> assertThat(outcome.kind())
                .isEqualTo(Outcome.Kind.FAILED));
    }

    @Test
    void a_reading_that_failed_gives_every_member_its_outcome_and_calls_none() {
        gathering = PartnerException.busy("openIMIS", "answered 429", Duration.ofSeconds(9));
        assertThat(run(batch(5)).values()).hasSize(5).allSatisfy(outcome -> {
            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.LATER);
            assertThat(outcome.after()).isEqualTo(Duration.ofSeconds(9));
        });
        gathering = PartnerException.away("openIMIS", "answered 503");
        assertThat(run(batch(5)).values()).hasSize(5).allSatisfy(outcome -> assertThat(outcome.reason())
                .isEqualTo(Reason.PARTNER_AWAY));
        assertThat(called).hasValue(0);
    }

    @Test
    void after_a_failed_reading_the_next_batch_is_done() {
        gathering = new IllegalStateException();
        run(batch(1));
        gathering = null;
        assertThat(run(batch(1)).values()).containsExactly(Outcome.done());
    }

    @Test
    void where_nothing_is_due_nothing_is_called_and_nothing_written() {
        routes.wake(Step.EXPIRE);
        await().atMost(Duration.ofSeconds(10)).until(() -> !routes.ledger.limits.isEmpty());
        run(batch(1));
        assertThat(called).hasValue(1);
    }

    private static List<Due> batch(int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> Works.due(Step.EXPIRE, State.TASKED))
                .toList();
    }

    @Test
    void a_worker_leases_no_second_batch_before_the_first_is_completed() throws Exception {
        CountDownLatch partner = new CountDownLatch(1);
        each = due -> {
            try {
                partner.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Outcome.moved(State.EXPIRED, "window");
        };
        routes.ledger.makeDue(Step.EXPIRE, batch(4));
        routes.wake(Step.EXPIRE);
        await().until(() -> called.get() > 0);
        routes.wake(Step.EXPIRE);
        try {
            await().during(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> routes.ledger.limits.size() == 1);
        } finally {
            partner.countDown();
        }
        await().until(() -> routes.ledger.limits.size() == 2);
        assertThat(routes.ledger.completions).hasSize(4);
    }

    private Map<Due, Outcome> run(List<Due> batch) {
        routes.ledger.completions.clear();
        routes.ledger.makeDue(Step.EXPIRE, batch);
        routes.wake(Step.EXPIRE);
        await().atMost(Duration.ofSeconds(10)).until(() -> routes.ledger.completions.size() >= batch.size());
        return routes.ledger.completions.stream().collect(Collectors.toMap(Completion::due, Completion::outcome));
    }
}
