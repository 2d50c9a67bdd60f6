package io.claimloop.simulated;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The accounts with their rights, tokens and locks. Five wrong passwords lock an account for five minutes, the right one
 * included (not recorded: read from the release's settings).
 */
final class Accounts {
    private static final int FAILURES_BEFORE_LOCK = 5;
    private static final Duration LOCK = Duration.ofMinutes(5);

    private final Map<String, Account> accounts = new HashMap<>();
    private final Map<String, Grant> tokens = new ConcurrentHashMap<>();
    private Account main = new Account(SimulatedOpenImis.USERNAME, SimulatedOpenImis.PASSWORD, null);
    private Duration tokenLife = Duration.ofDays(1);
    private int logins;
    private int failedLogins;

    Accounts() {
        accounts.put(main.name, main);
    }

    /** Null rights are all of them. */
    static final class Account {
        final String name;
        private final String password;
        private volatile Set<Integer> rights;
        private Instant lockedUntil = Instant.MIN;
        private int failuresInARow;

        private Account(String name, String password, Set<Integer> rights) {
            this.name = name;
            this.password = password;
            this.rights = rights;
        }

        boolean may(int... wanted) {
            var granted = rights;
            return granted == null || Arrays.stream(wanted).allMatch(granted::contains);
        }

        private boolean locked() {
            return Instant.now().isBefore(lockedUntil);
        }
    }

    private record Grant(Account account, Instant end) {}

    record Token(String value, long exp) {}

    enum Standing {
        KNOWN,
        ANONYMOUS,
        BAD_TOKEN,
        BAD_PASSWORD
    }

    /** Who calls; without an account unless {@code KNOWN}. */
    record Caller(Standing standing, Account account) {
        private static Caller nobody(Standing standing) {
            return new Caller(standing, null);
        }

        boolean known() {
            return standing == Standing.KNOWN;
        }
    }

    /** The one that may do everything, under another name. */
    synchronized void main(String user, String secret) {
        accounts.remove(main.name);
        main = new Account(user, secret, null);
        accounts.put(user, main);
    }

    synchronized void add(String user, String secret, int... rights) {
        var granted = new HashSet<Integer>();
        for (int right : rights) granted.add(right);
        accounts.put(user, new Account(user, secret, granted));
    }

    /** Null when refused. */
    synchronized Token login(String user, String secret) {
        var account = check(user, secret);
        if (account == null) return null;
        logins++;
        // An exp of whole seconds, as in the JWT, so that a client can trust it (recording 101).
        var end = Instant.ofEpochSecond(Instant.now().plus(tokenLife).getEpochSecond());
        var token = "sim." + UUID.randomUUID().toString().replace("-", "") + "."
                + UUID.randomUUID().toString().substring(0, 8);
        tokens.put(token, new Grant(account, end));
        return new Token(token, end.getEpochSecond());
    }

    private Account check(String user, String secret) {
        var account = accounts.get(user);
        if (account != null && !account.locked() && account.password.equals(secret)) {
            account.failuresInARow = 0;
            return account;
        }
        failedLogins++;
        if (account != null && !account.locked() && ++account.failuresInARow >= FAILURES_BEFORE_LOCK) {
            account.lockedUntil = Instant.now().plus(LOCK);
            account.failuresInARow = 0;
        }
        return null;
    }

    /** Scheme JWT is not taken (recording 117); Basic counts on FHIR only (111, 113, 906). */
    Caller caller(String authorization, boolean basicTaken) {
        if (authorization == null) return Caller.nobody(Standing.ANONYMOUS);
        if (authorization.startsWith("Bearer ")) {
            var grant = tokens.get(authorization.substring("Bearer ".length()).trim());
            return grant != null && Instant.now().isBefore(grant.end)
                    ? new Caller(Standing.KNOWN, grant.account)
                    : Caller.nobody(Standing.BAD_TOKEN);
        }
        if (basicTaken && authorization.startsWith("Basic ")) {
            var account = basic(authorization.substring("Basic ".length()).trim());
            return account != null ? new Caller(Standing.KNOWN, account) : Caller.nobody(Standing.BAD_PASSWORD);
        }
        return Caller.nobody(Standing.ANONYMOUS);
    }

    private synchronized Account basic(String encoded) {
        try {
            var pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).split(":", 2);
            return pair.length == 2 ? check(pair[0], pair[1]) : null;
        } catch (IllegalArgumentException e) {
            return null;
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
        return main.locked();
    }

    synchronized void unlock() {
        for (var account : accounts.values()) {
            account.lockedUntil = Instant.MIN;
            account.failuresInARow = 0;
        }
    }

    /** Of the main account: all, or none. */
    synchronized void rights(boolean granted) {
        main.rights = granted ? null : Set.of();
    }
}
