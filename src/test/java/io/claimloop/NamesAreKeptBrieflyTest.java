package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Security;
import org.junit.jupiter.api.Test;

/** A partner that gets another address is found at it. Row 60 of {@code docs/failures.md}. */
class NamesAreKeptBrieflyTest {

    @Test
    void addresses_of_names_are_looked_up_again_within_a_minute() throws Exception {
        Class.forName(ClaimLoop.class.getName());
        assertThat(Integer.parseInt(Security.getProperty("networkaddress.cache.ttl")))
                .isBetween(0, 60);
        assertThat(Integer.parseInt(Security.getProperty("networkaddress.cache.negative.ttl")))
                .isBetween(0, 60);
    }

    @Test
    void a_cache_that_never_forgets_is_bounded_and_what_the_machine_says_holds() {
        String told = Security.getProperty("networkaddress.cache.ttl");
        try {
            Security.setProperty("networkaddress.cache.ttl", "-1");
            ClaimLoop.boundNames();
            assertThat(Security.getProperty("networkaddress.cache.ttl")).isEqualTo("30");
            Security.setProperty("networkaddress.cache.ttl", "7");
            ClaimLoop.boundNames();
            assertThat(Security.getProperty("networkaddress.cache.ttl")).isEqualTo("7");
        } finally {
            Security.setProperty("networkaddress.cache.ttl", told);
        }
    }
}
