package io.claimloop.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** HTTP's Retry-After: seconds, or a date (RFC 9110). */
final class RetryAfter {
    /** openIMIS gives none; its window is a minute. */
    private static final Duration NOT_TOLD = Duration.ofSeconds(15);

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private RetryAfter() {}

    static Duration pause(String header) {
        return pause(header, Instant.now());
    }

    static Duration pause(String header, Instant now) {
        if (header == null || header.isBlank()) {
            return NOT_TOLD;
        }
        String value = header.strip();
        if (value.matches("\\d{1,9}")) {
            return within(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            // the date has whole seconds only
            return within(Duration.between(now, until).plusSeconds(1));
        } catch (DateTimeParseException e) {
            return NOT_TOLD;
        }
    }

    private static Duration within(Duration pause) {
        if (pause.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }
}
