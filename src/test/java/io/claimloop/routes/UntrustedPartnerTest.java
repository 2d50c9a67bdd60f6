package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Works;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A partner behind a certificate that nobody vouches for: self-signed, expired long ago, or made for another host. */
class UntrustedPartnerTest {

    @Test
    void a_partner_whose_certificate_nobody_vouches_for_gets_no_request() {
        WireMockServer impostor =
                new WireMockServer(wireMockConfig().dynamicPort().dynamicHttpsPort());
        impostor.start();
        try (RoutesUnderTest routes = RoutesUnderTest.of(
                impostor,
                impostor,
                Map.of("claimloop.cht.url", "https://127.0.0.1:" + impostor.httpsPort()),
                "cht",
                "record-watch")) {
            Outcome outcome = (Outcome) routes.step("look-again", Works.due(Step.LOOK_AGAIN, State.TASKED));

            assertThat(outcome.reason()).isEqualTo(Reason.PARTNER_AWAY);
            assertThat(impostor.findAll(anyRequestedFor(anyUrl()))).isEmpty();
        } finally {
            impostor.stop();
        }
    }
}
