package io.claimloop.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30 | 30",
                " 7  | 7",
                "0 | 1",
                "999999 | 3600",
                "Wed, 25 Nov 2026 10:02:00 GMT | 121",
                "Wed, 25 Nov 2026 09:00:00 GMT | 1",
                "Wed, 25 Nov 2026 23:00:00 GMT | 3600",
                "soon | 15",
                "-5 | 15",
                "99999999999999999999 | 15"
            })
    void seconds_and_dates_are_obeyed_within_reason(String header, long seconds) {
        assertThat(RetryAfter.pause(header, NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void where_nothing_is_told_the_pause_is_ours() {
        assertThat(RetryAfter.pause(null, NOW)).isEqualTo(Duration.ofSeconds(15));
        assertThat(RetryAfter.pause(" ", NOW)).isEqualTo(Duration.ofSeconds(15));
    }
}
