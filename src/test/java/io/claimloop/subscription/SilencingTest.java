package io.claimloop.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SilencingTest {
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

    /** The first three were recorded to fire, or to be passed over (301). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Claim",
                "Claim?status=4",
                "Claim?health_facility__code=JMHOS001",
                "claim?nosuchfield=4",
                "Patient?nosuchfield=4",
                "Claim?status__in=4",
                "Claim?insuree_id=7&date_from__gte=2026-01-01"
            })
    void a_lookup_that_claims_have_is_no_danger(String criteria) {
        assertThat(Silencing.silences(subscription(criteria, "active", "2027-11-22T00:00:00Z"), NOW))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Claim?nosuchfield=4", "Claim?status=4&nosuchfield=1", "Claim?Status=4", "Claim?status=checked"})
    void a_lookup_that_claims_do_not_have_silences_all(String criteria) {
        assertThat(Silencing.silences(subscription(criteria, "active", "2027-11-22T00:00:00Z"), NOW))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"off,2027-11-22T00:00:00Z", "active,2026-01-01T00:00:00Z"})
    void one_that_is_off_or_over_silences_nobody(String statusAndEnd) {
        String[] parts = statusAndEnd.split(",");
        assertThat(Silencing.silences(subscription("Claim?nosuchfield=4", parts[0], parts[1]), NOW))
                .isFalse();
    }

    private static Subscription subscription(String criteria, String status, String end) {
        return new Subscription(
                "id", status, Instant.parse(end), "Claim", criteria, "rest-hook", "https://somebody.example.org", "{}");
    }
}
