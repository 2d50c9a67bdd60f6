package io.claimloop.simulated;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Who may come in. The third wrong password in a row locks the account for five minutes, also for the right password
 * (141-149); ten refusals within ten seconds close the door for everybody behind the same address (131-135).
 */
final class ChtLogins {

    enum Verdict {
        WELCOME,
        UNKNOWN,
        NOT_BASE64,
        LOCKED,
        TOO_MANY
    }

    record Login(Verdict verdict, String username) {}

    private static final long LOCKED_NANOS = 300_000_000_000L;
    private static final long WINDOW_NANOS = 10_000_000_000L;

    private final Map<String, String> passwords = new HashMap<>();
    private final Map<String, Set<String>> permissions = new HashMap<>();
    private final Map<String, Integer> wrongInARow = new HashMap<>();
    private final Map<String, Long> firstWrong = new HashMap<>();
    private final Deque<Long> refusals = new ArrayDeque<>();
    private final LongSupplier nanos;
    private int failed;

    ChtLogins(LongSupplier nanos) {
        this.nanos = nanos;
    }

    synchronized void add(String username, String password, Set<String> may) {
        passwords.put(username, password);
        Set<String> copy = ConcurrentHashMap.newKeySet();
        copy.addAll(may);
        permissions.put(username, copy);
    }

    synchronized void remove(String username) {
        passwords.remove(username);
        permissions.remove(username);
    }

    synchronized void deny(String username, String permission) {
        permissions.getOrDefault(username, Set.of()).remove(permission);
    }

    synchronized boolean may(String username, String permission) {
        return permissions.getOrDefault(username, Set.of()).contains(permission);
    }

    synchronized int failed() {
        return failed;
    }

    synchronized void unlock() {
        wrongInARow.clear();
        firstWrong.clear();
        refusals.clear();
    }

    synchronized Login check(Optional<String> authorization) {
        if (authorization.isEmpty() || !authorization.get().startsWith("Basic ")) {
            return new Login(Verdict.UNKNOWN, "");
        }
        while (!refusals.isEmpty() && nanos.getAsLong() - refusals.peek() > WINDOW_NANOS) {
            refusals.remove();
        }
        if (refusals.size() >= 10) {
            return new Login(Verdict.TOO_MANY, "");
        }
        String pair;
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(authorization.get().substring(6).trim());
            pair = new String(decoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            return new Login(Verdict.NOT_BASE64, "");
        }
        int colon = pair.indexOf(':');
        String username = colon < 0 ? pair : pair.substring(0, colon);
        String password = colon < 0 ? "" : pair.substring(colon + 1);

        Long since = firstWrong.get(username);
        if (since != null && nanos.getAsLong() - since > LOCKED_NANOS) {
            firstWrong.remove(username);
            wrongInARow.remove(username);
        }
        boolean right =
                passwords.containsKey(username) && passwords.get(username).equals(password);
        int wrong = wrongInARow.getOrDefault(username, 0);
        if (right && wrong < 3) {
            wrongInARow.remove(username);
            firstWrong.remove(username);
            return new Login(Verdict.WELCOME, username);
        }
        failed++;
        if (right) {
            return new Login(Verdict.LOCKED, username);
        }
        firstWrong.putIfAbsent(username, nanos.getAsLong());
        wrongInARow.put(username, wrong + 1);
        if (wrong + 1 >= 3) {
            return new Login(Verdict.LOCKED, username);
        }
        refusals.add(nanos.getAsLong());
        return new Login(Verdict.UNKNOWN, username);
    }
}
