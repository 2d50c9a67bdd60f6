package io.claimloop.kafka;

import org.apache.camel.component.kafka.consumer.CommitManager;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.camel.component.kafka.consumer.KafkaManualCommitFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Tells each exchange where its record stands and which consumer read it. That it is none of Camel's own factories matters:
 * with those Camel commits after each partition what it has handed out, failed or not (4.17, {@code SyncCommitManager});
 * with any other it commits nothing by itself.
 */
@Component("recordPositions")
@Profile("kafka")
class RecordPositions implements KafkaManualCommitFactory {

    record Position(Consumer<?, ?> consumer, TopicPartition partition, long offset) implements KafkaManualCommit {
        @Override
        public void commit() {
            throw new UnsupportedOperationException("offsets are committed by the batch, after the database");
        }
    }

    @Override
    public KafkaManualCommit newInstance(
            CamelExchangePayload exchange, KafkaRecordPayload record, CommitManager manager) {
        return new Position(exchange.consumer, record.partition, record.recordOffset);
    }
}
