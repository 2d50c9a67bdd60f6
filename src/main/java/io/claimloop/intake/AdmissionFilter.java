package io.claimloop.intake;

import io.claimloop.settings.ClaimLoopProperties;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Admits requests to the edges. Behind it stand two queues that nobody sees (Tomcat's and the executor of platform-http):
 * so the number in flight is bounded here, and the one too many gets its 503 at once, as JSON.
 */
@Component
@Order(0)
class AdmissionFilter extends OncePerRequestFilter {
    private final int maxBody;
    private final Semaphore places;
    private final ApplicationAvailability availability;

    AdmissionFilter(ClaimLoopProperties properties, ApplicationAvailability availability) {
        this.availability = availability;
        this.maxBody = properties.intake().maxBody();
        this.places = new Semaphore(properties.intake().maxWaiting());
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return !path.startsWith("/openimis/") && !path.startsWith("/cht/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!"POST".equals(request.getMethod())) {
            response.setHeader("Allow", "POST");
            write(response, Answer.refused(405, null, "only POST is taken here", "Send the event by POST."));
        } else if (!json(request.getContentType())) {
            write(
                    response,
                    Answer.refused(415, null, "only JSON is taken here", "Send Content-Type: application/json."));
        } else if (request.getContentLengthLong() > maxBody) {
            write(response, Edge.tooLarge(maxBody));
        } else if (availability.getReadinessState() != ReadinessState.ACCEPTING_TRAFFIC) {
            // Tomcat listens before the routes do: what comes in between must not meet a 404
            response.setHeader("Retry-After", "5");
            write(
                    response,
                    Answer.refused(503, null, "ClaimLoop starts or stops just now", "Send it again in some seconds."));
        } else if (!places.tryAcquire()) {
            response.setHeader("Retry-After", "5");
            write(
                    response,
                    Answer.refused(503, null, "too many requests wait already", "Send it again in some seconds."));
        } else {
            admitted(request, response, chain);
        }
    }

    private void admitted(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        AtomicBoolean left = new AtomicBoolean();
        Runnable leave = () -> {
            if (left.compareAndSet(false, true)) {
                places.release();
            }
        };
        try {
            chain.doFilter(new RawBody(request), response);
        } catch (ServletException | IOException | RuntimeException e) {
            leave.run();
            throw e;
        }
        if (request.isAsyncStarted()) {
            try {
                request.getAsyncContext().addListener(new Leaving(leave));
            } catch (IllegalStateException e) {
                // it was done before we could listen
                leave.run();
            }
        } else {
            leave.run();
        }
    }

    private static boolean json(String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
        return "application/json".equals(type) || type.startsWith("application/") && type.endsWith("+json");
    }

    private static void write(HttpServletResponse response, Answer answer) throws IOException {
        response.setStatus(answer.status());
        response.setContentType("application/json");
        response.getOutputStream().write(answer.json().getBytes(StandardCharsets.UTF_8));
    }

    /** Nothing in front of the route may interpret the body: it is stored byte by byte. */
    private static final class RawBody extends HttpServletRequestWrapper {
        RawBody(HttpServletRequest request) {
            super(request);
        }

        @Override
        public String getContentType() {
            return "application/octet-stream";
        }
    }

    private record Leaving(Runnable leave) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            leave.run();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            leave.run();
        }

        @Override
        public void onError(AsyncEvent event) {
            leave.run();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
