package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.putRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import io.claimloop.support.Works;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the partners tell of their own load is obeyed. */
class SparedPartnersTest extends PartnersOnWire {
    private static final String MONITORING = "/api/v2/monitoring";
    private static final PartnerRequest READ = PartnerRequest.get("/medic/some-record", null);

    private RoutesUnderTest routes;

    @BeforeEach
    void load() {
        routes = RoutesUnderTest.of(
                OPENIMIS, CHT, "openimis", "openimis-login", "cht", "sentinel-backlog", "record-watch", "claim-watch");
    }

    @AfterEach
    void close() {
        routes.close();
    }

    private void monitoring(String body) {
        CHT.stubFor(get(urlEqualTo(MONITORING)).willReturn(json(200, body)));
        routes.send("look-at-sentinel", null);
    }

    @Test
    void monitoring_is_read_as_recorded_without_a_login() {
        CHT.stubFor(get(urlEqualTo(MONITORING)).willReturn(as(Recorded.cht("546"))));
        routes.send("look-at-sentinel", null);

        assertThat(routes.backlog().backlog()).hasValue(2);
        CHT.verify(0, getRequestedFor(urlEqualTo(SESSION)));
        assertThat(CHT.findAll(getRequestedFor(urlEqualTo(MONITORING))))
                .singleElement()
                .satisfies(
                        sent -> assertThat(sent.containsHeader("Authorization")).isFalse());
    }

    @Test
    void while_sentinel_is_behind_no_record_is_written_and_records_are_read() {
        monitoring("{\"sentinel\":{\"backlog\":4000}}");
        chtAnswers(json(200, "{\"_id\":\"x\",\"_rev\":\"2-b\",\"fields\":{\"status\":\"open\"}}"));

        Outcome waits = (Outcome) routes.step("retract-task", Works.due(Step.RETRACT, State.WITHDRAWN));
        assertThat(waits.kind()).as("no attempt is used").isEqualTo(Outcome.Kind.LATER);
        assertThat(waits.reason()).isEqualTo(Reason.PARTNER_BUSY);
        CHT.verify(0, putRequestedFor(anyUrl()));

        Due due = Works.due(Step.LOOK_AGAIN, State.TASKED);
        chtAnswers(json(
                200,
                "{\"rows\":[{\"key\":\"" + due.loop().recordId()
                        + "\",\"doc\":{\"_rev\":\"2-b\",\"fields\":{\"status\":\"open\"}}}]}"));
        Outcome looked = routes.lookAgain(due);
        assertThat(looked.kind()).isEqualTo(Outcome.Kind.DONE);
    }

    @Test
    void a_monitoring_that_fails_changes_nothing() {
        CHT.stubFor(get(urlEqualTo(MONITORING)).willReturn(json(503, "")));
        Exchange look = routes.send("look-at-sentinel", null);

        assertThat(look.getException()).isNull();
        assertThat(routes.backlog().backlog()).isEmpty();
        assertThat(routes.backlog().permits()).isPositive();
    }

    @Test
    void a_date_in_retry_after_is_obeyed() {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(5));
        chtAnswers(json(429, "").withHeader("Retry-After", date));

        PartnerException busy = refused(routes.send("cht", READ));
        assertThat(busy.kind()).isEqualTo(PartnerException.Kind.BUSY);
        assertThat(busy.after()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(6));
        assertThat(routes.cht().permits()).isZero();
    }

    @Test
    void retry_after_of_a_gateway_that_answers_503_is_obeyed() {
        chtAnswers(json(503, "").withHeader("Retry-After", "120"));
        assertThat(refused(routes.send("cht", READ)).kind()).isEqualTo(PartnerException.Kind.AWAY);

        assertThat(routes.cht().permits()).isZero();
        assertThat(refused(routes.send("cht", READ)).after()).isGreaterThan(Duration.ofSeconds(100));
        assertThat(calls(CHT)).hasSize(1);
    }

    @Test
    void a_login_that_is_answered_429_is_not_sent_again_before_its_time() {
        OPENIMIS.stubFor(post(urlEqualTo(LOGIN)).willReturn(json(429, "").withHeader("Retry-After", "90")));
        for (int i : List.of(1, 2, 3)) {
            PartnerException busy = refused(routes.send("openimis-graphql", "{}"));
            assertThat(busy.kind()).as("call " + i).isEqualTo(PartnerException.Kind.BUSY);
            assertThat(busy.after()).isGreaterThan(Duration.ofSeconds(80));
        }
        OPENIMIS.verify(1, postRequestedFor(urlEqualTo(LOGIN)));
        assertThat(routes.openimis().permits()).isZero();
    }

    private static PartnerException refused(Exchange exchange) {
        return RoutesUnderTest.thrown(exchange, PartnerException.class).orElseThrow();
    }
}
