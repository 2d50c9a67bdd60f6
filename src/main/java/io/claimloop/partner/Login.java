package io.claimloop.partner;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what a partner wants to see in {@code Authorization}, and gets it by one call at a time. Both partners lock an
 * account after a few bad logins (openIMIS after five, CHT after the third, the right password included): after one
 * refusal nothing is sent for {@code pause}, then one probe.
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

    private final String partner;
    private final Duration pause;
    private final Supplier<Granted> source;
    private volatile Granted granted;
    private volatile Instant refusedUntil = Instant.EPOCH;

    /** @param source asks the partner; throws {@link PartnerException} of kind LOGIN_REFUSED when it refuses */
    public Login(String partner, Duration pause, Supplier<Granted> source) {
        this.partner = partner;
        this.pause = pause;
        this.source = source;
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
            try {
                granted = source.get();
                return granted.header();
            } catch (PartnerException e) {
                if (e.kind() == PartnerException.Kind.LOGIN_REFUSED) {
                    refused();
                }
                throw e;
            }
        }
    }

    /** The partner did not take this value any more; the next call asks anew. */
    public synchronized void expired(String header) {
        if (granted != null && granted.header().equals(header)) {
            granted = null;
        }
    }

    /** The partner refused the login, or has locked the account. */
    public synchronized void refused() {
        granted = null;
        refusedUntil = Instant.now().plus(pause);
        log.error(
                "{} refuses our login. Correct claimloop.{}.username and .password; nothing is sent for {} minutes, so"
                        + " that the account is not locked.",
                partner,
                partner.toLowerCase(java.util.Locale.ROOT),
                pause.toMinutes());
    }

    /** How long nothing is sent; zero when the login is not refused. */
    public Duration refusedFor() {
        Duration left = Duration.between(Instant.now(), refusedUntil);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
