package io.claimloop;

import static io.claimloop.support.SimulatedWorld.CHT_TOKEN;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static io.claimloop.support.SimulatedWorld.OPENIMIS_TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Callers that send slowly, endlessly or packed, over sockets of their own. Row 40 of {@code docs/failures.md}. */
@ClaimLoopTest
class SlowCallersTest {
    /** More than Tomcat has threads. */
    private static final int MANY = 80;

    private static final Duration PROMPT = Duration.ofSeconds(5);
    private static final int LARGE = 33 << 20;

    @Autowired
    private Journey journey;

    private final List<Socket> sockets = new ArrayList<>();
    private final ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void close() throws IOException {
        drip.shutdownNow();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void who_drips_headers_or_a_body_holds_nobody_up_and_is_told_so_in_the_end() throws IOException {
        for (int i = 0; i < MANY; i++) {
            drips(open("POST /openimis/notifications HTTP/1.1\r\nHost: x\r\nX-"), 'a');
            // neither knows a token
            drips(open(head("/openimis/notifications", "nobody", "Content-Length: 2000000")), ' ');
            drips(open(head("/api/redrive", "nobody", "Content-Length: 2000000")), ' ');
        }
        Socket known = open(head("/openimis/notifications", OPENIMIS_TOKEN, "Content-Length: 1000"));
        drips(known, ' ');

        for (int i = 0; i < 20; i++) {
            Instant asked = Instant.now();
            journey.notice(journey.claim());
            assertThat(Duration.between(asked, Instant.now())).isLessThan(PROMPT);
        }
        assertThat(journey.get("/api/summary").status()).isEqualTo(200);
        String answer = answer(known);
        assertThat(answer).startsWith("HTTP/1.1 408").contains("\"status\":\"refused\"", "\"hint\"");
        // and nothing of what hung about is still let in
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        journey.notice(OPENIMIS.notificationOf(journey.claim())).status())
                .isEqualTo(200));
    }

    @Test
    void a_body_of_33_megabytes_is_refused_before_it_is_sent() throws IOException {
        for (String path : List.of("/openimis/notifications", "/cht/feedback")) {
            String answer = answer(open(head(path, token(path), "Content-Length: " + LARGE)));
            assertThat(answer).startsWith("HTTP/1.1 413").contains("\"status\":\"refused\"");
        }
    }

    @Test
    void an_endless_body_in_chunks_is_refused_after_the_first_megabytes() throws IOException {
        for (String path : List.of("/openimis/notifications", "/cht/feedback")) {
            Socket socket = open(head(path, token(path), "Transfer-Encoding: chunked"));
            byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> heard(socket));
            int sent = 0;
            OutputStream out = socket.getOutputStream();
            try {
                while (sent < LARGE) {
                    out.write(chunk);
                    sent += chunk.length;
                }
            } catch (IOException e) {
                // it was closed: that is what is wanted
            }
            // what the kernel takes into its buffers counts as sent
            assertThat(sent).as("bytes until it was cut off").isLessThan(LARGE / 2);
            assertThat(answer).succeedsWithin(Duration.ofSeconds(60));
            assertThat(answer.join()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void a_packed_body_is_refused_and_never_unpacked() throws IOException {
        byte[] notice = OPENIMIS.notificationOf(journey.claim()).getBytes(StandardCharsets.UTF_8);
        byte[] bomb = new byte[64 << 20];
        for (byte[] body : List.of(packed(notice), packed(bomb))) {
            Socket socket = open(head(
                    "/openimis/notifications",
                    OPENIMIS_TOKEN,
                    "Content-Encoding: gzip\r\nContent-Length: " + body.length));
            socket.getOutputStream().write(body);
            assertThat(answer(socket)).startsWith("HTTP/1.1 415").contains("\"status\":\"refused\"");
        }
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static String token(String path) {
        return path.startsWith("/cht") ? CHT_TOKEN : OPENIMIS_TOKEN;
    }

    private static String head(String path, String token, String more) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                + token + "\r\n" + more + "\r\n\r\n";
    }

    private Socket open(String beginning) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(journey.url()).getPort());
        sockets.add(socket);
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private void drips(Socket socket, char drop) {
        drip.scheduleWithFixedDelay(
                () -> {
                    try {
                        socket.getOutputStream().write(drop);
                    } catch (IOException e) {
                        // thrown out: also well
                        throw new IllegalStateException(e);
                    }
                },
                0,
                1,
                TimeUnit.SECONDS);
    }

    private static String heard(Socket socket) {
        try {
            return answer(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What comes until the other side closes, or a whole answer of ours. */
    private static String answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        byte[] part = new byte[4096];
        for (int n = in.read(part); n >= 0; n = in.read(part)) {
            answer.append(new String(part, 0, n, StandardCharsets.UTF_8));
            if (answer.indexOf("}") > 0) {
                break;
            }
        }
        return answer.toString();
    }
}
