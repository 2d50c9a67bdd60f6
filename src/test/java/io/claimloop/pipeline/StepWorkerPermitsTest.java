package io.claimloop.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.claimloop.cht.SentinelBacklog;
import io.claimloop.ledger.Completion;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.DueWork;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.partner.Login;
import io.claimloop.partner.PartnerGate;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.support.Works;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class StepWorkerPermitsTest {
    private final DueWork dueWork = mock(DueWork.class);
    private final PartnerGate openimis = gate("openIMIS");
    private final PartnerGate cht = gate("CHT");
    private final SentinelBacklog backlog =
            new SentinelBacklog(properties(), io.claimloop.ledger.Instances.alone(), new SimpleMeterRegistry());
    private final StepWorker worker = new StepWorker(dueWork, steps -> {}, openimis, cht, backlog, properties());

    @Test
    void a_breaker_that_is_half_open_is_tried_by_dispatch_alone() {
        cht.breaker().transitionToOpenState();
        worker.lease("dispatch");
        verify(dueWork, never()).lease(any(), anyInt(), any());

        cht.breaker().transitionToHalfOpenState();
        worker.lease("dispatch");
        verify(dueWork).lease(eq(Step.DISPATCH), eq(1), any());
    }

    @Test
    void a_partner_that_asked_for_a_pause_is_asked_nothing() {
        openimis.pause(Duration.ofMinutes(1));
        for (String step : List.of("check", "watch", "dispatch", "deliver")) {
            assertThat(worker.lease(step)).isEmpty();
        }
        verify(dueWork, never()).lease(any(), anyInt(), any());
    }

    @Test
    @SuppressWarnings("unchecked")
    void work_that_ended_its_worker_again_and_again_is_parked_and_not_tried() {
        Due good = Works.due(Step.EXPIRE, State.TASKED);
        Due poison = Works.withAttempts(Works.due(Step.EXPIRE, State.TASKED), 13);
        when(dueWork.lease(any(), anyInt(), any())).thenReturn(List.of(good, poison));

        assertThat(worker.lease("expire")).containsExactly(good);

        ArgumentCaptor<Collection<Completion>> written = ArgumentCaptor.forClass(Collection.class);
        verify(dueWork).complete(written.capture());
        assertThat(written.getValue()).singleElement().satisfies(completion -> {
            assertThat(completion.due()).isEqualTo(poison);
            assertThat(completion.outcome().to()).isEqualTo(State.PARKED);
            assertThat(completion.outcome().reason()).isEqualTo(Reason.UNEXPECTED);
        });
    }

    @Test
    void a_lease_of_dispatches_holds_what_the_batch_costs_and_what_sentinel_is_given() {
        // at once 10, and 25 within the next two and a half seconds: four for the batch, the rest for searches and CHWs
        assertThat(cht.permits()).isEqualTo(35);
        assertThat(backlog.permits()).isEqualTo(28);
        worker.lease("dispatch");
        verify(dueWork).lease(eq(Step.DISPATCH), eq(20), any());

        worker.lease("look-again");
        verify(dueWork).lease(eq(Step.LOOK_AGAIN), eq(60), any());
    }

    private static PartnerGate gate(String name) {
        Login.Granted granted = new Login.Granted("Bearer x", Instant.now().plusSeconds(60));
        return new PartnerGate(name, new Login(name, Duration.ofMinutes(6), () -> granted), 10);
    }

    private static ClaimLoopProperties properties() {
        return new Binder(new MapConfigurationPropertySource(
                        Map.of("claimloop.openimis.username", "x", "claimloop.cht.username", "x")))
                .bindOrCreate("claimloop", ClaimLoopProperties.class);
    }
}
