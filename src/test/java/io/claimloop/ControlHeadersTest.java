package io.claimloop;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.CHT_TOKEN;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static io.claimloop.support.SimulatedWorld.OPENIMIS_TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import io.claimloop.support.Journey.Response;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.component.bean.BeanConstants;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.component.jslt.JsltConstants;
import org.apache.camel.component.quartz.QuartzConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Camel is steered by headers. None that comes from outside may steer anything. */
@ClaimLoopTest
class ControlHeadersTest {
    private static final WireMockServer ELSEWHERE =
            new WireMockServer(wireMockConfig().dynamicPort().bindAddress("127.0.0.1"));
    private static final int HEADERS_A_REQUEST = 40;
    private static final List<String> MORE = List.of(
            "CamelHttpUri",
            "CAmelHttpUri",
            "camelhttpuri",
            "CamelHttpPath",
            "CamelHttpQuery",
            "CamelHttpRawQuery",
            "CamelHttpMethod",
            "CamelRestHttpUri",
            "CamelBeanMethodName",
            "CamelBeanParameterTypes",
            "CamelJsltString",
            "CamelJsltResourceUri",
            "CamelJsonValidatorResource",
            "CamelFhir.resourceAsString",
            "CamelSqlQuery",
            "CamelFileName",
            "CamelExecCommandExecutable",
            "CamelSlipEndpoint",
            "org.apache.camel.foo",
            "kafka.OVERRIDE_TOPIC",
            "kafka.TOPIC",
            "Long-Running-Action",
            "breadcrumbId",
            "X-Http-Method-Override",
            "X-Forwarded-Host",
            "Forwarded");

    @Autowired
    private Journey journey;

    @BeforeAll
    static void listen() {
        ELSEWHERE.start();
        ELSEWHERE.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(200)));
    }

    @AfterAll
    static void stop() {
        ELSEWHERE.stop();
    }

    @Test
    void no_header_from_outside_steers_a_route_or_comes_back() throws Exception {
        Claim claim = journey.claim();
        List<String[]> planted = planted();
        for (String[] headers : planted) {
            Response accepted = journey.post(
                    "/openimis/notifications",
                    OPENIMIS.notificationOf(claim),
                    with(headers, "Authorization", "Bearer " + OPENIMIS_TOKEN));
            assertThat(accepted.status()).isEqualTo(200);
            assertThat(accepted.json().path("status").asText()).isEqualTo("accepted");
            nothingOf(headers, accepted);
        }
        journey.reaches(claim, State.TASKED);

        String submission = Journey.submission("answered.json", claim).toString();
        for (String[] headers : planted) {
            Response stored =
                    journey.post("/cht/feedback", submission, with(headers, "Authorization", "Bearer " + CHT_TOKEN));
            assertThat(stored.status()).isEqualTo(200);
            assertThat(stored.body()).isEqualTo("{\"status\":\"stored\"}");
            nothingOf(headers, stored);
        }
        journey.reaches(claim, State.DELIVERED);

        assertThat(CHT.records(claim.uuid())).hasSize(1);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(ELSEWHERE.getAllServeEvents()).isEmpty();
    }

    @Test
    void a_query_of_the_caller_steers_nothing() {
        Claim claim = journey.claim();
        Response accepted = journey.post(
                "/openimis/notifications?CamelHttpUri=" + ELSEWHERE.baseUrl() + "&CamelHttpResponseCode=500&body=x",
                OPENIMIS.notificationOf(claim),
                "Authorization",
                "Bearer " + OPENIMIS_TOKEN);
        assertThat(accepted.status()).isEqualTo(200);
        journey.reaches(claim, State.TASKED);
        assertThat(ELSEWHERE.getAllServeEvents()).isEmpty();
    }

    private static void nothingOf(String[] planted, Response response) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(response.headers().map().keySet());
        for (int i = 0; i < planted.length; i += 2) {
            assertThat(names).doesNotContain(planted[i]);
        }
        assertThat(names)
                .allMatch(name -> !name.toLowerCase(Locale.ROOT).startsWith("camel")
                        && !name.toLowerCase(Locale.ROOT).startsWith("kafka"));
        assertThat(response.headers().map().toString() + response.body())
                .doesNotContain(ELSEWHERE.baseUrl(), "planted-value");
    }

    /** All names that Camel itself knows, and some more, each with a value that would do harm; as many as fit a request. */
    private static List<String[]> planted() throws IllegalAccessException {
        Set<String> names = new TreeSet<>(MORE);
        for (Class<?> constants : List.of(
                Exchange.class, HttpConstants.class, BeanConstants.class, JsltConstants.class, QuartzConstants.class)) {
            for (var field : constants.getFields()) {
                if (Modifier.isStatic(field.getModifiers())
                        && field.getType() == String.class
                        && field.get(null).toString().startsWith("Camel")) {
                    names.add(field.get(null).toString());
                }
            }
        }
        List<String> headers = new ArrayList<>();
        for (String name : names) {
            String value =
                    switch (name.toLowerCase(Locale.ROOT)) {
                        case "camelhttpresponsecode" -> "599";
                        case "camelhttpmethod" -> "DELETE";
                        case "camelbeanmethodname" -> "toString";
                        default -> name.toLowerCase(Locale.ROOT).contains("ur") ? ELSEWHERE.baseUrl() : "planted-value";
                    };
            Collections.addAll(headers, name, value);
        }
        List<String[]> requests = new ArrayList<>();
        for (int i = 0; i < headers.size(); i += 2 * HEADERS_A_REQUEST) {
            requests.add(headers.subList(i, Math.min(headers.size(), i + 2 * HEADERS_A_REQUEST))
                    .toArray(new String[0]));
        }
        return requests;
    }

    private static String[] with(String[] headers, String name, String value) {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = name;
        all[headers.length + 1] = value;
        return all;
    }
}
