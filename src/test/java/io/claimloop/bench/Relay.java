package io.claimloop.bench;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The honest ceiling: the least that relays claims with the same durability, written by hand. A notice is on disk before
 * it is answered (many share a commit); claims are read from openIMIS in one request, patients are looked for in CHT, records
 * are written in bulk under the same ids each time, and then the rows are done. No rules, no identity check, no history, no
 * states, no encryption, no answers on their way back: what ClaimLoop costs above this is the price of those.
 */
final class Relay extends HttpServlet {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST = 200;

    private record Notice(UUID claim, byte[] body, CompletableFuture<Void> done) {}

    private final BlockingQueue<Notice> queue = new ArrayBlockingQueue<>(512);
    private final RelayTable table;
    private final RelayWork work;
    private final String bearer;

    private Relay(JsonNode settings) throws Exception {
        table = new RelayTable(settings.path("database").asText());
        work = new RelayWork(settings);
        bearer = "Bearer " + settings.path("claimloop.intake.openimis-token").asText();
    }

    public static void main(String[] arguments) throws Exception {
        JsonNode settings = JSON.readTree(System.getenv("RELAY"));
        Relay relay = new Relay(settings);
        new Thread(relay::commit, "commit").start();
        relay.work.begin();
        Nothing.tomcat(settings.path("port").asInt(), relay).getServer().await();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getMethod().equals("GET")) {
            response.setStatus(200);
            return;
        }
        if (!bearer.equals(request.getHeader("Authorization"))) {
            response.setStatus(401);
            return;
        }
        byte[] body = request.getInputStream().readAllBytes();
        UUID claim = claim(body);
        Notice notice = new Notice(claim, body, new CompletableFuture<>());
        if (claim == null) {
            response.setStatus(400);
        } else if (!queue.offer(notice)) {
            response.setStatus(503);
        } else {
            response.setStatus(onDisk(notice) ? 200 : 503);
        }
        response.setContentLength(0);
    }

    /** The top-level id; null where the body is not JSON or has none. */
    private static UUID claim(byte[] body) {
        UUID claim = null;
        try (JsonParser parser = JSON.getFactory().createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("id")) {
                    claim = UUID.fromString(parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
            return claim;
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean onDisk(Notice notice) {
        try {
            notice.done.get();
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void commit() {
        List<Notice> batch = new ArrayList<>(LARGEST);
        while (!Thread.currentThread().isInterrupted()) {
            batch.clear();
            try {
                batch.add(queue.take());
                queue.drainTo(batch, LARGEST - 1);
                table.insert(
                        batch.stream().map(Notice::claim).toList(),
                        batch.stream().map(Notice::body).toList());
                batch.forEach(notice -> notice.done.complete(null));
                work.wake();
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                batch.forEach(notice -> notice.done.completeExceptionally(e));
            }
        }
    }
}
