package io.claimloop.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests at times that are fixed beforehand, whatever becomes of those before; so a slow server is not spared. One
 * thread, connections that are kept open and as many as are needed. A request that finds no connection waits, and its wait
 * counts: latency is from the time at which it was to be sent.
 */
final class OpenLoop {
    private static final int MOST_CONNECTIONS = 512;
    private static final long SELECTS_FROM = TimeUnit.MICROSECONDS.toNanos(1500);
    private static final long LONGEST_PARK = TimeUnit.MICROSECONDS.toNanos(200);

    interface Requests {
        /** The whole request, ready to be written. */
        ByteBuffer bytes(int number);

        /** Status 0: no answer. */
        void answered(int number, int status, long intendedNanos, long nanos);
    }

    private final int port;
    private final Requests requests;
    private final ArrayDeque<HttpConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();
    private int connections;
    private int unanswered;
    private long[] intended;

    OpenLoop(int port, Requests requests) {
        this.port = port;
        this.requests = requests;
    }

    /** Returns when all are answered, or after {@code patience}; the number of those that are not. */
    int run(long start, double perSecond, int count, long patienceNanos) {
        intended = new long[count];
        for (int i = 0; i < count; i++) {
            intended[i] = start + (long) (i * 1e9 / perSecond);
        }
        long end = intended[count - 1] + patienceNanos;
        try (Selector selector = Selector.open()) {
            int next = 0;
            while (next < count || unanswered > 0 || !waiting.isEmpty()) {
                long now = System.nanoTime();
                if (now > end) {
                    break;
                }
                for (; next < count && intended[next] <= now; next++) {
                    send(selector, next);
                }
                await(selector, next < count ? intended[next] - System.nanoTime() : SELECTS_FROM);
            }
            selector.keys().forEach(key -> ((HttpConnection) key.attachment()).close());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return unanswered + waiting.size();
    }

    private void await(Selector selector, long nanos) throws IOException {
        if (nanos >= SELECTS_FROM) {
            selector.select(Math.max(1, nanos / 1_000_000));
        } else if (selector.selectNow() == 0 && nanos > 0) {
            LockSupport.parkNanos(Math.min(nanos, LONGEST_PARK));
            selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            advance(selector, (HttpConnection) key.attachment());
        }
        selector.selectedKeys().clear();
    }

    private void send(Selector selector, int number) {
        HttpConnection connection = idle.pollLast();
        if (connection == null) {
            if (connections >= MOST_CONNECTIONS) {
                waiting.add(number);
                return;
            }
            connection = new HttpConnection();
            connections++;
        }
        unanswered++;
        connection.number = number;
        begin(selector, connection);
    }

    private void begin(Selector selector, HttpConnection connection) {
        try {
            connection.send(selector, port, requests.bytes(connection.number));
        } catch (IOException e) {
            failed(selector, connection);
        }
    }

    private void advance(Selector selector, HttpConnection connection) {
        try {
            int status = connection.advance();
            if (status > 0) {
                done(selector, connection, status);
            }
        } catch (IOException e) {
            failed(selector, connection);
        }
    }

    /** A connection that the server closed while it was idle is no failure: the request is sent once more on a new one. */
    private void failed(Selector selector, HttpConnection connection) {
        boolean again = connection.number >= 0 && connection.wasIdle && connection.nothingCame();
        connection.close();
        if (again) {
            begin(selector, connection);
        } else if (connection.number >= 0) {
            done(selector, connection, 0);
        } else {
            // the server closed it while it was idle
            idle.remove(connection);
            connections--;
        }
    }

    private void done(Selector selector, HttpConnection connection, int status) {
        int number = connection.number;
        connection.number = -1;
        unanswered--;
        requests.answered(number, status, intended[number], System.nanoTime());
        if (connection.isClosed()) {
            connections--;
        } else {
            idle.add(connection);
        }
        if (!waiting.isEmpty()) {
            send(selector, waiting.poll());
        }
    }
}
