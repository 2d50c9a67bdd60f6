package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Both partners as servers that answer what a recording says; logins are taken. */
abstract class PartnersOnWire {
    static final String LOGIN = "/api/api_fhir_r4/login/";
    static final String SESSION = "/_session";
    static final String GRAPHQL = "/api/graphql";
    static final String COMMUNICATION = "/api/api_fhir_r4/Communication/";

    static final WireMockServer OPENIMIS = new WireMockServer(wireMockConfig().dynamicPort());
    static final WireMockServer CHT = new WireMockServer(wireMockConfig().dynamicPort());

    private static RoutesUnderTest shared;

    @BeforeAll
    static void start() {
        OPENIMIS.start();
        CHT.start();
    }

    @AfterAll
    static void stop() {
        OPENIMIS.resetAll();
        CHT.resetAll();
        if (shared != null) {
            shared.close();
            shared = null;
        }
    }

    /** The same routes for all tests of a class, as long as no test left a partner refused or away. */
    static RoutesUnderTest shared(String... files) {
        return shared(Map.of(), files);
    }

    static RoutesUnderTest shared(Map<String, String> settings, String... files) {
        if (shared != null && !shared.asNew()) {
            shared.close();
            shared = null;
        }
        if (shared == null) {
            shared = RoutesUnderTest.of(OPENIMIS, CHT, settings, files);
        }
        return shared;
    }

    @BeforeEach
    void logins() {
        OPENIMIS.resetAll();
        CHT.resetAll();
        OPENIMIS.stubFor(post(urlEqualTo(LOGIN)).willReturn(token("token-1")));
        CHT.stubFor(get(urlEqualTo(SESSION)).willReturn(as(Recorded.cht("016"))));
    }

    static ResponseDefinitionBuilder token(String token) {
        return json(
                200,
                "{\"token\":\"" + token + "\",\"exp\":"
                        + Instant.now().plusSeconds(3600).getEpochSecond() + "}");
    }

    static ResponseDefinitionBuilder json(int status, String body) {
        return aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "application/json")
                .withBody(body);
    }

    /** As recorded, header and all. */
    static ResponseDefinitionBuilder as(Recorded recorded) {
        ResponseDefinitionBuilder answer = aResponse().withStatus(recorded.status());
        recorded.content().at("/response/headers").properties().forEach(header -> {
            if (List.of("content-type", "location", "retry-after", "set-cookie").contains(header.getKey())) {
                answer.withHeader(header.getKey(), header.getValue().asText());
            }
        });
        return answer.withBody(recorded.answer());
    }

    static void openimisAnswers(ResponseDefinitionBuilder answer) {
        OPENIMIS.stubFor(any(anyUrl()).atPriority(10).willReturn(answer));
    }

    static void chtAnswers(ResponseDefinitionBuilder answer) {
        CHT.stubFor(any(anyUrl()).atPriority(10).willReturn(answer));
    }

    /** What came in besides logins. */
    static List<LoggedRequest> calls(WireMockServer partner) {
        return partner.findAll(anyRequestedFor(anyUrl())).stream()
                .filter(request ->
                        !request.getUrl().equals(LOGIN) && !request.getUrl().equals(SESSION))
                .toList();
    }
}
