package io.claimloop.security;

import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.Secret;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.context.NullSecurityContextRepository;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Who may call what. Denied unless named here. The matchers look at the path of the request itself: a matcher that goes
 * by MVC handlers does not see servlets such as Jolokia, and would leave them open.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
    @Bean
    @Order(1)
    SecurityFilterChain openimisEdge(HttpSecurity http, ClaimLoopProperties properties) throws Exception {
        return edge(http, "/openimis/**", properties.intake().openimisToken(), "OPENIMIS");
    }

    @Bean
    @Order(2)
    SecurityFilterChain chtEdge(HttpSecurity http, ClaimLoopProperties properties) throws Exception {
        return edge(http, "/cht/**", properties.intake().chtToken(), "CHT");
    }

    private static SecurityFilterChain edge(HttpSecurity http, String pattern, Secret token, String role)
            throws Exception {
        return stateless(http.securityMatcher(path(pattern)))
                // a machine that shows its token each time: nothing is kept, and no browser reads the answer
                .securityContext(context -> context.securityContextRepository(new NullSecurityContextRepository()))
                .sessionManagement(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable)
                .addFilterBefore(new TokenFilter(token, role), UsernamePasswordAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests
                        // the page of an error: its request was let in before
                        .dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .anyRequest()
                        .hasRole(role))
                .exceptionHandling(errors -> errors.authenticationEntryPoint(refusal(null))
                        .accessDeniedHandler((request, response, e) -> refuse(response, null)))
                .build();
    }

    @Bean
    @Order(3)
    SecurityFilterChain operators(HttpSecurity http) throws Exception {
        return stateless(http)
                .addFilterBefore(new SameOriginFilter(), BasicAuthenticationFilter.class)
                .httpBasic(basic -> basic.authenticationEntryPoint(refusal("Basic realm=\"ClaimLoop\"")))
                .exceptionHandling(errors -> errors.authenticationEntryPoint(refusal("Basic realm=\"ClaimLoop\"")))
                .authorizeHttpRequests(
                        requests -> requests.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                                .permitAll()
                                .requestMatchers(
                                        path("/actuator/health"),
                                        path("/actuator/health/liveness"),
                                        path("/actuator/health/readiness"))
                                .permitAll()
                                .requestMatchers(path("/actuator/prometheus"))
                                .hasAnyRole("OPERATOR", "METRICS")
                                .requestMatchers(path("/api/**"), path("/actuator/**"))
                                .hasRole("OPERATOR")
                                .anyRequest()
                                .denyAll())
                .build();
    }

    private static RequestMatcher path(String pattern) {
        return PathPatternRequestMatcher.withDefaults().matcher(pattern);
    }

    private static HttpSecurity stateless(HttpSecurity http) throws Exception {
        return http.csrf(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .formLogin(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(Customizer.withDefaults());
    }

    /** Always JSON, never a redirect: both neighbours would take a login page for a delivery. */
    private static AuthenticationEntryPoint refusal(String challenge) {
        return (request, response, e) -> refuse(response, challenge);
    }

    private static void refuse(HttpServletResponse response, String challenge) throws java.io.IOException {
        response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        if (challenge != null) {
            response.setHeader("WWW-Authenticate", challenge);
        }
        response.setContentType("application/json");
        response.getOutputStream()
                .print("{\"status\":\"refused\",\"reason\":\"no or wrong credentials\","
                        + "\"hint\":\"Send the Authorization header that ClaimLoop's operator gave you.\"}");
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    @Bean
    UserDetailsService operatorLogins(ClaimLoopProperties properties, PasswordEncoder encoder) {
        ClaimLoopProperties.Operator operator = properties.operator();
        InMemoryUserDetailsManager logins =
                new InMemoryUserDetailsManager(login(encoder, operator.username(), operator.password(), "OPERATOR"));
        ClaimLoopProperties.Metrics metrics = properties.metrics();
        if (metrics.username() != null && !metrics.username().isBlank()) {
            logins.createUser(login(encoder, metrics.username(), metrics.password(), "METRICS"));
        }
        return logins;
    }

    private static UserDetails login(PasswordEncoder encoder, String username, Secret password, String role) {
        return User.withUsername(username)
                .password(encoder.encode(password.value().strip()))
                .roles(role)
                .build();
    }
}
