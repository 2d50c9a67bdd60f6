package io.claimloop.simulated;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions and what they fire: recordings 118, 201-243, 301 and 305-307. */
class SimulatedOpenImisSubscriptionTest extends OpenImisReplay {
    private WireMockServer sink;

    @BeforeEach
    void listen() {
        sink = new WireMockServer(
                WireMockConfiguration.wireMockConfig().bindAddress("127.0.0.1").dynamicPort());
        sink.start();
        sink.stubFor(post(anyUrl()).willReturn(okJson("{}")));
    }

    @AfterEach
    void hangUp() {
        sink.stop();
    }

    @Test
    void takes_nearly_everything_as_recorded() throws Exception {
        sameBodyButFor(List.of("id"), "201", "202", "211", "212", "213", "214", "218", "221", "222", "223", "226");
        sameWords("215", "216", "217", "219", "220", "224", "225", "227", "241", "242");
        assertThat(openImis.subscriptions()).isEqualTo(11);
    }

    @Test
    void reads_lists_and_deletes_as_recorded() throws Exception {
        var claims = created("201");
        var patients = created("202");
        sameBody(about("203", claims));
        assertThat(without(send(OpenImisRecording.of("204"), true).json(), List.of("url", "fullUrl", "id")))
                .isEqualTo(
                        without(OpenImisRecording.of("204").response().path("body"), List.of("url", "fullUrl", "id")));
        sameShape("205");
        assertThat(claims).isNotEqualTo(patients);

        sameWords("232", "233");
        assertThat(send(about("229", claims), true).status()).isEqualTo(204);
        assertThat(send(about("230", claims), true).body())
                .isEqualTo(OpenImisRecording.of("230").response().path("body").toString());
        assertThat(send(about("231", claims), true).status()).isEqualTo(404);
    }

    @Test
    void hides_new_ones_behind_the_cached_total_as_recorded() throws Exception {
        created("201");
        created("202");
        sameShape("204");
        created("213");
        assertThat(send(OpenImisRecording.of("234"), true).json().path("total").asInt())
                .isEqualTo(2);
        assertThat(send(OpenImisRecording.of("234"), true).json().path("entry")).hasSize(2);
        assertThat(get("Subscription/?_count=50&_lastUpdated=ge2000-01-01T00:00:01")
                        .json()
                        .path("entry"))
                .as("another literal is another total")
                .hasSize(3);
    }

    @Test
    void never_changes_one_as_recorded() throws Exception {
        var id = created("201");
        for (var number : List.of("206", "207", "208", "210", "235")) {
            var answer = send(about(number, id), true);
            assertThat(answer.status()).as(number).isEqualTo(500);
            assertThat(answer.json())
                    .as(number)
                    .isEqualTo(OpenImisRecording.of(number).response().path("body"));
        }
        sameBody(about("236", id));
    }

    @Test
    void asks_for_rights_and_ownership_as_recorded() throws Exception {
        var id = created("201");
        openImis.account("JHOS0011", "secret-of-a-claim-admin", Rights.READ_CLAIMS, Rights.CREATE_CLAIMS);
        token = login("JHOS0011", "secret-of-a-claim-admin");
        sameWords("118", "228", "243");

        // Not recorded: the owner's check is read in the source.
        openImis.account("other", "secret-of-another", Rights.READ_CLAIMS, 158001, 158002, 158003, 158004);
        token = login("other", "secret-of-another");
        assertThat(send(about("229", id), true).status()).isEqualTo(403);
        assertThat(openImis.subscriptions()).isEqualTo(1);
        assertThat(send(about("203", id), true).body()).contains("X-Bridge-Key");
    }

    @Test
    void fires_as_recorded() throws Exception {
        for (var odd : OpenImisRecording.of("301").json().path("subscriptions")) {
            assertThat(subscribe(odd.path("sent"))).isEqualTo(201);
        }
        assertThat(send(OpenImisRecording.of("401"), true).status()).isEqualTo(201);

        var recorded = OpenImisRecording.of("301").json();
        assertThat(openImis.notifications())
                .extracting(NotificationResult::success)
                .containsExactlyInAnyOrderElementsOf(
                        successes(recorded.path("rows_in_tblSubscriptionNotificationResult")));
        assertThat(openImis.notifications().stream()
                        .map(NotificationResult::error)
                        .filter(error -> error != null)
                        .map(error -> error.replaceAll("object \\(.*\\)", "object ()")))
                .containsExactlyInAnyOrder(
                        "Expecting value: line 1 column 1 (char 0)",
                        "Invalid format of headers for 'Subscription object ()'. Headers should be provided as JSON string.",
                        "Validation not passed, reason: ['Enter a valid URL.']");
        assertThat(sink.getAllServeEvents())
                .extracting(event -> event.getRequest().getUrl())
                .containsExactlyInAnyOrder(
                        "/openimis/Claim", "/openimis/ClaimEmptyHeader", "/openimis/status4", "/openimis/hfcode");
        assertThat(sink.getAllServeEvents())
                .extracting(event -> event.getRequest().getHeader("X-Bridge-Key"))
                .containsOnlyOnce("k1");
    }

    @Test
    void one_bad_lookup_silences_all_as_recorded() throws Exception {
        subscribe(OpenImisRecording.of("201").request().path("body"));
        subscribe(OpenImisRecording.of("222").request().path("body"));
        assertThat(send(OpenImisRecording.of("401"), true).status())
                .isEqualTo(OpenImisRecording.of("307")
                        .json()
                        .path("fhir_post_claim_status")
                        .asInt());
        assertThat(openImis.notifications()).isEmpty();
        assertThat(sink.getAllServeEvents()).isEmpty();
    }

    @Test
    void a_receiver_that_is_away_disturbs_nobody_as_recorded() throws Exception {
        subscribe(OpenImisRecording.of("201").request().path("body"));
        sink.stop();
        assertThat(send(OpenImisRecording.of("401"), true).status()).isEqualTo(201);
        assertThat(openImis.notifications())
                .singleElement()
                .extracting(NotificationResult::error)
                .asString()
                .startsWith("Cannot connect to host 127.0.0.1:");
    }

    @Test
    void an_older_release_refuses_claims_as_it_refuses_any_unknown_resource() throws Exception {
        openImis.claimSubscriptions(false);
        var refused = send(OpenImisRecording.of("201"), true);
        var unknown = OpenImisRecording.of("215").response();
        assertThat(refused.status()).isEqualTo(unknown.path("status").asInt());
        assertThat(refused.body()).isEqualTo(unknown.path("body").asText());
        sameBodyButFor(List.of("id"), "202");
        assertThat(openImis.subscriptions()).isEqualTo(1);
    }

    // --- helpers

    private String created(String number) throws Exception {
        var answer = send(OpenImisRecording.of(number), true);
        assertThat(answer.status()).as(number).isEqualTo(201);
        return answer.json().path("id").asText();
    }

    /** At the sink's own port. */
    private int subscribe(JsonNode sent) throws Exception {
        var body = sent.deepCopy();
        var channel = (ObjectNode) body.path("channel");
        channel.put("endpoint", channel.path("endpoint").asText().replace(":18099", ":" + sink.port()));
        return call("POST", "Subscription/", body.toString()).status();
    }

    private static OpenImisRecording about(String number, String id) {
        var path = OpenImisRecording.of(number).request().path("path").asText().split("/");
        return OpenImisRecording.of(number).about(id, path[path.length - 1]);
    }

    private static List<Boolean> successes(JsonNode rows) {
        return rows.findValues("notified_successfully").stream()
                .map(JsonNode::asBoolean)
                .toList();
    }
}
