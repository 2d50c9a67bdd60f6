package io.claimloop.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs what openIMIS would do inside the request, a while later, or when a test says so. */
final class Tasks {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "openimis-celery");
        thread.setDaemon(true);
        return thread;
    });
    // Guarded by this.
    private final List<Runnable> waiting = new ArrayList<>();
    private Duration takes = Duration.ZERO;
    private boolean held;

    synchronized void take(Duration duration) {
        takes = duration;
        held = false;
    }

    /** Until {@link #runAll}. */
    synchronized void hold() {
        held = true;
    }

    void run(Runnable task) {
        synchronized (this) {
            if (held || !takes.isZero()) {
                waiting.add(task);
                if (!held) clock.schedule(() -> runIfWaiting(task), takes.toMillis(), TimeUnit.MILLISECONDS);
                return;
            }
        }
        task.run();
    }

    /** Whatever waits, in the order in which it came; what comes later waits again. */
    int runAll() {
        List<Runnable> ready;
        synchronized (this) {
            ready = List.copyOf(waiting);
            waiting.clear();
        }
        ready.forEach(Runnable::run);
        return ready.size();
    }

    private void runIfWaiting(Runnable task) {
        synchronized (this) {
            if (!waiting.remove(task)) return;
        }
        task.run();
    }

    void close() {
        clock.shutdownNow();
    }
}
