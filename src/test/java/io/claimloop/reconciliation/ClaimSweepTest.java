package io.claimloop.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyCollection;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.claimloop.ledger.Inbox;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.partner.Login;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerGate;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.support.Works;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ClaimSweepTest {
    private static final String FIRST_OF_MANY =
            "{\"data\":{\"claims\":{\"pageInfo\":{\"hasNextPage\":true,\"endCursor\":\"page-1\"},\"edges\":[]}}}";
    private static final String LAST = FIRST_OF_MANY.replace("true", "false");

    private final Loops loops = mock(Loops.class);
    private final Inbox inbox = mock(Inbox.class);
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
                inbox,
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

    @ParameterizedTest(name = "{0} for {1}, status {2}, feedback {3}: looked at again {4}")
    @CsvSource({
        "WAITING, ENTERED, 4, 1, true",
        "WAITING, ENTERED, 2, 1, false",
        "WAITING, WAITS_FOR_A_DAY, 4, 4, false",
        "NOT_SELECTED, DAY_FULL, 4, 1, false",
        "NOT_SELECTED, DAY_FULL, 4, 4, true",
        "NOT_SELECTED, EXCLUDED, 4, 4, false"
    })
    void a_claim_over_a_limit_is_looked_at_again_only_when_an_officer_selected_it_since(
            State state, Reason reason, int status, int feedback, boolean again) {
        Loop loop = Works.because(Works.loop(state, UUID.randomUUID()), reason);
        when(loops.find(anyCollection())).thenReturn(List.of(loop));
        String row = "{\"node\":{\"uuid\":\"" + loop.uuid() + "\",\"code\":\"C\",\"status\":" + status
                + ",\"feedbackStatus\":" + feedback + ",\"validityFrom\":\"2026-01-01T00:00:00\"}}";

        sweep.take(new PartnerAnswer("openIMIS", 200, LAST.replace("\"edges\":[]", "\"edges\":[" + row + "]")));

        verify(inbox, times(again ? 1 : 0)).record(anyList());
    }

    @Test
    void a_finished_sweep_is_not_due_until_its_pause_is_over() {
        sweep.take(new PartnerAnswer("openIMIS", 200, LAST));
        sweep.end();
        assertThat(sweep.due()).isFalse();
    }
}
