package io.claimloop.partner;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Whether, and how much, a partner may be asked now: login, limit and circuit breaker in one place. */
public class PartnerGate {
    /** A call waits so long for its turn; longer waits are the ledger's. */
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final String name;
    private final Login login;
    private final CircuitBreaker breaker;
    private final RateLimiter limit;
    private final double perSecond;
    private final int burst;
    private final AtomicReference<Instant> pausedUntil;
    private final LongAdder pauses;
    /** Why no TLS connection comes about; null when that is not the trouble. */
    private final AtomicReference<String> untrusted;

    public PartnerGate(String name, Login login, double perSecond) {
        this.name = name;
        this.login = login;
        this.pausedUntil = new AtomicReference<>(Instant.EPOCH);
        this.pauses = new LongAdder();
        this.perSecond = perSecond;
        this.burst = Math.max(10, (int) (perSecond / 10));
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
        this.limit = RateLimiter.of(
                name,
                RateLimiterConfig.custom()
                        .limitForPeriod(burst)
                        // one burst less a minute, so that no sliding minute holds more than the limit
                        .limitRefreshPeriod(Duration.ofNanos(
                                (long) (burst * 1e9 / Math.max(perSecond - burst / 60.0, perSecond * 0.5))))
                        .timeoutDuration(WAIT)
                        .build());
    }

    private PartnerGate(PartnerGate other, String name, Login login) {
        this.name = name;
        this.login = login;
        this.perSecond = other.perSecond;
        this.burst = other.burst;
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
        if (!limit.acquirePermission()) {
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
                && limit.getMetrics().getAvailablePermissions() > burst / 2;
    }

    /** How many calls can be made without a long wait; zero when the partner is not to be asked now. */
    public int permits() {
        if (login.waits() || paused()) {
            return 0;
        }
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> 0;
            case HALF_OPEN -> 2;
            default ->
                Math.max(0, limit.getMetrics().getAvailablePermissions()) + (int) (perSecond * WAIT.toSeconds() / 2);
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
