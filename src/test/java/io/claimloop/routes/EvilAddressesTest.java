package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import io.claimloop.support.Works;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Partners that name another server in what they answer: that one must never hear of us. Row 48 of {@code docs/failures.md}.
 */
class EvilAddressesTest extends PartnersOnWire {
    private static final String SUBSCRIPTIONS = "/api/api_fhir_r4/Subscription/";
    private static final WireMockServer ELSEWHERE =
            new WireMockServer(wireMockConfig().dynamicPort());

    private RoutesUnderTest routes;

    @BeforeAll
    static void listen() {
        ELSEWHERE.start();
    }

    @AfterAll
    static void stopListening() {
        ELSEWHERE.stop();
    }

    @BeforeEach
    void load() {
        ELSEWHERE.resetAll();
        ELSEWHERE.stubFor(any(anyUrl()).willReturn(json(200, "{}")));
        routes = RoutesUnderTest.of(
                OPENIMIS,
                CHT,
                Map.of("claimloop.public-url", "https://claimloop.example.org/"),
                "subscription",
                "openimis",
                "openimis-login",
                "task-dispatch",
                "patients",
                "claim-record",
                "record-watch",
                "claim-watch",
                "cht");
    }

    @AfterEach
    void nobodyWasThere() {
        routes.close();
        assertThat(calls(ELSEWHERE)).isEmpty();
    }

    private static String elsewhere() {
        return ELSEWHERE.baseUrl() + "/elsewhere";
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_of_any_call_and_of_a_login(int status) {
        var moved = aResponse().withStatus(status).withHeader("Location", elsewhere());
        openimisAnswers(moved);
        chtAnswers(moved);
        routes.send("openimis-graphql", "{\"query\":\"{}\"}");
        routes.send("openimis-fhir", PartnerRequest.get("/Claim/", null));
        routes.send("cht", PartnerRequest.get("/medic/x", null));
        assertThat(calls(OPENIMIS)).hasSize(2);
        assertThat(calls(CHT)).hasSize(1);
        routes.close();

        routes = RoutesUnderTest.of(OPENIMIS, CHT, "openimis", "openimis-login", "cht");
        OPENIMIS.stubFor(post(urlEqualTo(LOGIN)).willReturn(moved));
        CHT.stubFor(get(urlEqualTo(SESSION)).willReturn(moved));
        assertThat(routes.send("openimis-fhir", PartnerRequest.get("/Claim/", null))
                        .getException())
                .isNotNull();
        assertThat(routes.send("cht", PartnerRequest.get("/medic/x", null)).getException())
                .isNotNull();
    }

    @Test
    void next_links_endpoints_and_absolute_references_in_a_list_of_subscriptions() {
        ObjectNode evil = Recorded.openimis("203").answerJson().deepCopy();
        evil.put("id", ELSEWHERE.baseUrl() + "/Subscription/1").put("implicitRules", elsewhere());
        ((ObjectNode) evil.path("channel")).put("endpoint", elsewhere());
        ObjectNode bundle = Recorded.openimis("204").answerJson().deepCopy();
        bundle.put("total", 100).remove("entry");
        bundle.putArray("link").addObject().put("relation", "next").put("url", elsewhere());
        bundle.withArray("entry").addObject().put("fullUrl", elsewhere()).set("resource", evil);
        OPENIMIS.stubFor(get(urlPathEqualTo(SUBSCRIPTIONS)).willReturn(json(200, bundle.toString())));
        // what is made may come back with a Location of its own
        OPENIMIS.stubFor(post(urlEqualTo(SUBSCRIPTIONS))
                .willReturn(json(201, evil.toString()).withHeader("Location", elsewhere())));

        routes.send("keep-subscription", null);

        assertThat(calls(OPENIMIS)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s/x", "//127.0.0.1:%d/x", "@127.0.0.1:%d/x", "../../%s", "x?y=%s#", "/../@127.0.0.1:%d"})
    void an_address_where_cht_should_name_a_contact(String form) throws Exception {
        String id = form.contains("%d") ? form.formatted(ELSEWHERE.port()) : form.formatted(ELSEWHERE.baseUrl());
        String list = "{\"data\":[" + new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(id)
                + "],\"cursor\":\"" + elsewhere() + "\"}";
        CHT.stubFor(get(urlPathEqualTo("/api/v1/contact/uuid")).willReturn(json(200, list)));
        CHT.stubFor(any(anyUrl()).atPriority(10).willReturn(json(404, "{\"error\":\"not found\"}")));
        Due due = Works.withClaim(Works.due(Step.DISPATCH, State.SELECTED), EnrichmentAndRulesTest.claim());

        Outcome outcome =
                routes.dispatched(List.of(due), "task-dispatch", Instant.now()).get(due);

        assertThat(outcome.to()).isNotEqualTo(State.TASKED);
        assertThat(calls(CHT).stream().map(call -> call.getUrl().replaceAll("\\?.*", "")))
                .as("the search, and the contacts by names that stand in no path")
                .contains("/api/v1/contact/uuid")
                .isSubsetOf("/api/v1/contact/uuid", "/medic/_all_docs");
    }

    @Test
    void a_path_that_would_change_the_host_is_refused_before_it_is_sent() {
        assertThatThrownBy(() -> PartnerRequest.get("@127.0.0.1:" + ELSEWHERE.port() + "/", null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PartnerRequest.get(elsewhere(), null)).isInstanceOf(IllegalArgumentException.class);
    }
}
