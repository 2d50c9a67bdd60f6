package io.claimloop.kafka;

import static io.claimloop.support.KafkaClients.LIMIT;
import static io.claimloop.support.KafkaClients.bytes;
import static io.claimloop.support.KafkaWorld.CHT;
import static io.claimloop.support.KafkaWorld.CLAIMS;
import static io.claimloop.support.KafkaWorld.GROUP;
import static io.claimloop.support.KafkaWorld.KAFKA;
import static io.claimloop.support.KafkaWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.support.Journey;
import io.claimloop.support.KafkaWorld;
import io.claimloop.support.KafkaWorld.KafkaWorldTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Claim events in, over a real broker. */
@KafkaWorldTest
class ClaimEventsInTest {
    @Autowired
    private Journey journey;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private CamelContext camel;

    @BeforeEach
    void withBroker() {
        KafkaWorld.broker();
    }

    private static String row(String uuid, String legacy) {
        return "{\"ClaimID\":7,\"ClaimUUID\":\"" + uuid + "\",\"ClaimCode\":\"K7\",\"ClaimStatus\":4,\"LegacyID\":"
                + legacy + ",\"Explanation\":\"Joseph Macintyre was there\",\"ValidityTo\":null}";
    }

    private static String change(String op, String before, String after) {
        return "{\"before\":" + before + ",\"after\":" + after
                + ",\"source\":{\"connector\":\"postgresql\",\"schema\":\"public\",\"table\":\"tblClaim\"},\"op\":\""
                + op
                + "\",\"ts_ms\":1795313726361}";
    }

    private int messages(String uuid) {
        return jdbc.queryForObject(
                "select count(*) from message where kind = 'NOTICE' and subject = ?", Integer.class, uuid);
    }

    private int loops(List<String> uuids) {
        return jdbc.queryForObject(
                "select count(*) from loop where uuid = any(?::uuid[])",
                Integer.class,
                "{" + String.join(",", uuids) + "}");
    }

    private JsonNode parkedAt(RecordMetadata at) {
        for (JsonNode line : journey.get("/api/parked-events?limit=500").json()) {
            if (line.path("partition").asInt() == at.partition()
                    && line.path("offset").asLong() == at.offset()) {
                return line;
            }
        }
        return null;
    }

    @Test
    void an_application_without_its_broker_starts_takes_notices_and_says_so() {
        KafkaWorld.WithoutBroker seen = KafkaWorld.broker();
        assertThat(seen.condition()).startsWith("away (");
        assertThat(seen.notice()).isEqualTo(200);
        assertThat(seen.health()).contains("\"status\":\"DEGRADED\"");
    }

