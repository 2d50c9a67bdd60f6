package io.claimloop.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionException;

/**
 * Many waiting requests share one commit. While one commit runs, the next requests gather; nothing waits for a clock.
 * Full means that the disk does not keep up: the caller is told at once, and nothing is taken.
 */
final class GroupCommit<T> implements AutoCloseable {
    private static final int LARGEST = 200;
    /** CHT gives up after ten. */
    private static final int PATIENCE_SECONDS = 8;

    private record Waiting<T>(T event, CompletableFuture<Void> done) {}

    private final BlockingQueue<Waiting<T>> queue;
    private final Consumer<List<T>> commit;
    private final Thread writer;
    private final LongAdder commits = new LongAdder();
    private volatile boolean closed;

    GroupCommit(String name, int capacity, Consumer<List<T>> commit) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.commit = commit;
        this.writer = new Thread(this::run, name);
        this.writer.setDaemon(true);
        this.writer.start();
    }

    /** Returns when the event is on disk. Throws when it is not: {@link QueueFullException}, or what the commit threw. */
    void store(T event) {
        Waiting<T> waiting = new Waiting<>(event, new CompletableFuture<>());
        if (closed || !queue.offer(waiting)) {
            throw new QueueFullException();
        }
        if (closed && queue.remove(waiting)) {
            // the writer may be gone already: nobody would ever answer
            throw new QueueFullException();
        }
        try {
            waiting.done().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            // it may still come to disk: the caller sends it again, and it is one
            throw new QueueFullException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueFullException();
        }
    }

    /** How many events wait for the next commit. */
    int waiting() {
        return queue.size();
    }

    /** How many commits took events in, since the start. */
    long commits() {
        return commits.sum();
    }

    private void run() {
        List<Waiting<T>> batch = new ArrayList<>(LARGEST);
        while (!closed || !queue.isEmpty()) {
            try {
                Waiting<T> first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, LARGEST - 1);
                write(batch);
            } catch (InterruptedException e) {
                closed = true;
            } finally {
                batch.clear();
            }
        }
    }

    private void write(List<Waiting<T>> batch) {
        try {
            commit.accept(batch.stream().map(Waiting::event).toList());
            commits.increment();
            batch.forEach(waiting -> waiting.done().complete(null));
        } catch (RuntimeException | Error e) {
            if (batch.size() == 1 || databaseAway(e)) {
                batch.forEach(waiting -> waiting.done().completeExceptionally(e));
            } else {
                // one bad event must not fail its neighbours
                batch.forEach(waiting -> write(List.of(waiting)));
            }
        }
    }

    /** Then each event alone would fail as well, and each would take its time: the callers are told now. */
    private static boolean databaseAway(Throwable e) {
        return e instanceof TransactionException || e instanceof DataAccessResourceFailureException;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        writer.join(TimeUnit.SECONDS.toMillis(10));
    }

    static final class QueueFullException extends RuntimeException {
        QueueFullException() {
            super("the queue before the disk is full", null, false, false);
        }
    }
}
