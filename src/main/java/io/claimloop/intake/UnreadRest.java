package io.claimloop.intake;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * What is refused before its body was read: the rest of it is taken for a moment, so that the caller reads its answer
 * rather than a broken connection; then the connection is closed ({@code server.tomcat.max-swallow-size} is 0). Tomcat
 * itself would read two megabytes of it however slowly they come, with a thread for each: also of callers whom nobody
 * knows.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnreadRest extends OncePerRequestFilter {
    private static final long MOMENT = Duration.ofMillis(500).toNanos();
    private static final long PAUSE = Duration.ofMillis(5).toNanos();
    private static final int MOST = 2 << 20;

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        if (hasBody(request)) {
            take(request.getInputStream());
        }
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    static void take(ServletInputStream body) {
        long until = System.nanoTime() + MOMENT;
        byte[] rest = new byte[8192];
        try {
            for (int taken = 0; taken < MOST && !body.isFinished() && System.nanoTime() - until < 0; ) {
                if (body.available() > 0) {
                    taken += Math.max(0, body.read(rest));
                } else {
                    LockSupport.parkNanos(PAUSE);
                }
            }
        } catch (IOException | IllegalStateException e) {
            // the caller is gone, or somebody reads it otherwise: nothing is left to do
        }
    }
}
