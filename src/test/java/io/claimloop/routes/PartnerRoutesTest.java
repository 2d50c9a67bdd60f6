package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerException.Kind;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import io.claimloop.support.Works;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire to openIMIS and CHT, and what becomes of their answers and of their silence. */
class PartnerRoutesTest extends PartnersOnWire {
    private static final PartnerRequest READ = PartnerRequest.get("/medic/some-record", null);
    private static final PartnerRequest SEND = PartnerRequest.post("/Communication/", "{\"ä\":1}");

    private RoutesUnderTest routes;

    @BeforeEach
    void load() {
        routes = RoutesUnderTest.of(OPENIMIS, CHT, "openimis", "openimis-login", "cht", "record-watch");
    }

    @AfterEach
    void close() {
        routes.close();
    }

    @Test
    void openimis_gets_exactly_the_headers_it_needs_and_the_slash_at_the_end() {
        openimisAnswers(json(201, "{}"));
        PartnerAnswer answer = answer(routes.send(
                "openimis-fhir",
                SEND,
                Map.of(
                        "CamelHttpUri", "http://127.0.0.1:1/elsewhere",
                        "CamelHttpPath", "/elsewhere",
                        "CamelHttpQuery", "a=b",
                        "X-Ours", "secret",
                        "Cookie", "a=b")));

        assertThat(answer.status()).isEqualTo(201);
        LoggedRequest sent = calls(OPENIMIS).get(0);
        assertThat(sent.getMethod().value()).isEqualTo("POST");
        assertThat(sent.getUrl()).isEqualTo(COMMUNICATION);
        assertThat(sent.getBodyAsString()).isEqualTo("{\"ä\":1}");
        assertThat(sent.getHeader("Content-Type")).isEqualTo("application/json");
        assertThat(sent.getHeader("Accept")).isEqualTo("application/json");
        assertThat(sent.getHeader("Authorization")).isEqualTo("Bearer token-1");
        assertNothingElse(sent);
    }

    @Test
    void openimis_gets_graphql_as_plain_json() {
        openimisAnswers(json(200, "{\"data\":{}}"));
        answer(routes.send("openimis-graphql", "{\"query\":\"{ a }\"}"));

        LoggedRequest sent = calls(OPENIMIS).get(0);
        assertThat(sent.getUrl()).isEqualTo(GRAPHQL);
        assertThat(sent.getBodyAsString()).isEqualTo("{\"query\":\"{ a }\"}");
        assertThat(sent.getHeader("Content-Type")).isEqualTo("application/json");
        assertNothingElse(sent);
    }

    @Test
    void cht_gets_exactly_the_headers_it_needs_and_no_cookie_of_its_own() {
        CHT.stubFor(get(urlEqualTo(SESSION))
                .willReturn(as(Recorded.cht("016")).withHeader("Set-Cookie", "AuthSession=abc; Path=/")));
        chtAnswers(json(200, "{}").withHeader("Set-Cookie", "AuthSession=def; Path=/"));
        answer(routes.send("cht", READ, Map.of("CamelHttpMethod", "DELETE", "X-Ours", "secret")));
        answer(routes.send("cht", PartnerRequest.put("/medic/some-record", "{}")));

        LoggedRequest read = calls(CHT).get(0);
        assertThat(read.getMethod().value()).isEqualTo("GET");
        assertThat(read.getHeader("Accept")).isEqualTo("application/json");
        // bridge:password-for-cht
        assertThat(read.getHeader("Authorization")).isEqualTo("Basic YnJpZGdlOnBhc3N3b3JkLWZvci1jaHQ=");
        assertThat(read.containsHeader("Content-Type")).isFalse();
        LoggedRequest written = calls(CHT).get(1);
        assertThat(written.getMethod().value()).isEqualTo("PUT");
        assertThat(written.getHeader("Content-Type")).isEqualTo("application/json");
        CHT.findAll(getRequestedFor(urlEqualTo(SESSION))).forEach(PartnerRoutesTest::assertNothingElse);
        calls(CHT).forEach(PartnerRoutesTest::assertNothingElse);
    }

