package io.claimloop.simulated;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Trouble on demand: rate limit, delay, failures before and lost answers after the effect. */
final class Faults {
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger communicationsToDrop = new AtomicInteger();
    private final AtomicInteger mutationsToDrop = new AtomicInteger();
    private final Set<String> deadly = ConcurrentHashMap.newKeySet();
    private volatile int failureStatus = 500;
    private volatile Duration delay = Duration.ZERO;
    private Duration window = Duration.ofMinutes(1);
    private int limit;
    private int inWindow;
    private int refused;
    private Instant windowEnd = Instant.MIN;

    synchronized void limit(int requests, Duration every) {
        limit = requests;
        window = every;
        windowEnd = Instant.MIN;
    }

    synchronized void nextMinute() {
        windowEnd = Instant.MIN;
    }

    synchronized int refusedByRate() {
        return refused;
    }

    /** One bucket for FHIR and GraphQL; no Retry-After (read from the release's settings, not recorded). */
    private synchronized boolean overRate() {
        if (limit <= 0) return false;
        var now = Instant.now();
        if (!now.isBefore(windowEnd)) {
            windowEnd = now.plus(window);
            inWindow = 0;
        }
        if (++inWindow <= limit) return false;
        refused++;
        return true;
    }

    void delay(Duration duration) {
        delay = duration;
    }

    Duration delay() {
        return delay;
    }

    void failNext(int n, int status) {
        failureStatus = status;
        failures.set(n);
    }

    void dropCommunications(int n) {
        communicationsToDrop.set(n);
    }

    void dropMutations(int n) {
        mutationsToDrop.set(n);
    }

    void failNaming(String text) {
        deadly.add(text);
    }

    void failNamingNothing() {
        deadly.clear();
    }

    boolean failsNaming(String body) {
        return deadly.stream().anyMatch(body::contains);
    }

    boolean dropsThisCommunication() {
        return taken(communicationsToDrop);
    }

    boolean dropsThisMutation() {
        return taken(mutationsToDrop);
    }

    private static boolean taken(AtomicInteger left) {
        return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    /** The answer that comes instead of openIMIS's, or null. */
    Reply instead() {
        if (overRate()) return Reply.html(429, "Rate limit exceeded");
        if (!taken(failures)) return null;
        return switch (failureStatus) {
            case 401 -> Reply.refused(401, "INCORRECT_CREDENTIALS");
            case 403 -> Reply.refused(403, "You do not have permission to perform this action.");
            case 404 -> Reply.page(404, "Not Found", "The requested resource was not found on this server.");
            case 429 -> Reply.html(429, "Rate limit exceeded");
            case 502 -> proxy(502, "Bad Gateway");
            case 503 -> proxy(503, "Service Temporarily Unavailable");
            case 504 -> proxy(504, "Gateway Time-out");
            default -> Reply.page(failureStatus, "Server Error (" + failureStatus + ")", "");
        };
    }

    private static Reply proxy(int status, String text) {
        return Reply.html(
                status,
                "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n<center><h1>%d %s</h1></center>\r\n</body>\r\n</html>\r\n"
                        .formatted(status, text, status, text));
    }
}
