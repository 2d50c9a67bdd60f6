package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.intake.Identified;
import io.claimloop.ledger.ClaimNotice;
import io.claimloop.ledger.ReceivedSubmission;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What real partners sent and answered, against what we make of it. */
class RecordedExchangesTest extends PartnersOnWire {
    private static final String ANSWER = "ANSWER";

    private RoutesUnderTest routes;

    @BeforeEach
    void load() {
        routes = shared("openimis", "openimis-login", "cht");
    }

    @Test
    void the_notice_of_openimis_names_its_claim() throws Exception {
        List<ClaimNotice> notices = Identified.notices(Recorded.openimis("302").request());
        assertThat(notices).singleElement().satisfies(notice -> {
            assertThat(notice.uuid()).hasToString("2aa4b4f5-2429-4321-95bd-aec5e323369e");
            assertThat(notice.spelling()).isEqualTo("2aa4b4f5-2429-4321-95bd-aec5e323369e");
            assertThat(notice.code()).isEqualTo("CHT083");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"511", "512", "515", "516", "517", "518", "532", "542"})
    void a_push_of_cht_names_its_report_and_its_claim(String number) throws Exception {
        Recorded push = Recorded.cht(number);
        ReceivedSubmission received = Identified.submission(push.request());
        assertThat(received.reportId())
                .isEqualTo(push.content().at("/request/body/report_id").asText());
        assertThat(received.claim()).hasToString("d3256498-ad16-4482-a2d2-4a6d9c78ba81");
        assertThat(new String(received.body(), StandardCharsets.UTF_8)).isEqualTo(push.request());
    }

    @ParameterizedTest
    @CsvSource({
        "101, GRANTED",
        "102, LOGIN_REFUSED",
        "103, LOGIN_REFUSED",
        "104, LOGIN_REFUSED",
        "105, LOGIN_REFUSED",
        "106, LOGIN_REFUSED",
        "107, UNEXPECTED",
        "122, UNEXPECTED"
    })
    void openimis_answers_a_login(String number, String kind) {
        OPENIMIS.stubFor(post(urlEqualTo(LOGIN)).willReturn(as(Recorded.openimis(number))));
        openimisAnswers(json(200, "{}"));
        try (RoutesUnderTest loggedOut = RoutesUnderTest.of(OPENIMIS, CHT, "openimis", "openimis-login")) {
            Exchange exchange = loggedOut.send("openimis-fhir", PartnerRequest.get("/Claim/x/", null));
            assertThat(kind(exchange).replace(ANSWER, "GRANTED")).isEqualTo(kind);
        }
        assertThat(calls(OPENIMIS)).hasSize("GRANTED".equals(kind) ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "016, GRANTED",
        "102, LOGIN_REFUSED",
        "105, LOGIN_REFUSED",
        "114, LOGIN_REFUSED",
        "145, LOGIN_REFUSED",
        "148, LOGIN_REFUSED",
        "108, UNEXPECTED",
        "131, BUSY"
    })
    void cht_answers_a_login(String number, String kind) {
        CHT.stubFor(get(urlEqualTo(SESSION)).willReturn(as(Recorded.cht(number))));
        chtAnswers(json(200, "{}"));
        try (RoutesUnderTest loggedOut = RoutesUnderTest.of(OPENIMIS, CHT, "cht")) {
            Exchange exchange = loggedOut.send("cht", PartnerRequest.get("/medic/x", null));
            assertThat(kind(exchange).replace(ANSWER, "GRANTED")).isEqualTo(kind);
        }
        assertThat(calls(CHT)).hasSize("GRANTED".equals(kind) ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        // who calls
        "111, ANSWER, 200",
        "112, BUSY, 401",
        "113, BUSY, 401",
        "114, BUSY, 401",
        "115, BUSY, 401",
        "121, UNEXPECTED, 301",
        "122, UNEXPECTED, 301",
        // a claim is asked for by uuid, never by code
        "421, ANSWER, 500",
        // Communication: nearly every refusal is a 500
        "701, ANSWER, 201",
        "702, ANSWER, 500",
        "703, ANSWER, 201",
        "705, ANSWER, 500",
        "706, ANSWER, 500",
        "707, ANSWER, 500",
        "708, ANSWER, 500",
        "709, ANSWER, 500",
        "710, ANSWER, 500",
        "711, ANSWER, 500",
        "712, ANSWER, 500",
        "713, ANSWER, 500",
        "714, ANSWER, 500",
        "716, ANSWER, 500",
        "717, ANSWER, 500",
        "718, ANSWER, 500",
        "719, ANSWER, 500",
        "720, ANSWER, 500",
        "721, ANSWER, 500",
        "722, ANSWER, 500",
        "723, ANSWER, 500",
        "724, ANSWER, 500",
        "725, ANSWER, 400",
        "726, NO_ACCESS, 403",
        "727, BUSY, 401",
        "732, ANSWER, 201",
        "733, ANSWER, 201",
        "977, ANSWER, 500",
        // GraphQL: a refusal may come with 200, the reader of the claims knows it
        "904, ANSWER, 200",
        "905, BUSY, 401",
        "906, ANSWER, 200",
        "907, ANSWER, 400",
        "908, ANSWER, 400",
        "943, ANSWER, 400",
        "944, ANSWER, 200",
        "945, ANSWER, 200"
    })
    void openimis_answers_a_call(String number, String kind, int status) {
        Recorded recorded = Recorded.openimis(number);
        assertThat(recorded.status()).isEqualTo(status);
        openimisAnswers(as(recorded));
        Exchange exchange = routes.send("openimis-fhir", PartnerRequest.post("/Communication/", "{}"));
        assertKind(exchange, kind, recorded);
    }

    @ParameterizedTest
    @CsvSource({
        "102, BUSY, 401",
        "103, BUSY, 401",
        "105, BUSY, 401",
        "106, BUSY, 401",
        "107, BUSY, 401",
        "108, UNEXPECTED, 302",
        "109, UNEXPECTED, 302",
        "111, UNEXPECTED, 302",
        "112, BUSY, 401",
        "113, BUSY, 401",
        "114, ANSWER, 400",
        "115, NO_ACCESS, 403",
        "116, NO_ACCESS, 403",
        "131, BUSY, 429",
        "132, BUSY, 429",
        "133, BUSY, 429",
        "134, BUSY, 429",
        "135, BUSY, 401",
        "141, BUSY, 401",
        "142, BUSY, 401",
        "143, LOGIN_REFUSED, 403",
        "144, LOGIN_REFUSED, 403",
        "145, LOGIN_REFUSED, 403",
        "146, LOGIN_REFUSED, 403",
        "147, LOGIN_REFUSED, 403",
        "148, LOGIN_REFUSED, 403",
        "149, ANSWER, 200",
        "245, ANSWER, 400",
        "306, ANSWER, 200",
        "308, ANSWER, 200",
        "310, ANSWER, 500",
        "311, ANSWER, 500",
        "312, ANSWER, 500",
        "313, ANSWER, 500",
        "315, ANSWER, 500",
        "316, ANSWER, 500",
        "335, ANSWER, 409",
        "336, ANSWER, 409",
        "340, ANSWER, 500",
        "341, NO_ACCESS, 403",
        "343, ANSWER, 200",
        "344, ANSWER, 200",
        "346, ANSWER, 201",
        "348, ANSWER, 404"
    })
    void cht_answers_a_call(String number, String kind, int status) {
        Recorded recorded = Recorded.cht(number);
        assertThat(recorded.status()).isEqualTo(status);
        chtAnswers(as(recorded));
        // a 429 before it asked for a pause
        routes.cht().pause(Duration.ZERO);
        Exchange exchange = routes.send("cht", PartnerRequest.get("/medic/x", null));
        assertKind(exchange, kind, recorded);
    }

    private static void assertKind(Exchange exchange, String kind, Recorded recorded) {
        assertThat(kind(exchange)).as(recorded.name()).isEqualTo(kind);
        if (ANSWER.equals(kind)) {
            PartnerAnswer answer = exchange.getMessage().getBody(PartnerAnswer.class);
            assertThat(answer.status()).isEqualTo(recorded.status());
            assertThat(answer.text()).isEqualTo(recorded.answer());
            assertThat(exchange.getMessage().getHeaders()).isEmpty();
        } else {
            String message = RoutesUnderTest.thrown(exchange, PartnerException.class)
                    .orElseThrow()
                    .getMessage();
            assertThat(message)
                    .as("tells class and status, never the partner's text")
                    .matches("(openIMIS|CHT) [a-zA-Z0-9 ,:()]+");
        }
    }

    private static String kind(Exchange exchange) {
        return RoutesUnderTest.thrown(exchange, PartnerException.class)
                .map(thrown -> thrown.kind().name())
                .orElseGet(() -> exchange.getException() == null
                        ? ANSWER
                        : exchange.getException().getClass().getName());
    }
}
