package io.claimloop.kafka;

import static io.claimloop.support.KafkaClients.bytes;
import static io.claimloop.support.KafkaWorld.CLAIMS;
import static io.claimloop.support.KafkaWorld.GROUP;
import static io.claimloop.support.KafkaWorld.KAFKA;
import static io.claimloop.support.KafkaWorld.LOOPS;
import static org.awaitility.Awaitility.await;

import io.claimloop.support.KafkaWorld;
import io.claimloop.support.KafkaWorld.KafkaWorldTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Events a second, in and out; broker, database, application and generator in one machine. Not part of the build: its name
 * is none of a test. Run it by {@code ./mvnw test -Dtest=KafkaMeasurement -Dkafka.events=20000}.
 */
@KafkaWorldTest
class KafkaMeasurement {
    private static final int EVENTS = Integer.getInteger("kafka.events", 20_000);
    private static final Duration LIMIT = Duration.ofMinutes(20);

    @Autowired
    private CamelContext camel;

    @Autowired
    private JdbcTemplate jdbc;

    @Test
    void events_a_second() throws Exception {
        KafkaWorld.broker();
        String first = UUID.randomUUID().toString();
        KAFKA.write(CLAIMS, first, "{\"id\":\"" + first + "\"}");
        KAFKA.awaitTaken(GROUP, CLAIMS);
        // what is taken is not worked on: only taking is measured
        for (String worker : List.of("check-worker", "claim-head-clock")) {
            if (camel.getRoute(worker) != null) {
                camel.getRouteController().stopRoute(worker);
            }
        }
        camel.getRouteController().stopRoute("loop-events");
        camel.getRouteController().stopRoute("claim-events");
        List<Future<RecordMetadata>> written = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            String uuid = UUID.randomUUID().toString();
            written.add(KAFKA.write(new ProducerRecord<>(
                    CLAIMS, bytes(uuid), bytes("{\"resourceType\":\"Claim\",\"id\":\"" + uuid + "\"}"))));
        }
        for (Future<RecordMetadata> one : written) {
            one.get();
        }
        long begin = System.nanoTime();
        camel.getRouteController().startRoute("claim-events");
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).until(() -> KAFKA.committed(GROUP, CLAIMS)
                .equals(KAFKA.ends(CLAIMS)));
        say("in", EVENTS, begin);

        int before = KAFKA.readAll(LOOPS).size();
        int lines = jdbc.queryForObject("select count(*) from history", Integer.class);
        begin = System.nanoTime();
        camel.getRouteController().startRoute("loop-events");
        await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> KAFKA.ends(LOOPS).values().stream()
                                .mapToLong(Long::longValue)
                                .sum()
                        >= lines);
        say("out", lines - before, begin);
    }

    private static void say(String what, int events, long begin) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("Kafka %s: %d events in %.1f s, %.0f a second%n", what, events, seconds, events / seconds);
    }
}
