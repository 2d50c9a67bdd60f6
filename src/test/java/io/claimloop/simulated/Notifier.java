package io.claimloop.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.zip.GZIPInputStream;

/**
 * Pushes the ClaimResponse to every subscriber at once, inside the caller's request, once, never again (recordings 301,
 * 302, 305, 306). The sender waits as long as the slowest receiver takes.
 */
final class Notifier {
    private static final ObjectMapper JSON = new ObjectMapper();
    // The sending library's own default.
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Executor EACH = task -> {
        var thread = new Thread(task, "openimis-notification");
        thread.setDaemon(true);
        thread.start();
    };

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<NotificationResult> results = new ArrayList<>();

    List<NotificationResult> results() {
        synchronized (results) {
            return List.copyOf(results);
        }
    }

    /** One row each, in the order of the Subscriptions. */
    List<NotificationResult> send(List<Subscription> subscriptions, String claimUuid, String body) {
        var sent = subscriptions.stream()
                .map(subscription -> CompletableFuture.supplyAsync(() -> deliver(subscription, claimUuid, body), EACH))
                .toList();
        var rows = sent.stream().map(CompletableFuture::join).toList();
        synchronized (results) {
            results.addAll(rows);
        }
        return rows;
    }

    private NotificationResult deliver(Subscription subscription, String claimUuid, String body) {
        var target = subscription.endpoint();
        var uri = URI.create(target);
        var header = subscription.header();
        if (header == null) {
            var text =
                    "Invalid format of headers for 'Subscription object (%s)'. Headers should be provided as JSON string."
                            .formatted(subscription.id());
            return result(claimUuid, target, false, text, 0);
        }
        var unreadable = PythonJson.errorOf(header);
        if (unreadable != null) return result(claimUuid, target, false, unreadable, 0);
        if (singleLabel(uri.getHost())) {
            return result(claimUuid, target, false, "Validation not passed, reason: ['Enter a valid URL.']", 0);
        }
        var request = HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .header("content-type", "application/json")
                .header("accept", "application/json")
                .header("Accept-Encoding", "gzip, deflate")
                .header("User-Agent", "Python/3.11 aiohttp/3.8.4")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        try {
            var headers = JSON.readTree(header).fields();
            while (headers.hasNext()) {
                var next = headers.next();
                request.setHeader(next.getKey(), next.getValue().asText());
            }
            return judged(claimUuid, target, http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (ConnectException e) {
            var place = uri.getHost() + ":" + uri.getPort();
            var text = "Cannot connect to host %s ssl:default [Connect call failed ('%s', %d)]"
                    .formatted(place, uri.getHost(), uri.getPort());
            return result(claimUuid, target, false, text, 0);
        } catch (IOException e) {
            return result(claimUuid, target, false, "Server disconnected", 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return result(claimUuid, target, false, "Server disconnected", 0);
        }
    }

    /** Only JSON counts: an empty JSON answer is success, 204 and text are failure, an empty error is null (305). */
    private static NotificationResult judged(String claimUuid, String target, HttpResponse<byte[]> answer)
            throws IOException {
        int status = answer.statusCode();
        var type = answer.headers().firstValue("content-type").orElse("");
        var mime = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!mime.matches("application/([\\w.+-]+?\\+)?json")) {
            var text = "0, message='Attempt to decode JSON with unexpected mimetype: %s', url=URL('%s')"
                    .formatted(type, target);
            return result(claimUuid, target, false, text, status);
        }
        JsonNode json = null;
        var body = text(answer);
        if (!body.isBlank()) {
            var error = PythonJson.errorOf(body);
            if (error != null) return result(claimUuid, target, false, error, status);
            try {
                json = JSON.readTree(body);
            } catch (JsonProcessingException e) {
                return result(claimUuid, target, false, "Expecting value: line 1 column 1 (char 0)", status);
            }
        }
        if (status / 100 == 2) return result(claimUuid, target, true, null, status);
        return result(claimUuid, target, false, json == null || json.isEmpty() ? null : python(json), status);
    }

    /** The sender says that it takes gzip, so a receiver may well use it. */
    private static String text(HttpResponse<byte[]> answer) throws IOException {
        var encoding = answer.headers().firstValue("content-encoding").orElse("");
        if (!encoding.equals("gzip") || answer.body().length == 0) return new String(answer.body(), UTF_8);
        try (var unzipped = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            return new String(unzipped.readAllBytes(), UTF_8);
        }
    }

    private static String python(JsonNode json) {
        return json.toString().replace("\":", "\": ").replace(",\"", ", \"").replace('"', '\'');
    }

    private static boolean singleLabel(String host) {
        return host == null || !(host.contains(".") || host.contains(":") || host.equals("localhost"));
    }

    private static NotificationResult result(String uuid, String target, boolean success, String error, int status) {
        return new NotificationResult(uuid, target, success, error, status);
    }
}
