package io.claimloop.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Plain HTTP at a pace: openIMIS allows 150 requests a minute, and other people work on it, too. */
final class Wire {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    private final String base;
    private final long pause;
    private long next = System.nanoTime();

    /** @param perMinute 0 is without a limit */
    Wire(String base, int perMinute) {
        this.base = base.replaceFirst("/+$", "");
        this.pause = perMinute == 0 ? 0 : Duration.ofMinutes(1).toNanos() / perMinute;
    }

    record Answer(int status, HttpResponse<String> raw) {
        /** Missing where there is no JSON. */
        JsonNode json() {
            try {
                return raw.body().isBlank() ? MissingNode.getInstance() : JSON.readTree(raw.body());
            } catch (JsonProcessingException e) {
                return MissingNode.getInstance();
            }
        }

        String body() {
            return raw.body();
        }

        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }
    }

    Answer send(String method, String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        long wait = next - System.nanoTime();
        if (wait > 0) LockSupport.parkNanos(wait);
        next = Math.max(System.nanoTime(), next) + pause;
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .header("Accept", "application/json");
        headers.forEach(request::header);
        if (body != null && !headers.containsKey("Content-Type")) request.header("Content-Type", "application/json");
        var publisher = body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        var answer = http.send(request.method(method, publisher).build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(answer.statusCode(), answer);
    }
}
