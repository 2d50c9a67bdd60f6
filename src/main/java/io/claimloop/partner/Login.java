package io.claimloop.partner;

import io.claimloop.ledger.LoginTurns;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what a partner wants to see in {@code Authorization}, and gets it by one call at a time. Both partners lock an
 * account after a few bad logins (openIMIS after five, CHT after the third, the right password included): after one
 * refusal nothing is sent for {@code pause}, then one probe. Several instances take turns, and a refusal is a refusal for
 * all of them: one probe in {@code pause}, whoever makes it.
 */
public class Login {
    private static final Logger log = LoggerFactory.getLogger(Login.class);

    /**
     * @param header value of the Authorization header
     * @param until when it must be renewed
     */
    public record Granted(String header, Instant until) {
        @Override
        public String toString() {
            return "Granted[until " + until + "]";
        }
    }

    private static final Duration FRESH = Duration.ofSeconds(10);
    private static final Duration CIRCLE = Duration.ofSeconds(30);
    /** Another instance's attempt is waited for so long; longer waits are the ledger's. */
    private static final Duration OTHERS_TURN = Duration.ofSeconds(3);

    private static final Duration LOOK = Duration.ofMillis(50);

    private final String partner;
    private final String settings;
    private final Duration pause;
    private final Supplier<Granted> source;
    private final LoginTurns turns;
    private final String account;
    private volatile Granted granted;
    private Instant grantedAt = Instant.EPOCH;
    private volatile boolean worked;
    private volatile Instant refusedUntil = Instant.EPOCH;
    private volatile Instant busyUntil = Instant.EPOCH;

    /** For one instance alone. */
    public Login(String partner, Duration pause, Supplier<Granted> source) {
        this(
                partner,
                "claimloop." + partner.toLowerCase(java.util.Locale.ROOT),
                pause,
                source,
                LoginTurns.alone(),
                partner);
    }

    /**
     * @param settings where the account is configured, such as {@code claimloop.cht}
     * @param source asks the partner; throws {@link PartnerException} of kind LOGIN_REFUSED when it refuses
     * @param account by which the instances take turns, see {@link LoginTurns#account}
     */
    public Login(
            String partner,
            String settings,
            Duration pause,
            Supplier<Granted> source,
            LoginTurns turns,
            String account) {
        this.partner = partner;
        this.settings = settings;
        this.pause = pause;
        this.source = source;
        this.turns = turns;
        this.account = account;
    }

    /** The header's value. Others wait while one asks. */
    public String header() {
        Granted current = granted;
        if (current != null && Instant.now().isBefore(current.until())) {
            return current.header();
        }
        synchronized (this) {
            if (granted != null && Instant.now().isBefore(granted.until())) {
                return granted.header();
            }
            Duration left = refusedFor();
            if (!left.isZero()) {
                throw PartnerException.loginRefused(partner, left);
            }
            Duration busy = left(busyUntil);
            if (!busy.isZero()) {
                throw PartnerException.busy(partner, "asked for a pause at our login", busy);
            }
            waitForOurTurn();
            boolean answered = false;
            try {
                Granted fresh = source.get();
                answered = true;
                turns.granted(account);
                worked = false;
                granted = fresh;
                grantedAt = Instant.now();
                return granted.header();
            } catch (PartnerException e) {
                if (e.kind() == PartnerException.Kind.LOGIN_REFUSED) {
                    answered = true;
                    refused();
                } else if (e.kind() == PartnerException.Kind.BUSY && e.after() != null) {
                    busyUntil = Instant.now().plus(e.after());
                }
                throw e;
            } finally {
                if (!answered) {
                    turns.unanswered(account);
                }
            }
        }
    }

    private void waitForOurTurn() {
        long end = System.nanoTime() + OTHERS_TURN.toNanos();
        LoginTurns.Turn turn = turns.take(account);
        while (turn.whose() == LoginTurns.Whose.TAKEN && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK.toNanos());
            turn = turns.take(account);
        }
        if (turn.whose() == LoginTurns.Whose.TAKEN) {
            throw PartnerException.busy(partner, "is asked for a login by another instance", OTHERS_TURN);
        }
        if (turn.whose() == LoginTurns.Whose.REFUSED) {
            refusedUntil = Instant.now().plus(turn.left());
            log.warn(
                    "{} has refused our login to another instance, or to us before a restart: nothing is sent for {} s."
                            + " Correct {}.username and .password.",
                    partner,
                    turn.left().toSeconds(),
                    settings);
            throw PartnerException.loginRefused(partner, turn.left());
        }
    }

    /** The partner answered a call with this value. */
    public void accepted(String header) {
        Granted current = granted;
        if (!worked && current != null && current.header().equals(header)) {
            worked = true;
        }
    }

    /**
     * The partner did not take this value any more; the next call asks anew. A value that it gave only just now and
     * never took would be asked for in circles: then nothing is sent for a while.
     *
     * @return when to come back
     */
    public synchronized Duration expired(String header) {
        if (granted != null && granted.header().equals(header)) {
            granted = null;
            if (!worked && Duration.between(grantedAt, Instant.now()).compareTo(FRESH) < 0) {
                refusedUntil = Instant.now().plus(CIRCLE);
                log.warn("{} takes our login and refuses what it gave for it; nothing is sent for a while.", partner);
            }
        }
        return refusedFor();
    }

    /** The partner refused the login, or has locked the account. */
    public synchronized void refused() {
        granted = null;
        refusedUntil = Instant.now().plus(pause);
        turns.refused(account, pause);
        log.error(
                "{} refuses our login. Correct {}.username and .password; nothing is sent for {} minutes, so that the"
                        + " account is not locked.",
                partner,
                settings,
                pause.toMinutes());
    }

    /** How long nothing is sent; zero when the login is not refused. */
    public Duration refusedFor() {
        return left(refusedUntil);
    }

    /** Whether the partner is not to be asked for a login now: it refused one, or asked for a pause. */
    boolean waits() {
        return !refusedFor().isZero() || !left(busyUntil).isZero();
    }

    private static Duration left(Instant until) {
        Duration left = Duration.between(Instant.now(), until);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
