package io.claimloop.failure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A bad line: TCP to one server, on which answers are late, cut in the middle or never come, and connections are refused or
 * reset. What was sent has always reached the server: so its effect happened, whatever the caller sees.
 */
final class ChaosProxy implements AutoCloseable {
    private final int target;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger halves = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "chaos-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean silent;
    private volatile String onlyAfter = "";
    private volatile ServerSocket server;

    ChaosProxy(int target) {
        this.target = target;
        this.server = listen(0);
        this.port = server.getLocalPort();
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Each piece of an answer waits so long. */
    void delay(Duration duration) {
        delay = duration;
    }

    /** Connections are taken, and what is sent arrives; nothing ever comes back until {@link #heal}. */
    void silence() {
        silent = true;
    }

    /** Nobody listens, and what was open is reset. */
    void cut() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reset();
    }

    /** What is open now is reset; new connections are taken. */
    void reset() {
        open.forEach(ChaosProxy::reset);
        open.clear();
    }

    /** The answers to the next n requests that hold this text end after 20 bytes, by a reset. */
    void halfAnswers(int n, String request) {
        onlyAfter = request;
        halves.set(n);
    }

    /** How many of those were not cut yet. */
    int halvesLeft() {
        return halves.get();
    }

    void heal() {
        delay = Duration.ZERO;
        halves.set(0);
        if (silent) {
            silent = false;
            reset();
        }
        if (server.isClosed()) {
            server = listen(port);
        }
    }

    private ServerSocket listen(int wanted) {
        try {
            ServerSocket listening = new ServerSocket();
            listening.setReuseAddress(true);
            listening.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 200);
            threads.execute(() -> accept(listening));
            return listening;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket listening) {
        while (!listening.isClosed()) {
            try {
                Socket caller = listening.accept();
                Socket partner = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(caller);
                open.add(partner);
                Line line = new Line(caller, partner);
                threads.execute(line::there);
                threads.execute(line::back);
            } catch (IOException e) {
                // closed, or the server behind is away: the caller sees it by itself
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // it is gone already
        }
    }

    /** One connection; HTTP/1.1 has one request and then its answer on it. */
    private final class Line {
        private final Socket caller;
        private final Socket partner;
        private volatile boolean cutThis;

        Line(Socket caller, Socket partner) {
            this.caller = caller;
            this.partner = partner;
        }

        void there() {
            byte[] buffer = new byte[65536];
            try {
                InputStream in = caller.getInputStream();
                OutputStream out = partner.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    String request = new String(buffer, 0, n, java.nio.charset.StandardCharsets.ISO_8859_1);
                    if (request.contains(onlyAfter) && halves.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        cutThis = true;
                    }
                    out.write(buffer, 0, n);
                    out.flush();
                }
                partner.shutdownOutput();
            } catch (IOException e) {
                end();
            }
        }

        void back() {
            byte[] buffer = new byte[65536];
            try {
                InputStream in = partner.getInputStream();
                OutputStream out = caller.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (cutThis) {
                        out.write(buffer, 0, Math.min(n, 20));
                        out.flush();
                        end();
                        return;
                    }
                    LockSupport.parkNanos(delay.toNanos());
                    while (silent) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                    }
                    out.write(buffer, 0, n);
                    out.flush();
                }
                caller.shutdownOutput();
            } catch (IOException e) {
                end();
            }
        }

        private void end() {
            reset(caller);
            reset(partner);
            open.remove(caller);
            open.remove(partner);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            // closed is closed
        }
        silent = false;
        reset();
        threads.shutdownNow();
    }
}