    @Test
    void each_form_of_event_ends_in_a_task() {
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            claims.add(journey.claim());
        }
        String wrapped = "{\"schema\":{\"type\":\"struct\"},\"payload\":"
                + change(
                        "u",
                        row(claims.get(2).uuid(), "null"),
                        row(claims.get(2).uuid(), "null")) + "}";
        List<String> events = List.of(
                OPENIMIS.notificationOf(claims.get(0)),
                "{\"resourceType\":\"Claim\",\"id\":\"" + claims.get(1).uuid() + "\"}",
                wrapped,
                change("c", "null", row(claims.get(3).uuid(), "null")),
                row(claims.get(4).uuid(), "null"));
        for (int i = 0; i < events.size(); i++) {
            KAFKA.write(CLAIMS, claims.get(i).uuid(), events.get(i));
        }
        claims.forEach(claim -> journey.reaches(claim, State.TASKED));
        assertThat(claims)
                .allMatch(claim -> CHT.effects().stream()
                                .filter(effect -> claim.uuid().equals(effect.claimUuid()))
                                .count()
                        == 1);
    }

    @Test
    void of_a_row_nothing_is_kept_but_the_uuid() {
        String uuid = UUID.randomUUID().toString();
        KAFKA.write(CLAIMS, uuid, change("u", "null", row(uuid, "null")));
        KAFKA.write(
                CLAIMS, uuid, change("u", row(uuid, "null"), row(uuid, "null").replace("K7", "K8")));
        await().atMost(LIMIT).until(() -> messages(uuid) == 1);
        KAFKA.awaitTaken(GROUP, CLAIMS);
        assertThat(jdbc.queryForMap("select times, length(body) as sealed from message where subject = ?", uuid))
                .containsEntry("times", 2)
                // nonce, tag, and the short text
                .containsEntry("sealed", 28 + ("{\"resourceType\":\"Claim\",\"id\":\"" + uuid + "\"}").length());
    }

    @Test
    void what_is_no_claim_is_passed_over_and_not_parked() throws Exception {
        String history = UUID.randomUUID().toString();
        String items = UUID.randomUUID().toString();
        long before = jdbc.queryForObject("select count(*) from parked_event", Long.class);
        // openIMIS keeps a copy of each row that it changes, under a new UUID
        KAFKA.write(CLAIMS, history, change("c", "null", row(history, "7")));
        KAFKA.write(CLAIMS, items, change("c", "null", row(items, "null")).replace("tblClaim", "tblClaimItems"));
        KAFKA.write(CLAIMS, "{\"ClaimID\":7}", null);
        KAFKA.write(CLAIMS, "{\"schema\":null,\"payload\":{\"ClaimID\":7}}", "{\"schema\":null,\"payload\":null}");
        KAFKA.awaitTaken(GROUP, CLAIMS);
        assertThat(loops(List.of(history, items))).isZero();
        assertThat(jdbc.queryForObject("select count(*) from parked_event", Long.class))
                .isEqualTo(before);
    }

    @Test
    void a_deleted_row_and_a_tombstone_under_the_uuid_have_the_claim_looked_at() {
        Claim deleted = journey.claim();
        Claim gone = journey.claim();
        KAFKA.write(CLAIMS, deleted.uuid(), change("d", row(deleted.uuid(), "null"), "null"));
        KAFKA.write(CLAIMS, gone.uuid(), null);
        journey.reaches(deleted, State.TASKED);
        journey.reaches(gone, State.TASKED);
    }

    @Test
    void poison_is_parked_where_operators_see_it_and_the_others_go_on() {
        Map<String, String> poison = Map.of(
                "{",
                "EVENT_UNREADABLE",
                "[1]",
                "EVENT_UNREADABLE",
                "Joseph Macintyre",
                "EVENT_UNREADABLE",
                "{\"resourceType\":\"Patient\",\"id\":\"" + UUID.randomUUID() + "\"}",
                "EVENT_UNREADABLE",
                "{\"resourceType\":\"Claim\",\"id\":\"CHT083\"}",
                "EVENT_UNREADABLE",
                "[".repeat(5000),
                "EVENT_UNREADABLE",
                change("d", "{\"ClaimID\":7,\"ClaimUUID\":null}", "null"),
                "EVENT_UNREADABLE",
                "{\"resourceType\":\"Claim\",\"text\":\"" + "x".repeat(KafkaWorld.MAX_BODY) + "\"}",
                "EVENT_TOO_LARGE");
        String key = UUID.randomUUID().toString();
        Map<RecordMetadata, String> expected = new HashMap<>();
        List<String> good = new ArrayList<>();
        poison.forEach((value, reason) -> {
            expected.put(KAFKA.write(CLAIMS, key, value), reason);
            good.add(UUID.randomUUID().toString());
            KAFKA.write(CLAIMS, key, "{\"id\":\"" + good.get(good.size() - 1) + "\"}");
        });
        KAFKA.awaitTaken(GROUP, CLAIMS);

        assertThat(loops(good)).isEqualTo(good.size());
        expected.forEach((at, reason) -> {
            JsonNode line = parkedAt(at);
            assertThat(line).as("parked at %s", at).isNotNull();
            assertThat(line.path("reason").asText()).isEqualTo(reason);
            assertThat(line.path("whatYouCanDo").asText()).isNotBlank();
            assertThat(line.toString()).doesNotContain("Joseph").doesNotContain("CHT083");
        });
    }

    @Test
    void duplicates_in_any_order_are_one_loop_and_one_task() throws Exception {
        List<Claim> claims = new ArrayList<>();
        List<String> events = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Claim claim = journey.claim();
            claims.add(claim);
            for (int times = 0; times < 10; times++) {
                events.add(OPENIMIS.notificationOf(claim));
                events.add(change("u", "null", row(claim.uuid(), "null")));
            }
        }
        Collections.shuffle(events, new Random(7));
        List<Future<RecordMetadata>> written = new ArrayList<>();
        // without a key: over all partitions, so in no order
        events.forEach(event -> written.add(KAFKA.write(new ProducerRecord<>(CLAIMS, bytes(event)))));
        for (Future<RecordMetadata> one : written) {
            one.get();
        }
        claims.forEach(claim -> journey.reaches(claim, State.TASKED));
        KAFKA.awaitTaken(GROUP, CLAIMS);
        claims.forEach(claim -> {
            assertThat(messages(claim.uuid())).isEqualTo(2);
            assertThat(CHT.effects().stream()
                            .filter(effect -> claim.uuid().equals(effect.claimUuid()))
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void headers_of_a_record_steer_nothing() throws Exception {
        String uuid = UUID.randomUUID().toString();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(CLAIMS, bytes(uuid), bytes("{\"id\":\"" + uuid + "\"}"));
        for (String name : List.of(
                "kafka.OVERRIDE_TOPIC",
                "kafka.LAST_POLL_RECORD",
                "kafka.KEY",
                "CamelKafkaManualCommit",
                "camelkafkamanualcommit",
                "CamelKafkaOverrideTopic",
                "CamelHttpUri",
                "CAmelHttpPath",
                "CamelBeanMethodName",
                "Long-Running-Action")) {
            record.headers().add(new RecordHeader(name, bytes("openimis.elsewhere")));
        }
        KAFKA.write(record).get();
        KAFKA.awaitTaken(GROUP, CLAIMS);
        assertThat(loops(List.of(uuid))).isEqualTo(1);
        try (var admin = KAFKA.admin()) {
            assertThat(admin.listTopics().names().get()).doesNotContain("openimis.elsewhere");
        }
        assertThat(KAFKA.readAll(KafkaWorld.LOOPS))
                .allSatisfy(event ->
                        assertThat(event.headers().lastHeader("CamelHttpUri")).isNull());
    }

    /** As after a kill between the database's commit and that of the offsets. */
    @Test
    void events_whose_offsets_were_not_committed_come_again_and_change_nothing() throws Exception {
        List<String> uuids = write(50);
        KAFKA.awaitTaken(GROUP, CLAIMS);
        Map<TopicPartition, Long> back = new HashMap<>();
        KAFKA.committed(GROUP, CLAIMS).forEach((partition, offset) -> back.put(partition, Math.max(0, offset - 60)));
        camel.getRouteController().stopRoute("claim-events");
        KAFKA.commitInstead(GROUP, back);
        camel.getRouteController().startRoute("claim-events");
        await().atMost(LIMIT).until(() -> uuids.stream()
                .allMatch(uuid -> jdbc.queryForObject(
                                "select coalesce(sum(times), 0) from message where subject = ?", Integer.class, uuid)
                        > 1));
        KAFKA.awaitTaken(GROUP, CLAIMS);
        assertThat(jdbc.queryForObject(
                        "select count(*) from history where seq = 0 and loop_uuid = any(?::uuid[])",
                        Integer.class,
                        "{" + String.join(",", uuids) + "}"))
                .isEqualTo(50);
    }

    @Test
    void an_offset_that_the_topic_does_not_have_reads_all_that_is_there() throws Exception {
        write(3);
        KAFKA.awaitTaken(GROUP, CLAIMS);
        Map<TopicPartition, Long> beyond = new HashMap<>();
        KAFKA.ends(CLAIMS).keySet().forEach(partition -> beyond.put(partition, 1_000_000L));
        camel.getRouteController().stopRoute("claim-events");
        KAFKA.commitInstead(GROUP, beyond);
        List<String> meanwhile = write(10);
        camel.getRouteController().startRoute("claim-events");
        KAFKA.awaitTaken(GROUP, CLAIMS);
        assertThat(loops(meanwhile)).isEqualTo(10);
    }

    @Test
    void consumers_that_come_and_go_in_the_middle_lose_no_event() throws Exception {
        List<String> uuids = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            uuids.addAll(write(200));
            try (KafkaConsumer<byte[], byte[]> other = KAFKA.member(GROUP)) {
                other.subscribe(List.of(CLAIMS));
                await().atMost(LIMIT).until(() -> {
                    other.poll(Duration.ofMillis(100));
                    return !other.assignment().isEmpty();
                });
                uuids.addAll(write(200));
                // it reads some, and leaves without a commit
                other.poll(Duration.ofMillis(500));
            }
        }
        KAFKA.awaitTaken(GROUP, CLAIMS);
        assertThat(loops(uuids)).isEqualTo(uuids.size());
    }

    private static List<String> write(int count) throws Exception {
        List<String> uuids = new ArrayList<>();
        List<Future<RecordMetadata>> written = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String uuid = UUID.randomUUID().toString();
            uuids.add(uuid);
            written.add(KAFKA.write(new ProducerRecord<>(
                    CLAIMS, bytes(uuid), bytes("{\"resourceType\":\"Claim\",\"id\":\"" + uuid + "\"}"))));
        }
        for (Future<RecordMetadata> one : written) {
            one.get();
        }
        return uuids;
    }
}
