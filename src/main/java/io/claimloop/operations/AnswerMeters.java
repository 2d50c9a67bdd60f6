package io.claimloop.operations;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** How long the edges took to answer, and what; and the logins refused anywhere. In front of everything else that looks at a request. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class AnswerMeters extends OncePerRequestFilter {
    private static final List<String> EDGES = List.of("openimis", "cht");
    private static final List<String> OUTCOMES = List.of("accepted", "refused", "unavailable");
    private static final int UNAUTHORIZED = 401;
    /** Both callers wait for this inside a user's click. */
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(10)
    };

    private final Map<String, Timer> answers = new HashMap<>();
    private final Map<String, Counter> refusals = new HashMap<>();

    AnswerMeters(MeterRegistry meters) {
        for (String edge : EDGES) {
            for (String outcome : OUTCOMES) {
                answers.put(
                        edge + outcome,
                        Timer.builder("claimloop.intake.answer")
                                .description("how long an edge took to answer")
                                .tags("edge", edge, "outcome", outcome)
                                .serviceLevelObjectives(BOUNDS)
                                .register(meters));
            }
        }
        for (String door : List.of("openimis", "cht", "operator")) {
            refusals.put(
                    door,
                    Counter.builder("claimloop.logins.refused")
                            .description("requests without a login, or with a wrong one")
                            .tag("door", door)
                            .register(meters));
        }
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long begin = System.nanoTime();
        chain.doFilter(request, response);
        count(door(request), response.getStatus(), Duration.ofNanos(System.nanoTime() - begin));
    }

    private static String door(HttpServletRequest request) {
        String path = request.getRequestURI();
        return EDGES.stream()
                .filter(edge -> path.startsWith("/" + edge + "/"))
                .findFirst()
                .orElse("operator");
    }

    private void count(String door, int status, Duration took) {
        if (status == UNAUTHORIZED) {
            refusals.get(door).increment();
        }
        if (EDGES.contains(door)) {
            String outcome = status < 300 ? "accepted" : status < 500 ? "refused" : "unavailable";
            answers.get(door + outcome).record(took);
        }
    }
}
