package io.claimloop.simulated;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * CHT's background worker: one queue for every change of every document. A claim record gets a second revision about
 * 120 ms after it was written (332, 333), a burst goes through at about twelve documents a second (701), and a push
 * that hangs holds up everything behind it (550).
 */
final class Sentinel implements AutoCloseable {

    static final String CLAIM_FORM = "OPENIMIS_CLAIM";

    private record Waiting(String id, long since) {}

    private final ChtDocuments documents;
    private final ChtContacts contacts;
    private final OutboundPush outbound;
    private final Consumer<String> afterwards;
    private final Set<String> done = ConcurrentHashMap.newKeySet();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "simulated-sentinel");
        thread.setDaemon(true);
        return thread;
    });
    private long delayNanos = Duration.ofMillis(120).toNanos();
    private long lastStart = System.nanoTime();
    private boolean paused;
    private boolean busy;

    Sentinel(ChtDocuments documents, ChtContacts contacts, OutboundPush outbound, Consumer<String> afterwards) {
        this.documents = documents;
        this.contacts = contacts;
        this.outbound = outbound;
        this.afterwards = afterwards;
    }

    synchronized void delay(Duration delay) {
        delayNanos = delay.toNanos();
    }

    void enqueue(String id) {
        synchronized (this) {
            queue.add(new Waiting(id, System.nanoTime()));
        }
        next();
    }

    synchronized int backlog() {
        return queue.size();
    }

    synchronized void pause() {
        paused = true;
    }

    /** A restart also runs the queue of failed pushes at once (547). */
    void resume() {
        synchronized (this) {
            paused = false;
        }
        outbound.retryNow();
        next();
    }

    synchronized boolean isPaused() {
        return paused;
    }

    /** The transitions of a claim form: an unknown patient leaves an error and an SMS that a gateway may pick up (309, 343). */
    ObjectNode acceptPatientReport(ObjectNode report) {
        if (contacts.subjectOf(report).isEmpty()) {
            String message = "No person with ID number '"
                    + report.path("fields").path("patient_id").asText()
                    + "' found. Verify the ID and resend the message.";
            errorsOf(report).addObject().put("message", message).put("code", "registration_not_found");
            String now = Instant.now().toString();
            ObjectNode task = report.withArray("tasks").addObject();
            String to = report.path("from").asText();
            task.putArray("messages")
                    .addObject()
                    .put("uuid", UUID.randomUUID().toString())
                    .put("to", to.isEmpty() ? "from" : to)
                    .put("message", message);
            task.putArray("state_history").addObject().put("state", "pending").put("timestamp", now);
            task.put("state", "pending");
        }
        return report;
    }

    static ArrayNode errorsOf(ObjectNode report) {
        return report.withArray("errors");
    }

    /** The records API has run the transitions itself before it answers. */
    void wasTransitioned(String id) {
        done.add(id);
    }

    private void next() {
        synchronized (this) {
            if (busy || paused || queue.isEmpty() || worker.isShutdown()) {
                return;
            }
            busy = true;
            long due = Math.max(queue.peek().since + delayNanos, lastStart + delayNanos * 2 / 3);
            worker.schedule(this::handleNext, Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private void handleNext() {
        Waiting waiting;
        synchronized (this) {
            if (paused) {
                busy = false;
                return;
            }
            waiting = queue.peek();
            lastStart = System.nanoTime();
        }
        try {
            handle(waiting.id);
        } finally {
            synchronized (this) {
                queue.remove();
                busy = false;
            }
            next();
        }
    }

    private void handle(String id) {
        Optional<ObjectNode> doc = documents.get(id);
        if (doc.isEmpty()) {
            done.remove(id);
            return;
        }
        if (FreetextIndex.isContact(doc.get())) {
            documents.update(id, contacts::withShortcode, ChtDocuments.Origin.SENTINEL);
        } else if (doc.get().path("form").asText().equals(CLAIM_FORM) && done.add(id)) {
            documents.update(id, report -> Optional.of(acceptPatientReport(report)), ChtDocuments.Origin.SENTINEL);
        }
        outbound.firstTry(id);
        afterwards.accept(id);
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
