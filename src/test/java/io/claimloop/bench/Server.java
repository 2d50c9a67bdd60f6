package io.claimloop.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A measured program as a process of its own: ClaimLoop, the relay, or an endpoint that does nothing. */
final class Server implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(10);

    final int port;
    private final List<String> command;
    private final Map<String, String> environment;
    private final String readiness;
    private final Path log;
    private Process process;
    private long peak;

    /** @param readiness a path that answers 200 from when on requests are served */
    Server(int port, List<String> command, Map<String, String> environment, String readiness, Path log) {
        this.port = port;
        this.command = command;
        this.environment = environment;
        this.readiness = readiness;
        this.log = log;
    }

    /** Seconds from the command to the first readiness. */
    double start() {
        long begin = System.nanoTime();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            process = Jvm.endWithUs(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        while (!ready()) {
            if (!process.isAlive() || System.nanoTime() - begin > PATIENCE) {
                throw new IllegalStateException("It did not start: see " + log + ".");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private boolean ready() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write(("GET " + readiness + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] line = socket.getInputStream().readNBytes(12);
            return new String(line, StandardCharsets.US_ASCII).endsWith(" 200");
        } catch (IOException e) {
            return false;
        }
    }

    long pid() {
        return process.pid();
    }

    /** The most memory that any of its processes had, in MB. */
    long peakMegabytes() {
        if (process != null && process.isAlive()) {
            peak = Math.max(peak, Proc.peakMegabytes(process.pid()));
        }
        return peak;
    }

    void kill() {
        peakMegabytes();
        Jvm.kill(process);
    }

    void stop() {
        peakMegabytes();
        Jvm.end(process);
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            stop();
        }
    }
}
