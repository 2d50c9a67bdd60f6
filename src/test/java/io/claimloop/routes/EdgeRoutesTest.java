package io.claimloop.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.ledger.Step;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two routes that openIMIS and CHT call, with nothing behind them but the inbox. */
class EdgeRoutesTest extends PartnersOnWire {
    private RoutesUnderTest routes;

    @BeforeEach
    void load() {
        routes = shared("claim-intake", "submission-intake");
    }

    @Test
    void a_recorded_notice_is_stored_byte_by_byte_and_then_accepted() throws IOException {
        String notice = Recorded.openimis("302").request();
        Exchange answered = call("claim-intake", notice, Map.of());

        assertAnswer(answered, 200);
        assertThat(body(answered).path("status").asText()).isEqualTo("accepted");
        assertThat(body(answered).path("claims").asInt()).isEqualTo(1);
        assertThat(routes.ledger.notices).singleElement().satisfies(stored -> {
            assertThat(stored.uuid()).hasToString("2aa4b4f5-2429-4321-95bd-aec5e323369e");
            assertThat(stored.code()).isEqualTo("CHT083");
            assertThat(new String(stored.body(), StandardCharsets.UTF_8)).isEqualTo(notice);
        });
        assertThat(routes.woken).contains(Step.CHECK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "null", "[]", "{}", "{", "text", "{\"id\":\"x\"}", "{\"resourceType\":\"Patient\"}"})
    void rubbish_is_refused_with_reason_and_hint_and_not_stored(String rubbish) throws IOException {
        Exchange answered = call("claim-intake", rubbish, Map.of());
        assertThat(answered.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class))
                .isBetween(400, 422);
        assertThat(body(answered).path("status").asText()).isEqualTo("refused");
        assertThat(body(answered).path("reason").asText()).isNotBlank();
        assertThat(body(answered).path("hint").asText()).isNotBlank();
        assertThat(routes.ledger.notices).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"511", "512", "532", "542"})
    void a_recorded_push_is_stored_byte_by_byte_and_then_answered(String number) throws IOException {
        String push = Recorded.cht(number).request();
        Exchange answered = call("submission-intake", push, Map.of());

        assertAnswer(answered, 200);
        assertThat(body(answered).path("status").asText()).isEqualTo("stored");
        assertThat(routes.ledger.submissions).singleElement().satisfies(stored -> assertThat(
                        new String(stored.body(), StandardCharsets.UTF_8))
                .isEqualTo(push));
        assertThat(routes.woken).containsExactly(Step.SUBMISSION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[1]", "{", "text", "{\"claim_uuid\":7}"})
    void what_cannot_be_used_is_stored_too_so_that_cht_does_not_repeat_it_for_ever(String push) throws IOException {
        Exchange answered = call("submission-intake", push, Map.of());
        assertAnswer(answered, 200);
        assertThat(body(answered).isEmpty()).isFalse();
        assertThat(routes.ledger.submissions).hasSize(1);
        assertThat(routes.ledger.submissions.get(0).claim()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"claim-intake", "submission-intake"})
    void what_is_not_on_disk_is_not_accepted(String edge) throws IOException {
        routes.ledger.failing.set(true);
        Exchange answered = call(edge, Recorded.openimis("302").request(), Map.of());
        assertAnswer(answered, 503);
        assertThat(body(answered).path("status").asText()).isEqualTo("refused");
        assertThat(answered.getMessage().getBody(String.class)).doesNotContain("disk is away");
        assertThat(routes.woken).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"claim-intake", "submission-intake"})
    void no_header_of_the_caller_gets_past_the_first_step(String edge) throws IOException {
        Exchange answered = call(
                edge,
                Recorded.openimis("302").request(),
                Map.of(
                        "CamelHttpResponseCode", 500,
                        "CamelBeanMethodName", "toString",
                        "CamelHttpUri", "http://127.0.0.1:1/",
                        "CamelFileName", "../../x",
                        "X-Anything", "1",
                        "Authorization", "Bearer token"));
        assertAnswer(answered, 200);
        assertThat(answered.getMessage().getHeaders().keySet())
                .containsExactlyInAnyOrder(Exchange.HTTP_RESPONSE_CODE, Exchange.CONTENT_TYPE);
    }

    private Exchange call(String edge, String body, Map<String, Object> headers) {
        return routes.send(edge, new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), headers);
    }

    private static void assertAnswer(Exchange answered, int status) {
        assertThat(answered.getException()).isNull();
        assertThat(answered.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class))
                .isEqualTo(status);
        assertThat(answered.getMessage().getHeader(Exchange.CONTENT_TYPE)).isEqualTo("application/json");
    }

    private static JsonNode body(Exchange answered) throws IOException {
        return new ObjectMapper().readTree(answered.getMessage().getBody(String.class));
    }
}
