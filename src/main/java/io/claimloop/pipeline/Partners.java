package io.claimloop.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.ledger.Instances;
import io.claimloop.ledger.LoginTurns;
import io.claimloop.partner.Login;
import io.claimloop.partner.Login.Granted;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerGate;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.partner.Tls;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.Secret;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** The two partners: their gates, and how each is logged in to. */
@Configuration(proxyBeanMethods = false)
class Partners {
    private static final String OPENIMIS = "openIMIS";
    private static final String CHT = "CHT";
    /** Longer than both partners' locks (five minutes): one probe then cannot add to the count. */
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(6);

    private static final Duration RENEW_AHEAD = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Bean
    PartnerGate openimis(
            @Lazy ProducerTemplate camel, Instances instances, LoginTurns turns, ClaimLoopProperties properties) {
        ClaimLoopProperties.OpenImis settings = properties.openimis();
        return new PartnerGate(
                OPENIMIS,
                openimisLogin(camel, turns, "claimloop.openimis", settings.username(), settings.password()),
                settings.requestsPerMinute() / 60.0,
                instances::live);
    }

    /** The same limit, another account: who delivers feedback must not move money. */
    @Bean
    PartnerGate openimisValuation(
            PartnerGate openimis, @Lazy ProducerTemplate camel, LoginTurns turns, ClaimLoopProperties properties) {
        ClaimLoopProperties.Valuation settings = properties.valuation();
        return settings.enabled()
                ? openimis.as(
                        "claimloop.valuation",
                        openimisLogin(camel, turns, "claimloop.valuation", settings.username(), settings.password()))
                : openimis;
    }

    private static Login openimisLogin(
            ProducerTemplate camel, LoginTurns turns, String settings, String username, Secret password) {
        String body = JSON.createObjectNode()
                .put("username", username)
                .put("password", password.value())
                .toString();
        String account = turns.account(settings, username, password.value());
        return new Login(OPENIMIS, settings, AFTER_REFUSAL, () -> askOpenimis(camel, body), turns, account);
    }

    private static Granted askOpenimis(ProducerTemplate camel, String body) {
        PartnerAnswer answer =
                call(camel, "direct:openimis-login", PartnerRequest.post("/api/api_fhir_r4/login/", body), OPENIMIS);
        JsonNode token = answer.json();
        if (!token.hasNonNull("token")) {
            throw PartnerException.unexpected(OPENIMIS, answer.status(), "no token");
        }
        Instant until = token.hasNonNull("exp")
                ? Instant.ofEpochSecond(token.get("exp").asLong())
                : Instant.now().plus(Duration.ofHours(1));
        return new Granted("Bearer " + token.get("token").asText(), ahead(until));
    }

    private static Instant ahead(Instant until) {
        Instant early = until.minus(RENEW_AHEAD);
        return early.isAfter(Instant.now()) ? early : until;
    }

    @Bean
    PartnerGate cht(
            @Lazy ProducerTemplate camel, Instances instances, LoginTurns turns, ClaimLoopProperties properties) {
        ClaimLoopProperties.Cht settings = properties.cht();
        String header = basic(settings);
        String account = turns.account(
                "claimloop.cht", settings.username(), settings.password().value());
        Login login = new Login(CHT, "claimloop.cht", AFTER_REFUSAL, () -> askCht(camel, header), turns, account);
        // a search goes with each record, and where its household is new to us the look for its CHW
        return new PartnerGate(CHT, login, settings.writesPerSecond() * 5.0, instances::live);
    }

    private static Granted askCht(ProducerTemplate camel, String header) {
        PartnerAnswer answer = call(camel, "direct:cht-login", PartnerRequest.get("/_session", null), CHT);
        if (!answer.json().path("userCtx").hasNonNull("name")) {
            throw PartnerException.loginRefused(CHT, AFTER_REFUSAL);
        }
        return new Granted(header, Instant.now().plus(Duration.ofHours(1)));
    }

