package io.claimloop.partner;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/** Whether, and how much, a partner may be asked now: login, limit and circuit breaker in one place. */
public class PartnerGate {
    private final String name;
    private final Login login;
    private final CircuitBreaker breaker;
    private final SharedLimit limit;
    private final AtomicReference<Instant> pausedUntil;
    private final LongAdder pauses;
    /** Why no TLS connection comes about; null when that is not the trouble. */
    private final AtomicReference<String> untrusted;

    /** For one instance alone. */
    public PartnerGate(String name, Login login, double perSecond) {
        this(name, login, perSecond, () -> 1);
    }

    /** @param instances among how many the limit is shared */
    public PartnerGate(String name, Login login, double perSecond, IntSupplier instances) {
        this.name = name;
        this.login = login;
        this.pausedUntil = new AtomicReference<>(Instant.EPOCH);
        this.pauses = new LongAdder();
        this.breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(20)
                        .minimumNumberOfCalls(5)
                        .failureRateThreshold(50)
                        .waitDurationInOpenState(Duration.ofSeconds(10))
                        .permittedNumberOfCallsInHalfOpenState(2)
                        .automaticTransitionFromOpenToHalfOpenEnabled(true)
                        .build());
        this.untrusted = new AtomicReference<>();
        this.breaker
                .getEventPublisher()
                .onError(
                        event -> untrusted.set(Tls.refusal(event.getThrowable()).orElse(null)))
                .onSuccess(event -> untrusted.set(null));
        this.limit = SharedLimit.inAMinute(name, perSecond, Math.max(10, (int) (perSecond / 10)), instances);
    }

    private PartnerGate(PartnerGate other, String name, Login login) {
        this.name = name;
        this.login = login;
        this.breaker = other.breaker;
        this.limit = other.limit;
        this.pausedUntil = other.pausedUntil;
        this.pauses = other.pauses;
        this.untrusted = other.untrusted;
    }

    /**
     * The same partner, asked under another account: it counts our requests by address, whoever makes them.
     *
     * @param account names it in errors, such as {@code claimloop.valuation}
     */
    public PartnerGate as(String account, Login another) {
        return new PartnerGate(this, name + " as " + account, another);
    }

    public String name() {
        return name;
    }

    public CircuitBreaker breaker() {
        return breaker;
    }

    public Login login() {
        return login;
    }

    /** Takes one of the permitted calls, or says that there is none. */
    public void enter() {
        if (paused()) {
            throw PartnerException.busy(
                    name,
                    "asked for a pause",
                    Duration.between(Instant.now(), pausedUntil.get()).plusSeconds(1));
        }
        if (!limit.acquire()) {
            throw PartnerException.busy(name, "has no call left in this period", Duration.ofSeconds(2));
        }
    }

    /** The partner said that we ask too much: nobody asks for a while. A shorter pause does not end a longer one. */
    public void pause(Duration pause) {
        pauses.increment();
        Instant until = Instant.now().plus(pause);
        pausedUntil.accumulateAndGet(until, (known, told) -> told.isAfter(known) ? told : known);
    }

    /** How often the partner said so since the start. */
    public long pauses() {
        return pauses.sum();
    }

    private boolean paused() {
        return Instant.now().isBefore(pausedUntil.get());
    }

    /** Whether there is so much left that something unhurried may take of it. */
    public boolean spare() {
        return permits() > 0
                && breaker.getState() == CircuitBreaker.State.CLOSED
                && limit.available() > limit.burst() / 2;
    }

    /** How many calls can be made without a long wait; zero when the partner is not to be asked now. */
    public int permits() {
        if (login.waits() || paused()) {
            return 0;
        }
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> 0;
            case HALF_OPEN -> 2;
            default -> limit.soon();
        };
    }

    /** Whether calls fail at present. */
    public boolean degraded() {
        return !login.refusedFor().isZero()
                || breaker.getState() != CircuitBreaker.State.CLOSED
                || untrusted.get() != null;
    }

    /** In a few words, for health and log. */
    public String condition() {
        if (!login.refusedFor().isZero()) {
            return "login refused";
        }
        String refusal = untrusted.get();
        if (refusal != null) {
            return "not trusted: " + refusal;
        }
        return switch (breaker.getState()) {
            case CLOSED -> "reachable";
            case HALF_OPEN -> "being tried again";
            default -> "away";
        };
    }
}
