package io.claimloop.operations;

import io.claimloop.ledger.Figures;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.SubmissionState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The ledger's figures as gauges. A thread of its own asks for them, so that who collects the metrics never waits for the
 * database, and a collector too many costs nothing. Every instance tells the same figures: take the maximum, not the sum.
 */
@Component
class LedgerMeters {
    private static final Logger log = LoggerFactory.getLogger(LedgerMeters.class);
    private static final Duration LOOK = Duration.ofSeconds(15);
    /** What moves slowly, or costs more, is asked for at one look of so many. */
    private static final int SLOWLY = 4;
    /** A figure that is older is none. */
    private static final Duration FRESH = LOOK.multipliedBy(SLOWLY * 3L);

    private final Figures figures;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "ledger-meters");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Told<Map<Step, Figures.Waiting>> due;
    private volatile Told<Figures.Standing> standing;
    private volatile Told<Figures.Database> database;
    private int look;
    private boolean failed;

    private record Told<T>(T value, Instant at) {
        static <T> Told<T> now(T value) {
            return new Told<>(value, Instant.now());
        }
    }

    LedgerMeters(Figures figures, MeterRegistry meters) {
        this.figures = figures;
        for (Step step : Step.values()) {
            Tags tags = Tags.of("step", step.key());
            gauge(
                    meters,
                    "claimloop.work.due",
                    "works that could be done now, those in hand included",
                    null,
                    tags,
                    m -> of(m.due, waiting -> waiting.get(step).count()));
            gauge(
                    meters,
                    "claimloop.work.oldest",
                    "how long the oldest work has been due",
                    "seconds",
                    tags,
                    m -> of(m.due, waiting -> seconds(waiting.get(step).oldest())));
        }
        for (State state : EnumSet.complementOf(EnumSet.of(State.VALUED, State.WITHDRAWN, State.NOT_SELECTED))) {
            gauge(
                    meters,
                    "claimloop.loops",
                    "loops that are not over",
                    null,
                    Tags.of("state", label(state)),
                    m -> of(m.standing, now -> now.loops().getOrDefault(state, 0L)));
        }
        for (Reason reason : Reason.values()) {
            gauge(
                    meters,
                    "claimloop.loops.parked",
                    "loops that need a person",
                    null,
                    Tags.of("reason", label(reason)),
                    m -> of(m.standing, now -> now.parked().getOrDefault(reason, 0L)));
        }
        for (SubmissionState state :
                EnumSet.of(SubmissionState.RECEIVED, SubmissionState.CORRECTION, SubmissionState.PARKED)) {
            gauge(
                    meters,
                    "claimloop.submissions",
                    "submissions that are not settled",
                    null,
                    Tags.of("state", label(state)),
                    m -> of(m.standing, now -> now.submissions().getOrDefault(state, 0L)));
        }
        gauge(
                meters,
                "claimloop.database.size",
                "size of the database",
                "bytes",
                Tags.empty(),
                m -> of(m.database, Figures.Database::bytes));
        gauge(
                meters,
                "claimloop.database.transaction.oldest",
                "how long the oldest transaction has been open",
                "seconds",
                Tags.empty(),
                m -> of(m.database, now -> seconds(now.oldestTransaction())));
        gauge(
                meters,
                "claimloop.database.snapshot.oldest",
                "transactions since the oldest snapshot, which holds up vacuum",
                null,
                Tags.empty(),
                m -> of(m.database, Figures.Database::oldestSnapshot));
        gauge(
                meters,
                "claimloop.database.looked",
                "when the ledger's figures were read last",
                "seconds",
                Tags.empty(),
                m -> m.due == null ? Double.NaN : m.due.at().getEpochSecond());
    }

    private void gauge(
            MeterRegistry meters,
            String name,
            String description,
            String unit,
            Tags tags,
            ToDoubleFunction<LedgerMeters> value) {
        Gauge.builder(name, this, value)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(meters);
    }

    private static <T> double of(Told<T> told, ToDoubleFunction<T> value) {
        boolean fresh = told != null && told.at().plus(FRESH).isAfter(Instant.now());
        return fresh ? value.applyAsDouble(told.value()) : Double.NaN;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    static String label(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }

    @EventListener(ApplicationReadyEvent.class)
    void begin() {
        looks.scheduleWithFixedDelay(this::look, 0, LOOK.toSeconds(), TimeUnit.SECONDS);
    }

    @PreDestroy
    void end() {
        looks.shutdownNow();
    }

    /** One figure that cannot be had leaves the others alone. */
    void look() {
        boolean all = look++ % SLOWLY == 0;
        boolean failing = !ask(() -> due = Told.now(figures.due()));
        if (all) {
            failing |= !ask(() -> standing = Told.now(figures.standing()));
            failing |= !ask(() -> database = Told.now(figures.database()));
        }
        if (failing && !failed) {
            log.warn("The ledger's figures cannot be read: metrics of work and loops are missing. See db in health.");
        }
        failed = failing;
    }

    private static boolean ask(Runnable question) {
        try {
            question.run();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
