package io.claimloop.settings;

import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/** The part of the {@link StartCheck} that looks at the limits of selection. */
final class SelectionCheck {
    private static final String PER_DAY = "claimloop.selection.per-day";
    private static final String PER_WEEK = "claimloop.selection.per-chw-per-week";

    private final Environment environment;

    SelectionCheck(Environment environment) {
        this.environment = environment;
    }

    void check() {
        from();
        maxVisitAge();
        count(PER_DAY);
        count(PER_WEEK);
        ages();
        limited();
    }

    private void from() {
        try {
            if (!value("claimloop.selection.from").isEmpty()) {
                LocalDate.parse(value("claimloop.selection.from"));
            }
        } catch (DateTimeParseException e) {
            throw new StartRefusedException(
                    "claimloop.selection.from is not a day.", "Write it as year, month and day: 2026-01-31");
        }
    }

    private void maxVisitAge() {
        String value = value("claimloop.selection.max-visit-age");
        Duration age = Duration.ofDays(1);
        try {
            age = value.isEmpty() ? age : DurationStyle.detectAndParse(value);
        } catch (IllegalArgumentException e) {
            age = Duration.ZERO;
        }
        if (age.compareTo(Duration.ofDays(1)) < 0) {
            throw new StartRefusedException(
                    "claimloop.selection.max-visit-age is not a time of a day or more.", "Write it in days: 90d");
        }
    }

    private void count(String name) {
        String value = value(name);
        try {
            if (value.isEmpty() || Integer.parseInt(value) > 0) {
                return;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new StartRefusedException(
                name + " is not a number above zero.", "Write a whole number, or leave it out for no limit.");
    }

    private void ages() {
        for (String range : Binder.get(environment)
                .bind("claimloop.selection.exclude.ages", Bindable.listOf(String.class))
                .orElse(List.of())) {
            try {
                AgeRange.valueOf(range);
            } catch (IllegalArgumentException e) {
                throw new StartRefusedException(
                        "claimloop.selection.exclude.ages holds something that is no range of ages.",
                        "Write ranges in whole years, both ends included: 0-17,90-");
            }
        }
    }

    /** Feedback on every claim is more than CHWs can bear: who does not choose by hand says how many. */
    private void limited() {
        boolean byHand = "selected".equalsIgnoreCase(environment.getProperty("claimloop.selection.policy", "selected"));
        if (!byHand
                && value(PER_DAY).isEmpty()
                && value(PER_WEEK).isEmpty()
                && !environment.acceptsProfiles(Profiles.of("demo"))) {
            throw new StartRefusedException(
                    "claimloop.selection.policy follows up claims without a limit.",
                    "Set " + PER_DAY + " or " + PER_WEEK + ", or choose the policy selected.");
        }
    }

    private String value(String name) {
        return environment.getProperty(name, "").strip();
    }
}