    private static PartnerAnswer call(ProducerTemplate camel, String route, PartnerRequest request, String partner) {
        try {
            return camel.requestBody(route, request, PartnerAnswer.class);
        } catch (CamelExecutionException e) {
            Throwable root = e;
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof PartnerException known) {
                    throw known;
                }
                if (cause instanceof CallNotPermittedException) {
                    throw PartnerException.spared(partner, ErrorPolicy.SOON);
                }
                root = cause;
            }
            throw PartnerException.away(
                    partner,
                    Tls.refusal(e)
                            .map(refusal -> "is not trusted: " + refusal)
                            .orElse("does not answer: " + root.getClass().getSimpleName()));
        }
    }

    @Bean
    CircuitBreaker openimisBreaker(PartnerGate openimis) {
        return openimis.breaker();
    }

    @Bean
    CircuitBreaker chtBreaker(PartnerGate cht) {
        return cht.breaker();
    }

    @Bean
    PartnerCall openimisCall(PartnerGate openimis) {
        return new PartnerCall(openimis);
    }

    @Bean
    PartnerCall valuationCall(PartnerGate openimisValuation) {
        return new PartnerCall(openimisValuation);
    }

    @Bean
    PartnerCall chtCall(PartnerGate cht) {
        return new PartnerCall(cht);
    }

    @Bean
    LoginCall openimisLogin() {
        return new LoginCall(OPENIMIS, null);
    }

    @Bean
    LoginCall chtLogin(ClaimLoopProperties properties) {
        return new LoginCall(CHT, basic(properties.cht()));
    }

    private static String basic(ClaimLoopProperties.Cht settings) {
        byte[] login = (settings.username() + ":" + settings.password().value()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(login);
    }

    /** A login's own request and answer; it needs no login and counts against no limit. */
    static class LoginCall {
        private final String partner;
        private final String authorization;

        LoginCall(String partner, String authorization) {
            this.partner = partner;
            this.authorization = authorization;
        }

        public void request(Exchange exchange) {
            PartnerRequest request = exchange.getMessage().getBody(PartnerRequest.class);
            PartnerCall.prepare(exchange.getMessage(), request, authorization);
        }

        public void answer(Exchange exchange) {
            int status = PartnerCall.status(exchange);
            byte[] body = exchange.getMessage().getBody(byte[].class);
            String retryAfter = exchange.getMessage().getHeader(PartnerCall.RETRY_AFTER, String.class);
            exchange.getMessage().removeHeaders("*");
            if (status == 401 || status == 403 || status == 400) {
                throw PartnerException.loginRefused(partner, AFTER_REFUSAL);
            }
            if (status == 429) {
                throw PartnerException.busy(partner, "answered 429 to our login", RetryAfter.pause(retryAfter));
            }
            if (status != 200) {
                throw PartnerException.unexpected(partner, status, "to our login");
            }
            exchange.getMessage().setBody(new PartnerAnswer(partner, status, body));
        }
    }

    /** Threads of the steps that call openIMIS, or nobody. */
    @Bean(destroyMethod = "shutdown")
    ExecutorService openimisThreads(ClaimLoopProperties properties) {
        return threads("step-openimis", properties);
    }

    /** Of those that call CHT: when it is slow, openIMIS's work goes on. */
    @Bean(destroyMethod = "shutdown")
    ExecutorService chtThreads(ClaimLoopProperties properties) {
        return threads("step-cht", properties);
    }

    private static ExecutorService threads(String name, ClaimLoopProperties properties) {
        return Executors.newFixedThreadPool(properties.steps().threads(), runnable -> {
            Thread thread = new Thread(runnable, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Both partners close idle connections after five seconds: ours live shorter. And nothing is sent twice unasked. */
    @Bean
    ComponentCustomizer httpConnections() {
        return ComponentCustomizer.builder(HttpComponent.class).build((name, http) -> {
            http.setConnectionTimeToLive(4000);
            http.setAutomaticRetriesDisabled(true);
            http.setFollowRedirects(false);
            // CHT gives a session with every answer: it would outlive a changed login
            http.setHttpClientConfigurer(HttpClientBuilder::disableCookieManagement);
            http.setContentCompressionDisabled(true);
            http.setMaxTotalConnections(64);
            http.setConnectionsPerRoute(32);
        });
    }
}
