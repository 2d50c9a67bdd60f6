package io.claimloop.simulated;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The one account, its tokens and its lock. Five wrong passwords lock it for five minutes, the right one included (not
 * recorded: read from the release's settings).
 */
final class Accounts {
    private static final int FAILURES_BEFORE_LOCK = 5;
    private static final Duration LOCK = Duration.ofMinutes(5);

    private final Map<String, Instant> tokens = new ConcurrentHashMap<>();
    private String username = SimulatedOpenImis.USERNAME;
    private String password = SimulatedOpenImis.PASSWORD;
    private Duration tokenLife = Duration.ofDays(1);
    private Instant lockedUntil = Instant.MIN;
    private int failuresInARow;
    private int logins;
    private int failedLogins;
    private volatile boolean rights = true;

    record Token(String value, long exp) {}

    enum Caller {
        KNOWN,
        ANONYMOUS,
        BAD_TOKEN,
        BAD_PASSWORD
    }

    synchronized void account(String user, String secret) {
        username = user;
        password = secret;
    }

    /** Null when refused. */
    synchronized Token login(String user, String secret) {
        if (!check(user, secret)) return null;
        logins++;
        // An exp of whole seconds, as in the JWT, so that a client can trust it (recording 101).
        var end = Instant.ofEpochSecond(Instant.now().plus(tokenLife).getEpochSecond());
        var token = "sim." + UUID.randomUUID().toString().replace("-", "") + "."
                + UUID.randomUUID().toString().substring(0, 8);
        tokens.put(token, end);
        return new Token(token, end.getEpochSecond());
    }

    private boolean check(String user, String secret) {
        boolean locked = Instant.now().isBefore(lockedUntil);
        if (!locked && username.equals(user) && password.equals(secret)) {
            failuresInARow = 0;
            return true;
        }
        failedLogins++;
        if (!locked && ++failuresInARow >= FAILURES_BEFORE_LOCK) {
            lockedUntil = Instant.now().plus(LOCK);
            failuresInARow = 0;
        }
        return false;
    }

    /** Scheme JWT is not taken (recording 117); Basic counts on FHIR only (111, 113, 906). */
    Caller caller(String authorization, boolean basicTaken) {
        if (authorization == null) return Caller.ANONYMOUS;
        if (authorization.startsWith("Bearer ")) {
            var end = tokens.get(authorization.substring("Bearer ".length()).trim());
            return end != null && Instant.now().isBefore(end) ? Caller.KNOWN : Caller.BAD_TOKEN;
        }
        if (basicTaken && authorization.startsWith("Basic ")) {
            return basic(authorization.substring("Basic ".length()).trim()) ? Caller.KNOWN : Caller.BAD_PASSWORD;
        }
        return Caller.ANONYMOUS;
    }

    private synchronized boolean basic(String encoded) {
        try {
            var pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).split(":", 2);
            return pair.length == 2 && check(pair[0], pair[1]);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    void expireTokens() {
        tokens.clear();
    }

    synchronized void tokenLife(Duration life) {
        tokenLife = life;
    }

    synchronized int logins() {
        return logins;
    }

    synchronized int failedLogins() {
        return failedLogins;
    }

    synchronized boolean locked() {
        return Instant.now().isBefore(lockedUntil);
    }

    synchronized void unlock() {
        lockedUntil = Instant.MIN;
        failuresInARow = 0;
    }

    boolean rights() {
        return rights;
    }

    void rights(boolean granted) {
        rights = granted;
    }
}
