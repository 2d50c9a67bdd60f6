package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;

/**
 * CHT's outbound push. Verdicts are recording 550's, and unforgiving: a 200 with a JSON type and an empty body is
 * sent again for ever, a 302 loses the body and counts as delivered, Retry-After is ignored. An identical payload is not
 * sent twice in a row, an edit is sent again, and so is an edit back (532-534).
 */
final class OutboundPush implements AutoCloseable {

    private static final String NAME = "openimis_claim_feedback";
    /** The mapping that CHT is given: target, and where in the document it comes from. */
    private static final JsonNode MAPPING = mapping();

    private record Reply(int status, String contentType, String body) {}

    private final ChtDocuments documents;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final Set<String> queue = new ConcurrentSkipListSet<>();
    private final Map<String, String> lastDelivered = new ConcurrentHashMap<>();
    private final List<Push> pushes = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "simulated-outbound");
        thread.setDaemon(true);
        return thread;
    });
    private ScheduledFuture<?> rounds;
    private volatile URI target;
    private volatile String authorization;
    private volatile Duration timeout = Duration.ofSeconds(10);
    private volatile boolean stopped;

    OutboundPush(ChtDocuments documents) {
        this.documents = documents;
        retryEvery(Duration.ofMinutes(5));
    }

    void pushTo(String url, String authorizationHeader) {
        authorization = authorizationHeader;
        target = URI.create(url);
    }

    void timeout(Duration total) {
        timeout = total;
    }

    synchronized void retryEvery(Duration interval) {
        if (rounds != null) {
            rounds.cancel(false);
        }
        rounds = clock.scheduleWithFixedDelay(
                this::retryAll, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    void retryNow() {
        clock.execute(this::retryAll);
    }

    void stopped(boolean now) {
        stopped = now;
    }

    int backlog() {
        return queue.size();
    }

    List<Push> pushes() {
        synchronized (pushes) {
            return List.copyOf(pushes);
        }
    }

    /** Tried at once, whether or not the report waits in the queue; the entry stays as it is (538, 545). */
    void firstTry(String id) {
        if (target != null) {
            relevant(id).ifPresent(report -> {
                if (!push(report, false)) {
                    queue.add(id);
                }
            });
        }
    }

    /** One by one, in order of report id, as long as it takes (550). What was deleted meanwhile is dropped (539). */
    private void retryAll() {
        for (String id : queue) {
            if (stopped) {
                return;
            }
            Optional<ObjectNode> report = relevant(id);
            if (report.isEmpty() || push(report.get(), true)) {
                queue.remove(id);
            }
        }
    }

    private Optional<ObjectNode> relevant(String id) {
        return documents
                .get(id)
                .filter(doc -> FreetextIndex.isReport(doc)
                        && doc.path("form").asText().equals("claim_feedback")
                        && doc.path("errors").isEmpty());
    }

    /** True when there is nothing left to do for this content. */
    private boolean push(ObjectNode report, boolean retry) {
        String id = report.path("_id").asText();
        String claim = report.path("fields").path("claim_uuid").asText();
        Instant at = Instant.now();
        long start = System.nanoTime();
        Optional<String> missing = missing(report);
        if (missing.isPresent()) {
            String log = "Mapping error for '" + NAME + "' on source document '" + id + "': cannot find '"
                    + missing.get() + "' on source document";
            note(new Push(at, id, claim, retry, "", 0, Push.Verdict.QUEUED, failed(id, log), 0));
            return false;
        }
        ObjectNode payload = payload(report);
        String hash = Json.sha256OfSorted(payload);
        if (hash.equals(lastDelivered.get(id))) {
            return true;
        }
        int status = 0;
        String trouble;
        try {
            Reply reply = send(payload.toString());
            status = reply.status;
            trouble = troubleWith(reply);
        } catch (TimeoutException late) {
            trouble = "DOMException [TimeoutError]: The operation was aborted due to timeout";
        } catch (IOException | ExecutionException | IllegalArgumentException down) {
            trouble = "TypeError: fetch failed";
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return false;
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        if (trouble == null) {
            lastDelivered.put(id, hash);
        }
        Push.Verdict verdict = trouble == null ? Push.Verdict.DELIVERED : Push.Verdict.QUEUED;
        String log = trouble == null ? "Pushed " + id + " to " + NAME : failed(id, trouble);
        note(new Push(at, id, claim, retry, payload.toString(), status, verdict, log, millis));
        return trouble == null;
    }

    private void note(Push push) {
        synchronized (pushes) {
            pushes.add(push);
        }
    }

    private static String failed(String id, String why) {
        return "Failed to push " + id + " to " + NAME + ": " + why;
    }

    private static JsonNode mapping() {
        try {
            return Json.read(Files.readString(Path.of("src/cht/app_settings/base_settings.json")))
                    .orElseThrow()
                    .at("/outbound/claimloop/mapping");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A required path that the report lacks. A mapping is its path, or an object; only those with a path are ours. */
    private static Optional<String> missing(ObjectNode report) {
        return MAPPING.properties().stream()
                .map(Map.Entry::getValue)
                .filter(source -> !source.path("optional").asBoolean())
                .map(source -> source.isTextual()
                        ? source.asText()
                        : source.path("path").asText())
                .filter(path -> report.at(pointer(path)).isMissingNode())
                .findFirst();
    }

    private static String pointer(String path) {
        return path.substring("doc".length()).replace('.', '/');
    }

    /** As CHT makes it of its configuration: what the report lacks is left out. */
    static ObjectNode payload(ObjectNode report) {
        ObjectNode payload = Json.object();
        MAPPING.properties().forEach(mapping -> {
            JsonNode source = mapping.getValue();
            JsonNode value = report.at(pointer(
                    source.isTextual() ? source.asText() : source.path("path").asText()));
            if (!value.isMissingNode()) {
                String[] target = mapping.getKey().split("[.]");
                ObjectNode object = target.length == 1 ? payload : payload.withObjectProperty(target[0]);
                object.set(target[target.length - 1], value);
            }
        });
        return payload;
    }

    /** Null when CHT counts the answer as delivered (550). */
    private static String troubleWith(Reply reply) {
        if (reply.status >= 400) {
            boolean json = Json.read(reply.body).isPresent();
            return "Error: " + reply.status + " - " + (json ? reply.body : Json.quoted(reply.body));
        }
        if (reply.contentType.startsWith("application/json")
                && Json.read(reply.body).isEmpty()) {
            return reply.body.isEmpty()
                    ? "SyntaxError: Unexpected end of JSON input"
                    : "SyntaxError: Unexpected token '" + unexpected(reply.body) + "', \"" + reply.body
                            + "\" is not valid JSON";
        }
        return null;
    }

    /** Node names the first letter that spoils the parse: in "not json" the o, because "null" could still have come. */
    private static char unexpected(String body) {
        for (String literal : List.of("null", "true", "false")) {
            int same = 0;
            while (same < Math.min(literal.length(), body.length() - 1) && literal.charAt(same) == body.charAt(same)) {
                same++;
            }
            if (same > 0) {
                return body.charAt(same);
            }
        }
        return body.charAt(0);
    }

    /** As fetch does: 301, 302 and 303 turn the POST into a GET without body, 307 and 308 keep it (513, 514). */
    private Reply send(String body) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + timeout.toNanos();
        URI uri = target;
        String method = "POST";
        for (int hops = 0; hops <= 20; hops++) {
            HttpResponse<byte[]> answer = exchange(method, uri, body, end);
            int status = answer.statusCode();
            Optional<String> location = answer.headers().firstValue("Location");
            boolean redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
            if (!redirect || location.isEmpty()) {
                String type = answer.headers().firstValue("Content-Type").orElse("");
                return new Reply(status, type, text(answer));
            }
            uri = uri.resolve(location.get());
            method = status < 304 ? "GET" : method;
        }
        throw new IOException("redirect count exceeded");
    }

    private HttpResponse<byte[]> exchange(String method, URI uri, String body, long end)
            throws InterruptedException, ExecutionException, TimeoutException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        String auth = authorization;
        if (auth != null && uri.getAuthority().equals(target.getAuthority())) {
            request.header("authorization", auth);
        }
        request.header("accept", "application/json");
        if (method.equals("POST")) {
            request.header("content-type", "application/json");
        }
        request.header("user-agent", "Community Health Toolkit/4.21.1 (linux,x64)")
                .header("accept-language", "*")
                .header("sec-fetch-mode", "cors")
                .header("accept-encoding", "gzip, deflate")
                .method(
                        method,
                        method.equals("POST")
                                ? HttpRequest.BodyPublishers.ofString(body)
                                : HttpRequest.BodyPublishers.noBody());
        Future<HttpResponse<byte[]>> answer =
                client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        try {
            return answer.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw late;
        }
    }

    private static String text(HttpResponse<byte[]> answer) throws IOException {
        byte[] bytes = answer.body();
        if (answer.headers().firstValue("Content-Encoding").orElse("").equals("gzip")) {
            bytes = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
