package io.claimloop.intake;

import io.claimloop.settings.ClaimLoopProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Admits requests to the edges. Behind it stands a queue that nobody sees, Tomcat's: so the number in flight is bounded
 * here, and the one too many gets its 503 at once, as JSON.
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
        } else if (packed(request)) {
            // Camel would unpack it: a small body could become a large one
            write(
                    response,
                    Answer.refused(415, null, "a packed body is not taken here", "Send it without Content-Encoding."));
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
        try {
            byte[] body = PromptBody.read(request.getInputStream(), maxBody, PromptBody.TIME);
            if (body.length > maxBody) {
                write(response, Edge.tooLarge(maxBody));
                return;
            }
            chain.doFilter(new RawBody(request, body), response);
        } catch (PromptBody.TooSlowException e) {
            write(
                    response,
                    Answer.refused(
                            408,
                            null,
                            "the body was not there within " + PromptBody.TIME.toSeconds() + " seconds",
                            "Send it again, faster."));
        } finally {
            places.release();
        }
    }

    private static boolean packed(HttpServletRequest request) {
        String encoding = request.getHeader("Content-Encoding");
        return encoding != null && !encoding.isBlank() && !"identity".equalsIgnoreCase(encoding.strip());
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
        private final InputStream body;

        RawBody(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = new ByteArrayInputStream(body);
        }

        @Override
        public ServletInputStream getInputStream() {
            return new ReadAlready(body);
        }

        @Override
        public String getContentType() {
            return "application/octet-stream";
        }
    }

    /** It is all there: nobody waits for it. */
    private static final class ReadAlready extends ServletInputStream {
        private final InputStream body;

        ReadAlready(InputStream body) {
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            return body.read();
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            return body.read(bytes, from, length);
        }

        @Override
        public int available() throws IOException {
            return body.available();
        }

        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("it is read at once");
        }
    }
}
