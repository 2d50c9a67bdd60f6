package io.claimloop.kafka;

import io.claimloop.settings.ClaimLoopProperties;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Are the brokers there, and both topics; how far is the reading behind? Says what changed, once. */
@Component("kafkaWatch")
@Profile("kafka")
public class KafkaWatch {
    private static final Logger log = LoggerFactory.getLogger(KafkaWatch.class);
    private static final int PATIENCE_MS = 5000;
    static final String REACHABLE = "reachable";

    private final CamelContext camel;
    private final ClaimLoopProperties.Kafka settings;
    private Admin admin;
    private volatile String condition = "not looked at yet";
    private volatile boolean degraded;
    private volatile long lag = -1;

    public KafkaWatch(@Lazy CamelContext camel, ClaimLoopProperties properties, MeterRegistry meters) {
        this.camel = camel;
        this.settings = properties.kafka();
        Gauge.builder("claimloop.kafka.lag", this, KafkaWatch::lag)
                .description("events of the claims topic that were not taken yet; -1 when not known")
                .register(meters);
    }

    /** One look; makes what is missing where it may. */
    public synchronized void look() {
        try {
            List<String> missing = missing();
            if (!missing.isEmpty() && settings.createTopics()) {
                missing = create(missing);
            }
            if (missing.isEmpty()) {
                lag = settings.claims().enabled() ? knownLag() : -1;
                now(REACHABLE, false, "Kafka is reachable, and its topics are there.");
            } else {
                now(
                        "topic missing: " + String.join(", ", missing),
                        true,
                        "Kafka has no topic " + missing
                                + ". Make it (kafka-topics.sh --create --topic … --partitions " + settings.partitions()
                                + "), or set claimloop.kafka.create-topics=true and let ClaimLoop's account create topics.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            String what = cause.getClass().getSimpleName();
            lag = -1;
            now(
                    "away (" + what + ")",
                    true,
                    "Kafka does not answer as it should (" + what
                            + "). Claims are taken by HTTP all the same, loop events wait in the history; check"
                            + " camel.component.kafka.brokers and its security settings if it stays so.");
        }
    }

    private void now(String what, boolean bad, String sentence) {
        if (!what.equals(condition)) {
            log.atLevel(bad ? org.slf4j.event.Level.WARN : org.slf4j.event.Level.INFO)
                    .log(sentence);
        }
        condition = what;
        degraded = bad;
    }

    private Admin admin() {
        if (admin == null) {
            KafkaConfiguration configuration =
                    camel.getComponent("kafka", KafkaComponent.class).getConfiguration();
            Properties all = configuration.createProducerProperties();
            Properties wanted = new Properties();
            // what says how brokers are spoken to is the same for each of Kafka's clients
            all.forEach((name, value) -> {
                if (AdminClientConfig.configNames().contains(String.valueOf(name))) {
                    wanted.put(name, value);
                }
            });
            wanted.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, configuration.getBrokers());
            wanted.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MS / 2);
            wanted.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MS);
            admin = Admin.create(wanted);
        }
        return admin;
    }

    private static <T> T get(KafkaFuture<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(2L * PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    private List<String> topics() {
        return Stream.of(
                        settings.claims().enabled() ? settings.claims().topic() : null,
                        settings.events().enabled() ? settings.events().topic() : null)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private List<String> missing() throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, KafkaFuture<TopicDescription>> told =
                admin().describeTopics(topics()).topicNameValues();
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : told.entrySet()) {
            try {
                get(topic.getValue());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                missing.add(topic.getKey());
            }
        }
        return missing;
    }

    /** Those that could not be made; a new one is known everywhere a little later. */
    private List<String> create(List<String> wanted) throws InterruptedException, TimeoutException {
        List<String> missing = new ArrayList<>();
        for (String topic : wanted) {
            try {
                get(admin().createTopics(List.of(new NewTopic(
                                topic,
                                Optional.of(settings.partitions()),
                                Optional.ofNullable(settings.replication()))))
                        .all());
                log.info("Topic {} was made, with {} partitions.", topic, settings.partitions());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    missing.add(topic);
                    log.warn(
                            "Topic {} could not be made ({}).",
                            topic,
                            e.getCause().getClass().getSimpleName());
                }
            }
        }
        return missing;
    }

    /** A topic that was just made is not known everywhere yet. */
    private long knownLag() throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return behind();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return -1;
            }
            throw e;
        }
    }

    private long behind() throws InterruptedException, ExecutionException, TimeoutException {
        String topic = settings.claims().topic();
        List<TopicPartition> partitions =
                get(admin().describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().stream()
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .toList();
        Map<TopicPartition, OffsetAndMetadata> committed =
                get(admin().listConsumerGroupOffsets(settings.claims().group()).partitionsToOffsetAndMetadata());
        Map<TopicPartition, OffsetSpec> ask = new HashMap<>();
        partitions.forEach(partition -> ask.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                get(admin().listOffsets(ask).all());
        List<TopicPartition> never = partitions.stream()
                .filter(partition -> committed.get(partition) == null)
                .toList();
        Map<TopicPartition, ListOffsetsResultInfo> begins = never.isEmpty()
                ? Map.of()
                : get(admin().listOffsets(never.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.earliest())))
                        .all());
        return partitions.stream()
                .mapToLong(partition -> ends.get(partition).offset()
                        - (committed.get(partition) == null
                                ? begins.get(partition).offset()
                                : committed.get(partition).offset()))
                .map(behind -> Math.max(0, behind))
                .sum();
    }

    /** In a word: {@code reachable}, {@code away (…)}, {@code topic missing: …}. */
    public String condition() {
        return condition;
    }

    /** Whether health should say so. */
    public boolean degraded() {
        return degraded;
    }

    /** Events of the claims topic that were not taken yet; -1 when not known. */
    public long lag() {
        return lag;
    }

    @PreDestroy
    synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(2));
        }
    }
}
