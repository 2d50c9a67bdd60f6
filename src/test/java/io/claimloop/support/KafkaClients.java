package io.claimloop.support;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What tests ask of a broker: write, read all, look at a group, set it back. */
public final class KafkaClients {
    public static final Duration LIMIT = Duration.ofSeconds(120);

    private final String address;
    private KafkaProducer<byte[], byte[]> producer;

    public KafkaClients(String address) {
        this.address = address;
    }

    public synchronized Future<RecordMetadata> write(ProducerRecord<byte[], byte[]> record) {
        if (producer == null) {
            producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", address, "acks", "all", "linger.ms", "5", "max.block.ms", "120000"),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
        }
        return producer.send(record);
    }

    /** Written when it returns. */
    public RecordMetadata write(String topic, String key, String value) {
        try {
            return write(new ProducerRecord<>(topic, bytes(key), bytes(value))).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", address));
    }

    public KafkaConsumer<byte[], byte[]> member(String group) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", address,
                        "group.id", group,
                        "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest",
                        "partition.assignment.strategy", "org.apache.kafka.clients.consumer.RangeAssignor"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** All that the topic holds now, each partition in its order. */
    public List<ConsumerRecord<String, String>> readAll(String topic) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", address), new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, String>> all = new ArrayList<>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
            return all;
        }
    }

    /** All of the topic is taken: the group's committed offsets are its ends. */
    public void awaitTaken(String group, String topic) {
        await("all of " + topic + " is taken")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> committed(group, topic).equals(ends(topic)));
    }

    public Map<TopicPartition, Long> ends(String topic) throws Exception {
        try (Admin admin = admin()) {
            Map<TopicPartition, OffsetSpec> ask = new HashMap<>();
            admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .forEach(p -> ask.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest()));
            Map<TopicPartition, Long> ends = new HashMap<>();
            admin.listOffsets(ask).all().get().forEach((partition, info) -> {
                if (info.offset() > 0) {
                    ends.put(partition, info.offset());
                }
            });
            return ends;
        }
    }

    public Map<TopicPartition, Long> committed(String group, String topic) throws Exception {
        try (Admin admin = admin()) {
            Map<TopicPartition, Long> committed = new HashMap<>();
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> {
                        if (offset != null && partition.topic().equals(topic) && offset.offset() > 0) {
                            committed.put(partition, offset.offset());
                        }
                    });
            return committed;
        }
    }

    /** As if other offsets had been committed; the group must have no member. */
    public void commitInstead(String group, Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
        offsets.forEach((partition, offset) -> all.put(partition, new OffsetAndMetadata(offset)));
        await().atMost(LIMIT).ignoreExceptions().until(() -> {
            try (Admin admin = admin()) {
                admin.alterConsumerGroupOffsets(group, all).all().get();
                return true;
            }
        });
    }
}