    private static void assertNothingElse(LoggedRequest sent) {
        assertThat(sent.getHeaders().all().stream().map(HttpHeader::key).map(String::toLowerCase))
                .isSubsetOf(
                        "accept",
                        "content-type",
                        "authorization",
                        "host",
                        "connection",
                        "user-agent",
                        "content-length",
                        "transfer-encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"231", "232", "233", "235", "236", "237", "239", "240", "241", "242", "243"})
    void an_odd_insurance_number_reaches_cht_as_recorded(String number) {
        Recorded recorded = Recorded.cht(number);
        String query = recorded.path().replaceFirst("^.*\\?", "");
        String asked = query.replaceFirst("^freetext=insurance_number:", "").replaceFirst("&.*", "");
        String value = java.net.URLDecoder.decode(asked, java.nio.charset.StandardCharsets.UTF_8);
        chtAnswers(as(recorded));

        PartnerAnswer answer = answer(routes.send(
                "cht",
                PartnerRequest.get(
                        "/api/v1/contact/uuid",
                        "freetext=" + PartnerRequest.encode("insurance_number:" + value) + "&type=person")));

        assertThat(calls(CHT).get(0).getUrl().replace("insurance_number%3A", "insurance_number:"))
                .isEqualTo(recorded.path());
        assertThat(answer.json()).isEqualTo(recorded.answerJson());
    }

    @Test
    void a_path_segment_with_odd_characters_stays_one_segment() {
        chtAnswers(json(200, "{}"));
        answer(routes.send(
                "cht", PartnerRequest.get("/api/v1/contact/" + PartnerRequest.encode("a/b?c d+é%2F"), "x=1")));
        assertThat(calls(CHT).get(0).getUrl()).isEqualTo("/api/v1/contact/a%2Fb%3Fc%20d%2B%C3%A9%252F?x=1");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_is_not_followed(int status) {
        openimisAnswers(aResponse().withStatus(status).withHeader("Location", CHT.baseUrl() + "/elsewhere"));
        chtAnswers(json(200, "{}"));
        assertThat(refused(routes.send("openimis-fhir", SEND)).kind()).isEqualTo(Kind.UNEXPECTED);
        assertThat(calls(OPENIMIS)).hasSize(1);
        assertThat(calls(CHT)).isEmpty();
    }

    @Test
    void a_locked_account_gets_nothing_more_for_minutes() {
        chtAnswers(as(Recorded.cht("145")));
        assertThat(refused(routes.send("cht", READ)).kind()).isEqualTo(Kind.LOGIN_REFUSED);
        assertThat(routes.cht().permits()).isZero();

        PartnerException next = refused(routes.send("cht", READ));
        assertThat(next.kind()).isEqualTo(Kind.LOGIN_REFUSED);
        assertThat(next.after()).isGreaterThan(Duration.ofMinutes(5));
        assertThat(calls(CHT)).hasSize(1);
        CHT.verify(1, getRequestedFor(urlEqualTo(SESSION)));
    }

    @Test
    void a_missing_right_is_not_a_refused_login() {
        chtAnswers(as(Recorded.cht("115")));
        assertThat(refused(routes.send("cht", READ)).kind()).isEqualTo(Kind.NO_ACCESS);
        openimisAnswers(as(Recorded.openimis("726")));
        assertThat(refused(routes.send("openimis-fhir", SEND)).kind()).isEqualTo(Kind.NO_ACCESS);
        assertThat(routes.cht().permits()).isPositive();
        assertThat(routes.openimis().permits()).isPositive();
    }

    @Test
    void a_limit_is_obeyed_for_as_long_as_it_says() {
        chtAnswers(as(Recorded.cht("131")).withHeader("Retry-After", "42"));
        PartnerException limited = refused(routes.send("cht", READ));
        assertThat(limited.kind()).isEqualTo(Kind.BUSY);
        assertThat(limited.after()).isEqualTo(Duration.ofSeconds(42));

        openimisAnswers(json(429, "{}"));
        assertThat(refused(routes.send("openimis-fhir", SEND)).after()).isEqualTo(Duration.ofSeconds(15));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-5", "", "Wed, 21 Oct 2026 07:28:00 GMT"})
    void a_limit_that_says_no_number_of_seconds_still_pauses(String retryAfter) {
        chtAnswers(json(429, "{}").withHeader("Retry-After", retryAfter));
        assertThat(refused(routes.send("cht", READ)).after()).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(10));
    }

    @Test
    void a_refusal_by_business_rules_is_an_answer_and_does_not_open_the_breaker() {
        openimisAnswers(as(Recorded.openimis("705")));
        for (int i = 0; i < 25; i++) {
            PartnerAnswer answer = answer(routes.send("openimis-fhir", SEND));
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text()).contains("payload must have 5 elements");
        }
        assertThat(routes.openimis().breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void an_answer_that_is_no_json_is_told_without_its_text() {
        chtAnswers(aResponse()
                .withStatus(200)
                .withHeader("Content-Type", "text/html")
                .withBody("<p>Sita 0707</p>"));
        Outcome outcome = routes.lookAgain(Works.due(Step.LOOK_AGAIN, State.TASKED));
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
        assertThat(outcome.reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(outcome.detail()).isEqualTo("CHT answered 200: not JSON.");
    }

    enum Absence {
        BAD_GATEWAY(json(502, "<html>")),
        UNAVAILABLE(json(503, "")),
        GATEWAY_TIMEOUT(json(504, "")),
        TIMEOUT(json(200, "{}").withFixedDelay(2000)),
        RESET(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)),
        EMPTY(aResponse().withFault(Fault.EMPTY_RESPONSE)),
        GARBAGE(aResponse().withFault(Fault.RANDOM_DATA_THEN_CLOSE));

        private final ResponseDefinitionBuilder answer;

        Absence(ResponseDefinitionBuilder answer) {
            this.answer = answer;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_partner_that_is_away_is_asked_a_few_times_and_then_left_alone(Absence absence) {
        routes.close();
        routes = RoutesUnderTest.of(OPENIMIS, CHT, Map.of("claimloop.cht.read-timeout", "700"), "cht", "record-watch");
        // the login's connection, and what it loads, are not what is measured
        routes.cht().login().header();
        chtAnswers(absence.answer);
        // with the login it is five calls
        for (int i = 0; i < 4; i++) {
            Outcome outcome = routes.lookAgain(Works.due(Step.LOOK_AGAIN, State.TASKED));
            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
            assertThat(outcome.reason()).isEqualTo(Reason.PARTNER_AWAY);
        }
        assertThat(routes.cht().breaker().getState()).isEqualTo(CircuitBreaker.State.OPEN);
        assertThat(routes.cht().permits()).isZero();
        int before = calls(CHT).size();
        assertThat(before).isEqualTo(4);

        Outcome spared = routes.lookAgain(Works.due(Step.LOOK_AGAIN, State.TASKED));
        assertThat(spared.kind()).as("no attempt is used").isEqualTo(Outcome.Kind.LATER);
        assertThat(spared.reason()).isEqualTo(Reason.PARTNER_AWAY);
        assertThat(calls(CHT)).hasSize(before);
    }

    @Test
    void a_partner_that_does_not_even_take_a_login_is_left_alone_without_using_attempts() {
        CHT.stubFor(get(urlEqualTo(SESSION)).willReturn(json(503, "")));
        for (int i = 0; i < 5; i++) {
            assertThat(refused(routes.send("cht", READ)).kind()).isEqualTo(Kind.AWAY);
        }
        Outcome spared = routes.lookAgain(Works.due(Step.LOOK_AGAIN, State.TASKED));
        assertThat(spared.kind()).as("no attempt is used").isEqualTo(Outcome.Kind.LATER);
        assertThat(spared.reason()).isEqualTo(Reason.PARTNER_AWAY);
        CHT.verify(5, getRequestedFor(urlEqualTo(SESSION)));
    }

    @Test
    void sixteen_threads_share_one_login() throws Exception {
        OPENIMIS.stubFor(post(urlEqualTo(LOGIN)).willReturn(token("token-1").withFixedDelay(200)));
        openimisAnswers(json(200, "{}"));
        List<Exchange> answered = atOnce(16);
        answered.forEach(exchange -> assertThat(answer(exchange).status()).isEqualTo(200));
        OPENIMIS.verify(1, postRequestedFor(urlEqualTo(LOGIN)));
        LoggedRequest login =
                OPENIMIS.findAll(postRequestedFor(urlEqualTo(LOGIN))).get(0);
        assertThat(login.containsHeader("Authorization")).isFalse();
        assertThat(login.getHeader("Content-Type")).isEqualTo("application/json");
        assertNothingElse(login);
    }

    @ParameterizedTest
    @ValueSource(strings = {"102", "103", "104", "106"})
    void a_refused_login_is_sent_once_however_many_ask(String number) throws Exception {
        OPENIMIS.stubFor(post(urlEqualTo(LOGIN)).willReturn(as(Recorded.openimis(number))));
        for (Exchange exchange : atOnce(16)) {
            assertThat(refused(exchange).kind()).isEqualTo(Kind.LOGIN_REFUSED);
        }
        assertThat(refused(routes.send("openimis-fhir", SEND)).kind()).isEqualTo(Kind.LOGIN_REFUSED);
        OPENIMIS.verify(1, postRequestedFor(urlEqualTo(LOGIN)));
        assertThat(calls(OPENIMIS)).isEmpty();
        assertThat(routes.openimis().permits()).isZero();
        assertThat(routes.openimis().condition()).isEqualTo("login refused");
    }

    @Test
    void a_partner_that_takes_the_login_and_then_refuses_it_is_not_asked_in_circles() {
        openimisAnswers(as(Recorded.openimis("115")));
        PartnerException first = refused(routes.send("openimis-fhir", SEND));
        assertThat(first.kind()).isEqualTo(Kind.BUSY);
        assertThat(first.after()).as("a pause").isGreaterThan(Duration.ofSeconds(20));
        assertThat(refused(routes.send("openimis-fhir", SEND)).kind()).isEqualTo(Kind.LOGIN_REFUSED);
        assertThat(routes.openimis().permits()).isZero();
        assertThat(calls(OPENIMIS)).hasSize(1);
        OPENIMIS.verify(1, postRequestedFor(urlEqualTo(LOGIN)));
    }

    @Test
    void a_login_that_failed_by_absence_is_tried_again() {
        OPENIMIS.stubFor(post(urlEqualTo(LOGIN))
                .inScenario("login")
                .whenScenarioStateIs(Scenario.STARTED)
                .willReturn(json(503, ""))
                .willSetStateTo("back"));
        OPENIMIS.stubFor(post(urlEqualTo(LOGIN))
                .inScenario("login")
                .whenScenarioStateIs("back")
                .willReturn(token("token-3")));
        openimisAnswers(json(200, "{}"));
        assertThat(refused(routes.send("openimis-fhir", SEND)).kind()).isEqualTo(Kind.AWAY);
        answer(routes.send("openimis-fhir", SEND));
        assertThat(calls(OPENIMIS).get(0).getHeader("Authorization")).isEqualTo("Bearer token-3");
    }

    private List<Exchange> atOnce(int count) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            CyclicBarrier barrier = new CyclicBarrier(count);
            List<Future<Exchange>> asked = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                asked.add(threads.submit(() -> {
                    barrier.await(5, TimeUnit.SECONDS);
                    return routes.send("openimis-fhir", SEND);
                }));
            }
            List<Exchange> answered = new ArrayList<>();
            for (Future<Exchange> one : asked) {
                answered.add(one.get(20, TimeUnit.SECONDS));
            }
            return answered;
        } finally {
            threads.shutdownNow();
        }
    }

    private static PartnerAnswer answer(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(PartnerAnswer.class);
    }

    private static PartnerException refused(Exchange exchange) {
        return RoutesUnderTest.thrown(exchange, PartnerException.class).orElseThrow();
    }
}
