package io.claimloop.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.claimloop.ledger.Inbox;
import io.claimloop.ledger.Loops;
import io.claimloop.partner.Login;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerGate;
import io.claimloop.settings.ClaimLoopProperties;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ClaimSweepTest {
    private static final String FIRST_OF_MANY =
            "{\"data\":{\"claims\":{\"pageInfo\":{\"hasNextPage\":true,\"endCursor\":\"page-1\"},\"edges\":[]}}}";
    private static final String LAST = FIRST_OF_MANY.replace("true", "false");

    private final Loops loops = mock(Loops.class);
    private ClaimSweep sweep;

    @BeforeEach
    void aSweep() {
        when(loops.firstStart()).thenReturn(Instant.now());
        Login login = new Login(
                "openIMIS",
                Duration.ofMinutes(6),
                () -> new Login.Granted("Bearer x", Instant.now().plusSeconds(60)));
        ClaimLoopProperties properties = new Binder(
                        new MapConfigurationPropertySource(Map.of("claimloop.openimis.zone", "UTC")))
                .bindOrCreate("claimloop", ClaimLoopProperties.class);
        sweep = new ClaimSweep(
                loops,
                mock(Inbox.class),
                steps -> {},
                new PartnerGate("openIMIS", login, 10),
                properties,
                new SimpleMeterRegistry());
    }

    @Test
    void a_sweep_that_fails_between_two_pages_pauses_and_then_goes_on_where_it_was() {
        assertThat(sweep.due()).isTrue();
        sweep.take(new PartnerAnswer("openIMIS", 200, FIRST_OF_MANY));

        sweep.failed(PartnerException.away("openIMIS", "answered 503"));

        assertThat(sweep.due()).as("not again at the clock's next tick").isFalse();
        assertThat(sweep.query()).contains("page-1");
    }

    @Test
    void a_sweep_that_fails_three_times_at_one_page_begins_anew() {
        sweep.take(new PartnerAnswer("openIMIS", 200, FIRST_OF_MANY));
        for (int i = 0; i < 3; i++) {
            sweep.failed(PartnerException.away("openIMIS", "answered 503"));
        }
        assertThat(sweep.query()).doesNotContain("page-1");
    }

    @Test
    void a_finished_sweep_is_not_due_until_its_pause_is_over() {
        sweep.take(new PartnerAnswer("openIMIS", 200, LAST));
        sweep.end();
        assertThat(sweep.due()).isFalse();
    }
}
