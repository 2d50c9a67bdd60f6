package io.claimloop.pipeline;

import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerGate;
import io.claimloop.partner.PartnerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpMethods;

/**
 * The steps of a partner's route around the HTTP call: permit, request, fault (inside the circuit breaker, which swallows
 * what it is told to ignore: so only what counts is thrown there) and answer.
 */
public class PartnerCall {
    private static final String JSON = "application/json";
    private static final String AUTHORIZATION = "Authorization";
    static final String RETRY_AFTER = "Retry-After";

    private final PartnerGate gate;

    PartnerCall(PartnerGate gate) {
        this.gate = gate;
    }

    /** Login and limit; throws when the partner is not to be called now. */
    public void permit(Exchange exchange) {
        String header = gate.login().header();
        gate.enter();
        exchange.setProperty("authorization", header);
    }

    /** For what the partner shows to everybody: the limit holds, no login is made or sent. */
    public void permitPublic(Exchange exchange) {
        gate.enter();
    }

    /** Sets method, path, query and body; whatever headers were there are gone. */
    public void request(Exchange exchange) {
        PartnerRequest request = exchange.getMessage().getBody(PartnerRequest.class);
        prepare(exchange.getMessage(), request, exchange.getProperty("authorization", String.class));
    }

    static void prepare(Message message, PartnerRequest request, String authorization) {
        message.removeHeaders("*");
        // as the component's own type: for a string it looks through all converters, each time
        message.setHeader(Exchange.HTTP_METHOD, HttpMethods.valueOf(request.method()));
        message.setHeader(Exchange.HTTP_PATH, request.path());
        if (request.query() != null) {
            message.setHeader(Exchange.HTTP_RAW_QUERY, request.query());
            message.setHeader(Exchange.HTTP_QUERY, request.query());
        }
        message.setHeader("Accept", JSON);
        if (authorization != null) {
            message.setHeader(AUTHORIZATION, authorization);
        }
        if (request.body() != null) {
            // exactly this: CHT refuses a charset parameter
            message.setHeader(Exchange.CONTENT_TYPE, JSON);
            message.setBody(request.body().getBytes(StandardCharsets.UTF_8));
        } else {
            message.setBody(null);
        }
    }

    /** Inside the circuit breaker: a gateway that answers for an absent partner counts as an absent partner. */
    public void fault(Exchange exchange) {
        int status = status(exchange);
        if (status == 502 || status == 503 || status == 504) {
            String retryAfter = exchange.getMessage().getHeader(RETRY_AFTER, String.class);
            if (retryAfter != null) {
                gate.pause(RetryAfter.pause(retryAfter));
            }
            throw PartnerException.away(gate.name(), "answered " + status);
        }
    }

    /** The body becomes the {@link PartnerAnswer}; refusals of ours or of the call are thrown. */
    public void answer(Exchange exchange) {
        Message message = exchange.getMessage();
        int status = status(exchange);
        PartnerAnswer answer = new PartnerAnswer(gate.name(), status, message.getBody(byte[].class));
        String authorization = exchange.getProperty("authorization", String.class);
        String retryAfter = message.getHeader(RETRY_AFTER, String.class);
        message.removeHeaders("*");
        switch (status) {
            case 401 -> {
                Duration pause = gate.login().expired(authorization);
                throw PartnerException.busy(gate.name(), "wants a new login", pause);
            }
            case 403 -> {
                if (answer.text().contains("temporarily locked")) {
                    gate.login().refused();
                    throw PartnerException.loginRefused(
                            gate.name(), gate.login().refusedFor());
                }
                throw PartnerException.noAccess(gate.name(), status);
            }
            case 408, 429 -> {
                Duration pause = RetryAfter.pause(retryAfter);
                gate.pause(pause);
                throw PartnerException.busy(gate.name(), "answered " + status, pause);
            }
            case 301, 302, 303, 307, 308 ->
                throw PartnerException.unexpected(gate.name(), status, "a redirect, which is never followed");
            default -> {
                gate.login().accepted(authorization);
                message.setBody(answer);
            }
        }
    }

    static int status(Exchange exchange) {
        return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
    }
}
