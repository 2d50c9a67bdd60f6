package io.claimloop.rules;

import io.claimloop.ledger.Places;
import io.claimloop.ledger.Reason;
import io.claimloop.openimis.Claim;
import io.claimloop.settings.ClaimLoopProperties;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** The limits of selection: {@code claimloop.selection.*}. Days and weeks are those of openIMIS's zone. */
@Component
public class SelectionLimits {
    private final Places places;
    private final ClaimLoopProperties.Selection selection;
    private final ZoneId zone;
    private final Exclusions exclusions;
    private final Clock clock;

    @Autowired
    public SelectionLimits(Places places, ClaimLoopProperties properties) {
        this(places, properties, Clock.systemUTC());
    }

    SelectionLimits(Places places, ClaimLoopProperties properties, Clock clock) {
        this.places = places;
        this.selection = properties.selection();
        this.zone = properties.openimis().zone();
        this.exclusions = new Exclusions(selection.exclude());
        this.clock = clock;
    }

    /** Why nobody may be asked about this claim, whoever selected it. */
    public Optional<Reason> bars(Claim claim) {
        if (excludes(claim)) {
            return Optional.of(Reason.EXCLUDED);
        }
        if (exclusions.unreadable(claim)) {
            return Optional.of(Reason.EXCLUSION_UNREADABLE);
        }
        // counted from the last day of the visit
        return claim.dateTo() != null
                        && claim.dateTo()
                                .isBefore(today().minusDays(
                                                selection.maxVisitAge().toDays()))
                ? Optional.of(Reason.VISIT_TOO_OLD)
                : Optional.empty();
    }

    public boolean excludes(Claim claim) {
        return exclusions.excludes(claim);
    }

    /** Which of these claims may be selected today, the first in order before the others. */
    Set<UUID> takeDay(List<UUID> loops) {
        return selection.perDay() == null || loops.isEmpty()
                ? Set.copyOf(loops)
                : places.ofDay(today(), loops, selection.perDay());
    }

    Duration untilTomorrow() {
        return until(today().plusDays(1));
    }

    /** Whether the CHW may get one more task this week, and this is it. */
    public boolean takeWeek(String chw, UUID loop) {
        return selection.perChwPerWeek() == null
                || places.ofWeek(
                        chw,
                        today().with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)),
                        loop,
                        selection.perChwPerWeek());
    }

    public Duration untilNextWeek() {
        return until(today().with(TemporalAdjusters.next(DayOfWeek.MONDAY)));
    }

    private LocalDate today() {
        return LocalDate.now(clock.withZone(zone));
    }

    private Duration until(LocalDate day) {
        return Duration.between(ZonedDateTime.now(clock.withZone(zone)), day.atStartOfDay(zone));
    }
}
