package io.claimloop;

import static io.claimloop.support.OwnWorld.OWN_OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.ledger.Loops;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.NotificationResult;
import io.claimloop.simulated.SimulatedOpenImis;
import io.claimloop.subscription.SubscriptionKeeper;
import io.claimloop.subscription.SubscriptionStatus;
import io.claimloop.subscription.SubscriptionStatus.Condition;
import io.claimloop.support.OwnWorld.OwnWorldTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDate;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** ClaimLoop keeps its Subscription in an openIMIS that does with it what the real one does. */
@OwnWorldTest
class KeptSubscriptionTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Autowired
    private SubscriptionKeeper keeper;

    @Autowired
    private Loops loops;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void kept() {
        OWN_OPENIMIS.claimSubscriptions(true);
        reaches(Condition.ACTIVE);
    }

    @Test
    void after_the_start_openimis_notifies_us_by_it_and_we_take_the_notice() {
        LocalDate day = LocalDate.now().minusDays(230);
        Claim claim = OWN_OPENIMIS.submit(OWN_OPENIMIS.enter("KEPT1", "070707070", day, day));

        NotificationResult result = OWN_OPENIMIS.sendNotification(claim);

        assertThat(result).as("a Subscription fired").isNotNull();
        assertThat(result.success()).isTrue();
        assertThat(loops.find(UUID.fromString(claim.uuid()))).isPresent();
    }

    @Test
    void one_that_was_deleted_is_made_anew_by_itself() throws Exception {
        String id = keeper.status().id();
        assertThat(call("DELETE", id + "/", null).statusCode()).isEqualTo(204);

        await().atMost(SOON).until(() -> !id.equals(keeper.status().id()));
        assertThat(keeper.status().condition()).isEqualTo(Condition.ACTIVE);
        assertThat(OWN_OPENIMIS.subscriptions()).isEqualTo(1);
    }

    /** As two instances do that start at once. */
    @Test
    void of_two_made_at_once_one_is_left() throws Exception {
        String kept = keeper.status().id();
        JsonNode ours = JSON.readTree(call("GET", kept + "/", null).body());
        String again = ((com.fasterxml.jackson.databind.node.ObjectNode) ours.deepCopy())
                .without("id")
                .toString();
        assertThat(call("POST", "", again).statusCode()).isEqualTo(201);

        await().atMost(SOON).until(() -> OWN_OPENIMIS.subscriptions() == 1);
        assertThat(keeper.status().id()).isEqualTo(kept);
    }

    @Test
    void one_of_somebody_that_silences_all_is_told_and_left_alone() throws Exception {
        JsonNode bad = JSON.readTree(call(
                        "POST",
                        "",
                        "{\"resourceType\":\"Subscription\",\"status\":\"active\",\"end\":\"2099-01-01T00:00:00+00:00\","
                                + "\"reason\":\"Claim\",\"criteria\":\"Claim?nosuchfield=4\",\"channel\":{\"type\":\"rest-hook\","
                                + "\"endpoint\":\"https://somebody.example.org/\",\"header\":[\"{}\"]}}")
                .body());
        String id = bad.path("id").asText();

        await().atMost(SOON).until(() -> keeper.status().warnings().size() == 1);
        assertThat(keeper.status().warnings().get(0)).contains(id);
        assertThat(OWN_OPENIMIS.subscriptions()).isEqualTo(2);

        call("DELETE", id + "/", null);
        await().atMost(SOON).until(() -> keeper.status().warnings().isEmpty());
    }

    @Test
    void a_release_that_cannot_subscribe_to_claims_is_told_and_after_its_update_it_is_made_by_itself()
            throws Exception {
        OWN_OPENIMIS.claimSubscriptions(false);
        call("DELETE", keeper.status().id() + "/", null);
        reaches(Condition.NOT_OFFERED);

        OWN_OPENIMIS.claimSubscriptions(true);
        reaches(Condition.ACTIVE);
    }

    private void reaches(Condition condition) {
        await().atMost(SOON).until(keeper::status, status -> status.condition() == condition && there(status));
    }

    private static boolean there(SubscriptionStatus status) {
        return status.condition() != Condition.ACTIVE || OWN_OPENIMIS.subscriptions() == 1;
    }

    private HttpResponse<String> call(String method, String below, String body)
            throws IOException, InterruptedException {
        String api = OWN_OPENIMIS.url() + "/api/api_fhir_r4/";
        HttpRequest login = HttpRequest.newBuilder(URI.create(api + "login/"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"username\":\"" + SimulatedOpenImis.USERNAME
                        + "\",\"password\":\"" + SimulatedOpenImis.PASSWORD + "\"}"))
                .build();
        String token = JSON.readTree(
                        http.send(login, HttpResponse.BodyHandlers.ofString()).body())
                .path("token")
                .asText();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(api + "Subscription/" + below))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
