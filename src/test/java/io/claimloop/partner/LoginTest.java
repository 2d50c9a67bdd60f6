package io.claimloop.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.claimloop.partner.Login.Granted;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
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
}
