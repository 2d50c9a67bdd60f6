package io.claimloop.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses orders that another site gives through an operator's browser, which adds the login by itself. Browsers say
 * where a request comes from; what is no browser says nothing, and brings its login on purpose.
 */
class SameOriginFilter extends OncePerRequestFilter {
    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OURS = Set.of("same-origin", "none");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!HARMLESS.contains(request.getMethod()) && foreign(request)) {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            response.setContentType("application/json");
            response.getOutputStream()
                    .print("{\"status\":\"refused\",\"reason\":\"another site sent this\","
                            + "\"hint\":\"Give orders from ClaimLoop's own pages, or with curl.\"}");
            return;
        }
        chain.doFilter(request, response);
    }

    private static boolean foreign(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return !OURS.contains(site);
        }
        String origin = request.getHeader("Origin");
        try {
            return origin != null && !URI.create(origin).getAuthority().equals(request.getHeader("Host"));
        } catch (IllegalArgumentException | NullPointerException e) {
            return true;
        }
    }
}
