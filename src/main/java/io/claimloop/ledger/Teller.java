package io.claimloop.ledger;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells others of steps that have work: the first at once, and what comes within the pause after it together. On a thread of
 * its own, for a NOTIFY takes a lock at its commit that all who notify share: no commit of an edge waits for it.
 */
class Teller implements AutoCloseable {
    static final Duration PAUSE = Duration.ofMillis(50);

    private final Consumer<Set<Step>> send;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "wake-others");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Step> waiting = EnumSet.noneOf(Step.class);
    private long lastSent = System.nanoTime() - PAUSE.toNanos();

    Teller(Consumer<Set<Step>> send) {
        this.send = send;
    }

    synchronized void tell(Set<Step> steps) {
        boolean planned = !waiting.isEmpty();
        waiting.addAll(steps);
        if (planned || steps.isEmpty()) {
            return;
        }
        try {
            long wait = Math.max(0, lastSent + PAUSE.toNanos() - System.nanoTime());
            thread.schedule(this::send, wait, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // closed: who stops tells nobody
            waiting.clear();
        }
    }

    private void send() {
        Set<Step> now;
        synchronized (this) {
            now = EnumSet.copyOf(waiting);
            waiting.clear();
            lastSent = System.nanoTime();
        }
        send.accept(now);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
