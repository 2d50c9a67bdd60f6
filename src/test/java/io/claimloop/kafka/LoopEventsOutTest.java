package io.claimloop.kafka;

import static io.claimloop.support.KafkaClients.LIMIT;
import static io.claimloop.support.KafkaWorld.BROKER;
import static io.claimloop.support.KafkaWorld.CHT;
import static io.claimloop.support.KafkaWorld.CLAIMS;
import static io.claimloop.support.KafkaWorld.GROUP;
import static io.claimloop.support.KafkaWorld.KAFKA;
import static io.claimloop.support.KafkaWorld.LOOPS;
import static io.claimloop.support.KafkaWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Insuree;
import io.claimloop.support.Journey;
import io.claimloop.support.KafkaWorld;
import io.claimloop.support.KafkaWorld.KafkaWorldTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Loop events out, over a real broker. */
@KafkaWorldTest
class LoopEventsOutTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Autowired
    private Journey journey;

    @Autowired
    private Loops loops;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private KafkaWatch watch;

    @Autowired
    private CamelContext camel;

    @BeforeEach
    void withBroker() {
        KafkaWorld.broker();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** The seqs of each claim in the order in which the topic has them, copies left out. */
    private static Map<String, List<Integer>> published() {
        Map<String, LinkedHashSet<Integer>> seqs = new HashMap<>();
        for (ConsumerRecord<String, String> event : KAFKA.readAll(LOOPS)) {
            JsonNode data = json(event.value()).path("data");
            assertThat(event.key()).isEqualTo(data.path("uuid").asText());
            seqs.computeIfAbsent(event.key(), key -> new LinkedHashSet<>())
                    .add(data.path("seq").asInt());
        }
        Map<String, List<Integer>> all = new HashMap<>();
        seqs.forEach((claim, lines) -> all.put(claim, new ArrayList<>(lines)));
        return all;
    }

    /** The whole ledger, as the topic should have it. */
    private Map<String, List<Integer>> history() {
        Map<String, List<Integer>> all = new HashMap<>();
        jdbc.query("select loop_uuid, seq from history order by loop_uuid, seq", row -> {
            all.computeIfAbsent(row.getString("loop_uuid"), key -> new ArrayList<>())
                    .add(row.getInt("seq"));
        });
        return all;
    }

    /** All that is there now; others go on meanwhile, and their lines follow. */
    private void awaitAllPublished() {
        Map<String, List<Integer>> now = history();
        await("each line of the history, in its order").atMost(LIMIT).until(() -> {
            Map<String, List<Integer>> published = published();
            return now.entrySet().stream()
                    .allMatch(loop -> beginsWith(published.getOrDefault(loop.getKey(), List.of()), loop.getValue()));
        });
        // without a gap, in order
        published().forEach((claim, seqs) -> assertThat(seqs)
                .as(claim)
                .isEqualTo(IntStream.range(0, seqs.size()).boxed().toList()));
    }

    private static boolean beginsWith(List<Integer> all, List<Integer> first) {
        return all.size() >= first.size() && all.subList(0, first.size()).equals(first);
    }

    @Test
    void each_line_of_the_history_is_an_event_and_fits_the_schema() throws IOException {
        JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(Path.of("docs", "api", "loop-event.schema.json")));
        Insuree insuree = journey.person("Verysecretname", "Unheardof");
        Claim claim = journey.claim(insuree);
        KAFKA.write(CLAIMS, claim.uuid(), OPENIMIS.notificationOf(claim));
        journey.reaches(claim, State.TASKED);
        CHT.submit(claim.uuid(), Answer.content());
        journey.reaches(claim, State.DELIVERED);
        journey.order("/api/loops/" + claim.uuid() + "/retry");

        await().atMost(LIMIT)
                .until(() -> published().getOrDefault(claim.uuid(), List.of()).size()
                        == loops.history(UUID.fromString(claim.uuid())).size());
        List<ConsumerRecord<String, String>> events = KAFKA.readAll(LOOPS);
        for (ConsumerRecord<String, String> event : events) {
            assertThat(schema.validate(json(event.value()))).as(event.value()).isEmpty();
            assertThat(new String(event.headers().lastHeader("content-type").value(), StandardCharsets.UTF_8))
                    .startsWith("application/cloudevents+json");
            assertThat(event.value())
                    .doesNotContain("Verysecretname")
                    .doesNotContain(insuree.chfId())
                    .doesNotContain("operator");
        }
        List<JsonNode> ours = events.stream()
                .filter(event -> event.key().equals(claim.uuid()))
                .map(event -> json(event.value()))
                .toList();
        assertThat(ours)
                .extracting(event -> event.at("/data/to").asText())
                .startsWith("NOTICED", "SELECTED", "TASKED", "ANSWERED", "DELIVERED");
        assertThat(ours).allMatch(event -> event.at("/data/code").asText().equals(claim.code()));
        assertThat(ours).extracting(event -> event.at("/data/cause").asText()).contains("retried");
    }

    @Test
    void all_of_the_history_comes_at_least_once_and_each_loop_in_its_order() {
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Claim claim = journey.claim();
            claims.add(claim);
            journey.notice(claim);
        }
        claims.forEach(claim -> journey.reaches(claim, State.TASKED));
        awaitAllPublished();
    }

    @Test
    void what_keeps_kafkas_clients_patient_and_impatient_is_in_use() {
        KafkaComponent component = camel.getComponent("kafka", KafkaComponent.class);
        assertThat(component.getPollExceptionStrategy()).isInstanceOf(KeepPolling.class);
        assertThat(camel.getEndpoints().stream()
                        .filter(KafkaEndpoint.class::isInstance)
                        .map(KafkaEndpoint.class::cast)
                        .filter(endpoint ->
                                endpoint.getConfiguration().getTopic().equals(LOOPS)))
                .singleElement()
                .satisfies(
                        endpoint -> assertThat(endpoint.getKafkaClientFactory()).isInstanceOf(FailsAtOnce.class));
    }

    @Test
    void while_the_broker_is_away_claims_go_on_and_nothing_is_lost() {
        awaitAllPublished();
        BROKER.stop();
        Claim claim = journey.claim();
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);
        await().atMost(LIMIT).until(watch::degraded);
        Journey.Response health = journey.get("/actuator/health");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.json().at("/components/kafka/status").asText()).isEqualTo("DEGRADED");
        assertThat(journey.get("/actuator/health/readiness").status()).isEqualTo(200);

        BROKER.start();
        Claim after = journey.claim();
        KAFKA.write(CLAIMS, after.uuid(), OPENIMIS.notificationOf(after));
        await("taken after the broker came back").atMost(LIMIT).until(() -> journey.find(after.uuid()) != null);
        journey.reaches(after, State.TASKED);
        KAFKA.awaitTaken(GROUP, CLAIMS);
        awaitAllPublished();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(journey.get("/actuator/health")
                        .json()
                        .at("/components/kafka/status")
                        .asText())
                .isEqualTo("UP"));
        await().atMost(LIMIT).until(() -> watch.lag() == 0);
    }
}
