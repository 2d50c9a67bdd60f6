package io.claimloop.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PartnerGateTest {
    private static final int PER_SECOND = 20;

    private final PartnerGate gate = new PartnerGate("openIMIS", login(), PER_SECOND);

    private static Login login() {
        return new Login(
                "openIMIS",
                Duration.ofMinutes(6),
                () -> new Login.Granted("Bearer x", Instant.now().plusSeconds(60)));
    }

    /** A healed partner with many that wait for it. */
    @Test
    void a_storm_of_calls_comes_through_as_the_bucket_lets_it() throws Exception {
        ConcurrentLinkedQueue<Long> passed = new ConcurrentLinkedQueue<>();
        ExecutorService storm = Executors.newFixedThreadPool(32);
        for (int i = 0; i < 60; i++) {
            storm.submit(() -> {
                try {
                    gate.enter();
                    passed.add(System.nanoTime());
                } catch (PartnerException busy) {
                    assertThat(busy.kind()).isEqualTo(PartnerException.Kind.BUSY);
                }
            });
        }
        storm.shutdown();
        assertThat(storm.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        List<Long> times = passed.stream().sorted().toList();
        assertThat(times).hasSize(60);
        // a sliding second holds a burst of ten, and what comes in within it
        assertThat(times).allSatisfy(from -> assertThat(
                        times.stream().filter(then -> then >= from && then < from + 1_000_000_000L))
                .hasSizeLessThanOrEqualTo(PER_SECOND + 10));
        assertThat(Duration.ofNanos(times.get(59) - times.get(0))).isGreaterThan(Duration.ofSeconds(2));
    }

    @Test
    void a_shorter_pause_does_not_end_a_longer_one() {
        gate.pause(Duration.ofMinutes(10));
        gate.pause(Duration.ofMillis(1));

        assertThat(gate.permits()).isZero();
        assertThatThrownBy(gate::enter).isInstanceOfSatisfying(PartnerException.class, busy -> assertThat(busy.after())
                .isGreaterThan(Duration.ofMinutes(9)));
    }

    @Test
    void a_partner_that_wants_a_pause_at_the_login_is_not_asked_for_one_meanwhile() {
        AtomicInteger asked = new AtomicInteger();
        Login login = new Login("openIMIS", Duration.ofMinutes(6), () -> {
            asked.incrementAndGet();
            throw PartnerException.busy("openIMIS", "answered 429 to our login", Duration.ofMinutes(2));
        });
        PartnerGate paused = new PartnerGate("openIMIS", login, PER_SECOND);

        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(login::header).isInstanceOfSatisfying(PartnerException.class, busy -> {
                assertThat(busy.kind()).isEqualTo(PartnerException.Kind.BUSY);
                assertThat(busy.after()).isGreaterThan(Duration.ofSeconds(100));
            });
        }
        assertThat(asked).hasValue(1);
        assertThat(paused.permits()).isZero();
        assertThat(paused.condition()).isEqualTo("reachable");
    }
}
