package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.Retention;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import io.claimloop.support.Journey.Response;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** What an operator sees and may order. */
@ClaimLoopTest
class TraceTest {
    @Autowired
    private Journey journey;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private Retention retention;

    @Test
    void a_code_gives_a_list_of_loops() {
        Claim claim = journey.tasked();
        JsonNode found = journey.get("/api/loops?code=" + claim.code()).json();
        assertThat(found.isArray()).isTrue();
        assertThat(found).singleElement().satisfies(line -> {
            assertThat(line.path("uuid").asText()).isEqualTo(claim.uuid());
            assertThat(line.path("code").asText()).isEqualTo(claim.code());
            assertThat(line.path("state").asText()).isEqualTo("TASKED");
        });
        assertThat(journey.get("/api/loops?code=" + claim.code() + "&state=tasked")
                        .json())
                .hasSize(1);
        assertThat(journey.get("/api/loops?code=" + claim.code() + "&state=DELIVERED")
                        .json())
                .isEmpty();
        assertThat(journey.get("/api/loops?code=no-such-code").json()).isEmpty();
        assertThat(journey.get("/api/loops?limit=1").json()).hasSize(1);
        assertThat(journey.get("/api/loops?limit=-5").json()).hasSize(1);
    }

    @Test
    void a_trace_has_the_history_with_proofs() {
        Claim claim = journey.tasked();
        JsonNode trace = journey.trace(claim);
        assertThat(trace.path("history")).hasSize(3);
        await("the record was looked at again").atMost(Duration.ofSeconds(20)).until(() -> StreamSupport.stream(
                        journey.trace(claim).path("due").spliterator(), false)
                .noneMatch(due -> due.path("step").asText().equals("LOOK_AGAIN")));
        JsonNode last = trace.path("history").path(2);
        assertThat(last.path("from").asText()).isEqualTo("SELECTED");
        assertThat(last.path("to").asText()).isEqualTo("TASKED");
        assertThat(last.path("cause").asText()).isEqualTo("dispatch");
        assertThat(last.path("attempts").asInt()).isEqualTo(1);
        assertThat(last.path("proof").asText()).matches("[0-9a-f]{64}");
        assertThat(last.path("at").asText()).isNotBlank();
        assertThat(trace.path("due")).anyMatch(due -> due.path("step").asText().equals("EXPIRE"));
        assertThat(trace.path("now").path("actions").toString()).isEqualTo("[\"retry\"]");
        JsonNode byHex =
                journey.get("/api/loops/" + claim.uuid().replace("-", "")).json();
        assertThat(byHex.path("history")).isEqualTo(trace.path("history"));
        assertThat(byHex.path("now").path("since"))
                .as("a look at the record does not change since when it stands there")
                .isEqualTo(trace.path("now").path("since"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000-0000-4000-8000-000000000000", "CHT083", "%27%20or%201=1"})
    void an_unknown_loop_is_404_with_a_hint(String uuid) {
        for (Response response : new Response[] {
            journey.get("/api/loops/" + uuid), journey.order("/api/loops/" + uuid + "/retry"),
        }) {
            assertThat(response.status()).isEqualTo(404);
            json(response);
            assertThat(response.json().path("hint").asText()).isNotBlank();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/loops?state=NONSENSE", "/api/submissions?state=NONSENSE", "/api/loops?limit=many"})
    void a_parameter_that_makes_no_sense_is_400_with_a_reason(String path) {
        Response response = journey.get(path);
        assertThat(response.status()).isEqualTo(400);
        json(response);
        assertThat(response.json().path("hint").asText()).isNotBlank();
    }

    @Test
    void states_of_submissions_are_named_when_one_of_those_is_wrong() {
        assertThat(journey.get("/api/submissions?state=NONSENSE").body()).contains("KEPT");
        assertThat(journey.get("/api/loops?state=NONSENSE").body()).contains("TASKED");
    }

    @Test
    void an_order_that_the_state_does_not_allow_is_409_and_says_what_is_possible() {
        Claim claim = journey.tasked();
        Response response = journey.order("/api/loops/" + claim.uuid() + "/withdraw");
        assertThat(response.status()).isEqualTo(409);
        json(response);
        assertThat(response.json().path("reason").asText()).contains(claim.code(), "TASKED");
        assertThat(response.json().path("hint").asText()).isNotBlank();
        assertThat(journey.find(claim.uuid()).state()).isEqualTo(State.TASKED);
    }

    @Test
    void a_loop_that_needs_a_person_says_what_can_be_done_and_can_be_withdrawn() {
        Claim claim = journey.claim(journey.stranger("Never", "Seen"));
        journey.notice(claim);
        journey.reaches(claim, State.NEEDS_IDENTITY);
        JsonNode now = journey.trace(claim).path("now");
        assertThat(now.path("reason").asText()).isEqualTo(Reason.PATIENT_NOT_IN_CHT.name());
        assertThat(now.path("whatHappened").asText()).isNotBlank();
        assertThat(now.path("whatYouCanDo").asText()).isNotBlank();
        assertThat(now.path("actions")).extracting(JsonNode::asText).containsExactly("retry", "withdraw");

        assertThat(journey.order("/api/loops/" + claim.uuid() + "/withdraw").status())
                .isEqualTo(200);
        JsonNode trace = journey.trace(claim);
        assertThat(trace.path("state").asText()).isEqualTo("WITHDRAWN");
        assertThat(trace.path("due"))
                .as("it is made sure that no record of it is in CHT")
                .extracting(due -> due.path("step").asText())
                .containsExactly("RETRACT");
        assertThat(trace.path("history")
                        .path(trace.path("history").size() - 1)
                        .path("cause")
                        .asText())
                .isEqualTo("withdrawn by operator");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/loops",
                "/api/loops/00000000-0000-4000-8000-000000000000",
                "/api/submissions",
                "/api/summary",
                "/api/subscription",
                "/actuator",
                "/actuator/info",
                "/actuator/metrics",
                "/actuator/env",
                "/actuator/health/db",
                "/actuator/health/openimis",
                "/hawtio",
                "/jolokia",
                "/error",
                "/"
            })
    void without_a_login_nothing_is_shown(String path) {
        for (String authorization : new String[] {null, Journey.basic("operator", "wrong"), "Bearer x"}) {
            Response response = authorization == null
                    ? journey.send("GET", path, BodyPublishers.noBody())
                    : journey.send("GET", path, BodyPublishers.noBody(), "Authorization", authorization);
            assertThat(response.status()).isIn(401, 403);
            json(response);
            assertThat(response.headers().firstValue("Location")).isEmpty();
        }
    }

    @Test
    void an_order_without_a_login_changes_nothing() {
        String path = "/api/loops/" + UUID.randomUUID() + "/withdraw";
        assertThat(journey.send("POST", path, BodyPublishers.noBody()).status()).isEqualTo(401);
    }

    @Test
    void health_is_open_and_tells_no_details_to_strangers() {
        Response open = journey.send("GET", "/actuator/health", BodyPublishers.noBody());
        assertThat(open.status()).isEqualTo(200);
        assertThat(open.json().path("status").asText()).isIn("UP", "DEGRADED");
        assertThat(open.json().has("components")).isFalse();
        assertThat(journey.get("/actuator/health")
                        .json()
                        .path("components")
                        .path("openimis")
                        .path("status")
                        .asText())
                .isIn("UP", "DEGRADED");
    }

    @Test
    void readiness_is_open() {
        assertThat(journey.send("GET", "/actuator/health/readiness", BodyPublishers.noBody())
                        .body())
                .isEqualTo("{\"status\":\"UP\"}");
    }

    @Test
    void metrics_and_info_are_the_operators() {
        assertThat(journey.get("/actuator/metrics").status()).isEqualTo(200);
        assertThat(journey.get("/actuator/info").status()).isEqualTo(200);
        assertThat(journey.get("/actuator/env").status()).isEqualTo(404);
        assertThat(journey.get("/api/summary").json().path("loops").isObject()).isTrue();
    }

    @Test
    void api_and_health_say_whether_a_subscription_is_kept_and_when_claims_were_swept() {
        JsonNode subscription = journey.get("/api/subscription").json();
        assertThat(subscription.path("condition").asText()).isEqualTo("OFF");
        assertThat(subscription.path("whatHappened").asText()).contains("claimloop.public-url is not set");
        assertThat(journey.get("/actuator/health")
                        .json()
                        .at("/components/openimis/details/subscription")
                        .asText())
                .isEqualTo("off");
        assertThat(journey.get("/actuator/health")
                        .json()
                        .at("/components/openimis/details/reconciliation")
                        .asText())
                .matches("no whole sweep yet|last whole sweep \\d+ min ago");
    }

    private static void json(Response response) {
        assertThat(response.contentType()).startsWith("application/json");
        assertThat(response.json().isObject()).isTrue();
    }

    @Test
    void a_trace_says_that_payloads_were_erased_and_shows_the_rest() {
        Claim claim = journey.tasked();
        journey.feedback(Journey.submission("with-remarks.json", claim).toString());
        journey.reaches(claim, State.DELIVERED);
        assertThat(journey.trace(claim).has("payloadErasedAt")).isFalse();
        UUID uuid = UUID.fromString(claim.uuid());
        jdbc.update("update loop set changed_at = changed_at - interval '8 days' where uuid = ?", uuid);
        jdbc.update("update message set last_at = last_at - interval '8 days' where subject = ?", claim.uuid());
        jdbc.update(
                "update message set last_at = last_at - interval '8 days'"
                        + " where id in (select message_id from submission where loop_uuid = ?)",
                uuid);
        jdbc.update("update submission set received_at = received_at - interval '8 days' where loop_uuid = ?", uuid);

        retention.sweep();

        JsonNode trace = journey.trace(claim);
        assertThat(trace.path("payloadErasedAt").asText()).isNotBlank();
        assertThat(trace.path("state").asText()).isEqualTo("DELIVERED");
        assertThat(trace.path("submissions")).hasSize(1);
        assertThat(trace.has("kept")).isFalse();
    }
}
