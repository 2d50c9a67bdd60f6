package io.claimloop.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.claimloop.ledger.LoginTurns;
import io.claimloop.partner.Login.Granted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoginTest {
    private final AtomicInteger asked = new AtomicInteger();

    private final Login login = new Login(
            "openIMIS",
            Duration.ofMinutes(6),
            () -> new Granted("Bearer " + asked.incrementAndGet(), Instant.now().plusSeconds(3600)));

    @Test
    void a_value_is_asked_for_once_while_it_holds() {
        assertThat(login.header()).isEqualTo("Bearer 1");
        assertThat(login.header()).isEqualTo("Bearer 1");
    }

    @Test
    void a_value_that_somebody_else_has_renewed_meanwhile_stays() {
        login.header();
        assertThat(login.expired("Bearer of yesterday")).isZero();
        assertThat(login.header()).isEqualTo("Bearer 1");
    }

    @Test
    void a_value_that_is_refused_right_after_the_login_is_not_asked_for_in_circles() {
        assertThat(login.expired(login.header())).isPositive();
        assertThatThrownBy(login::header).isInstanceOf(PartnerException.class);
        assertThat(asked).hasValue(1);
    }

    @Test
    void a_value_never_prints_itself() {
        assertThat(new Granted("Bearer secret", Instant.now()).toString()).doesNotContain("secret");
    }

    @Test
    void a_refused_login_is_not_tried_again_for_minutes() {
        Login other = new Login("openIMIS", Duration.ofMinutes(6), () -> {
            asked.incrementAndGet();
            throw PartnerException.loginRefused("openIMIS", Duration.ofMinutes(6));
        });
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(other::header).isInstanceOfSatisfying(PartnerException.class, e -> assertThat(e.kind())
                    .isEqualTo(PartnerException.Kind.LOGIN_REFUSED));
        }
        assertThat(asked).hasValue(1);
        assertThat(other.refusedFor()).isGreaterThan(Duration.ofMinutes(5));
    }

    @Test
    void after_the_pause_there_is_one_probe() {
        Login other = new Login("CHT", Duration.ZERO, () -> {
            if (asked.incrementAndGet() == 1) {
                throw PartnerException.loginRefused("CHT", Duration.ZERO);
            }
            return granted("Basic right");
        });
        assertThatThrownBy(other::header).isInstanceOf(PartnerException.class);
        assertThat(other.header()).isEqualTo("Basic right");
        assertThat(asked).hasValue(2);
    }

    @Test
    void a_refused_login_closes_the_gate() {
        Login other = new Login("openIMIS", Duration.ofMinutes(6), () -> granted("Bearer x"));
        PartnerGate gate = new PartnerGate("openIMIS", other, 10);
        assertThat(gate.permits()).isPositive();
        other.refused();
        assertThat(gate.permits()).isZero();
        assertThat(gate.degraded()).isTrue();
        assertThat(gate.condition()).isEqualTo("login refused");
    }

    @Test
    void a_partner_that_is_away_is_asked_again_at_once() {
        Login other = new Login("CHT", Duration.ofMinutes(6), () -> {
            if (asked.incrementAndGet() < 3) {
                throw PartnerException.away("CHT", "does not answer");
            }
            return granted("Basic right");
        });
        assertThatThrownBy(other::header).isInstanceOf(PartnerException.class);
        assertThatThrownBy(other::header).isInstanceOf(PartnerException.class);
        assertThat(other.header()).isEqualTo("Basic right");
    }

    @Test
    void a_token_is_renewed_when_its_time_is_over() {
        Login other = new Login(
                "openIMIS",
                Duration.ofMinutes(6),
                () -> new Login.Granted("Bearer " + asked.incrementAndGet(), Instant.now()));
        assertThat(List.of(other.header(), other.header())).containsExactly("Bearer 1", "Bearer 2");
    }

    @Test
    void a_value_that_worked_and_has_expired_is_asked_for_at_once() {
        login.accepted(login.header());
        assertThat(login.expired("Bearer 1")).isZero();
        assertThat(login.header()).isEqualTo("Bearer 2");
    }

    @Test
    void many_callers_share_one_login() throws Exception {
        assertThat(together(32, login::header)).hasSize(32).containsOnly("Bearer 1");
        login.accepted("Bearer 1");

        // all of them learn that it has expired: one asks anew
        together(32, () -> login.expired("Bearer 1"));
        assertThat(together(32, login::header)).containsOnly("Bearer 2");
        together(32, () -> login.expired("Bearer 1"));
        assertThat(login.header()).as("an old refusal harms no new value").isEqualTo("Bearer 2");
    }

    /** What the ledger tells of another instance. */
    private static final class OthersTurn implements LoginTurns {
        final Queue<Turn> told = new ArrayDeque<>();
        final List<String> done = new ArrayList<>();

        @Override
        public String account(String settings, String username, String password) {
            return settings;
        }

        @Override
        public Turn take(String account) {
            return told.size() > 1 ? told.remove() : told.element();
        }

        @Override
        public void granted(String account) {
            done.add("granted");
        }

        @Override
        public void unanswered(String account) {
            done.add("unanswered");
        }

        @Override
        public void refused(String account, Duration pause) {
            done.add("refused");
        }
    }

    private static LoginTurns.Turn turn(LoginTurns.Whose whose, Duration left) {
        return new LoginTurns.Turn(whose, left);
    }

    private Login shared(OthersTurn turns, Supplier<Granted> source) {
        return new Login("openIMIS", "claimloop.openimis", Duration.ofMinutes(6), source, turns, "account");
    }

    @Test
    void what_another_instance_was_refused_is_not_tried_here() {
        OthersTurn turns = new OthersTurn();
        turns.told.add(turn(LoginTurns.Whose.REFUSED, Duration.ofMinutes(4)));
        Login other = shared(turns, () -> granted("Bearer " + asked.incrementAndGet()));

        assertThatThrownBy(other::header).isInstanceOfSatisfying(PartnerException.class, e -> assertThat(e.kind())
                .isEqualTo(PartnerException.Kind.LOGIN_REFUSED));
        assertThat(asked).hasValue(0);
        assertThat(other.refusedFor()).isBetween(Duration.ofMinutes(3), Duration.ofMinutes(4));
        assertThat(turns.done).as("it is not ours to say").isEmpty();
    }

    @Test
    void while_another_instance_asks_one_waits_and_then_asks() {
        OthersTurn turns = new OthersTurn();
        turns.told.add(turn(LoginTurns.Whose.TAKEN, Duration.ofSeconds(1)));
        turns.told.add(turn(LoginTurns.Whose.TAKEN, Duration.ofSeconds(1)));
        turns.told.add(turn(LoginTurns.Whose.OURS, Duration.ZERO));

        assertThat(shared(turns, () -> granted("Bearer x")).header()).isEqualTo("Bearer x");
        assertThat(turns.done).containsExactly("granted");
    }

    @Test
    void what_came_of_an_attempt_is_told_to_the_others() {
        OthersTurn turns = new OthersTurn();
        turns.told.add(turn(LoginTurns.Whose.OURS, Duration.ZERO));
        Login refused = shared(turns, () -> {
            throw PartnerException.loginRefused("openIMIS", Duration.ofMinutes(6));
        });
        assertThatThrownBy(refused::header).isInstanceOf(PartnerException.class);
        Login away = shared(turns, () -> {
            throw PartnerException.away("openIMIS", "does not answer");
        });
        assertThatThrownBy(away::header).isInstanceOf(PartnerException.class);

        assertThat(turns.done).containsExactly("refused", "unanswered");
    }

    private static Login.Granted granted(String header) {
        return new Login.Granted(header, Instant.now().plus(Duration.ofHours(1)));
    }

    private static <T> List<T> together(int callers, Callable<T> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future :
                    threads.invokeAll(Stream.generate(() -> call).limit(callers).toList())) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
