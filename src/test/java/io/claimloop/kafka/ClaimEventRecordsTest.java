package io.claimloop.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.intake.ClaimEvents;
import io.claimloop.kafka.RecordPositions.Position;
import io.claimloop.ledger.ClaimNotice;
import io.claimloop.ledger.Events;
import io.claimloop.ledger.ParkedEvent;
import io.claimloop.ledger.Reason;
import io.claimloop.support.IntakeSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

/** When offsets are committed, and when not. */
class ClaimEventRecordsTest {
    private static final TopicPartition ZERO = new TopicPartition("claims", 0);
    private static final TopicPartition ONE = new TopicPartition("claims", 1);

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>(OffsetResetStrategy.EARLIEST);
    private final List<List<ClaimNotice>> stored = new ArrayList<>();
    private final List<ParkedEvent> parked = new ArrayList<>();
    private Consumer<List<ClaimNotice>> database = notices -> {};

    private final Events events = new Events() {
        @Override
        public void store(List<ClaimNotice> notices, List<ParkedEvent> park) {
            database.accept(notices);
            if (!notices.isEmpty()) {
                stored.add(notices);
            }
            parked.addAll(park);
        }

        @Override
        public List<ParkedEvent> parked(int limit) {
            return parked;
        }
    };

    private final ClaimEventRecords records =
            new ClaimEventRecords(new ClaimEvents(events, steps -> {}, IntakeSettings.of(1000, 10)));

    @BeforeEach
    void assign() {
        consumer.assign(List.of(ZERO, ONE));
        consumer.updateBeginningOffsets(Map.of(ZERO, 0L, ONE, 0L));
        consumer.seek(ZERO, 100);
        consumer.seek(ONE, 100);
    }

    private void record(TopicPartition partition, long offset, String body, boolean last) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setHeader(KafkaConstants.MANUAL_COMMIT, new Position(consumer, partition, offset));
        exchange.getMessage().setHeader(KafkaConstants.LAST_POLL_RECORD, last);
        exchange.getMessage().setBody(body.getBytes());
        records.take(exchange);
    }

    private static String notice() {
        return "{\"id\":\"" + UUID.randomUUID() + "\"}";
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() {
        return consumer.committed(java.util.Set.of(ZERO, ONE));
    }

    @Test
    void a_poll_is_one_transaction_and_one_commit_behind_it() {
        database = notices -> assertThat(committed()).isEmpty();
        record(ZERO, 7, notice(), false);
        record(ZERO, 8, notice(), false);
        record(ONE, 3, notice(), true);
        assertThat(stored).hasSize(1);
        assertThat(stored.get(0)).hasSize(3);
        assertThat(committed()).isEqualTo(Map.of(ZERO, new OffsetAndMetadata(9), ONE, new OffsetAndMetadata(4)));
    }

    @Test
    void while_the_database_is_away_nothing_is_committed_and_the_same_records_come_again() {
        database = notices -> {
            throw new DataAccessResourceFailureException("away");
        };
        record(ZERO, 7, notice(), false);
        record(ZERO, 8, notice(), false);
        record(ONE, 3, notice(), true);
        assertThat(committed()).isEmpty();
        assertThat(consumer.position(ZERO)).isEqualTo(7);
        assertThat(consumer.position(ONE)).isEqualTo(3);
        assertThat(parked).isEmpty();

        database = notices -> {};
        record(ZERO, 7, notice(), true);
        assertThat(committed()).isEqualTo(Map.of(ZERO, new OffsetAndMetadata(8)));
    }

    @Test
    void a_poll_that_was_not_handed_out_to_its_end_is_neither_stored_nor_committed() {
        record(ZERO, 7, notice(), false);
        MockConsumer<byte[], byte[]> another = new MockConsumer<>(OffsetResetStrategy.EARLIEST);
        another.assign(List.of(ONE));
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setHeader(KafkaConstants.MANUAL_COMMIT, new Position(another, ONE, 5));
        exchange.getMessage().setHeader(KafkaConstants.LAST_POLL_RECORD, true);
        exchange.getMessage().setBody(notice().getBytes());
        records.take(exchange);
        assertThat(committed()).isEmpty();
        assertThat(stored.get(0)).hasSize(1);
    }

    @Test
    void a_commit_that_comes_too_late_for_the_group_throws_nothing() {
        MockConsumer<byte[], byte[]> late = new MockConsumer<>(OffsetResetStrategy.EARLIEST) {
            @Override
            public synchronized void commitSync(
                    Map<TopicPartition, OffsetAndMetadata> offsets, java.time.Duration limit) {
                throw new CommitFailedException();
            }
        };
        late.assign(List.of(ZERO));
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setHeader(KafkaConstants.MANUAL_COMMIT, new Position(late, ZERO, 5));
        exchange.getMessage().setHeader(KafkaConstants.LAST_POLL_RECORD, true);
        exchange.getMessage().setBody(notice().getBytes());
        records.take(exchange);
        assertThat(stored).hasSize(1);
    }

    @Test
    void an_event_that_the_database_will_never_take_is_parked_alone() {
        UUID bad = UUID.randomUUID();
        database = notices -> {
            if (notices.stream().anyMatch(notice -> notice.uuid().equals(bad))) {
                throw new DataIntegrityViolationException("never");
            }
        };
        record(ZERO, 7, notice(), false);
        record(ZERO, 8, "{\"id\":\"" + bad + "\"}", false);
        record(ZERO, 9, notice(), true);
        assertThat(stored).hasSize(2);
        assertThat(parked).singleElement().satisfies(event -> {
            assertThat(event.offset()).isEqualTo(8);
            assertThat(event.claim()).isEqualTo(bad);
            assertThat(event.reason()).isEqualTo(Reason.UNEXPECTED);
        });
        assertThat(committed()).isEqualTo(Map.of(ZERO, new OffsetAndMetadata(10)));
    }

    @Test
    void what_is_unreadable_or_too_large_is_parked_and_the_offset_goes_on() {
        record(ZERO, 7, "rubbish", false);
        record(ZERO, 8, "{\"a\":\"" + "x".repeat(2000) + "\"}", true);
        assertThat(parked)
                .extracting(ParkedEvent::reason)
                .containsExactly(Reason.EVENT_UNREADABLE, Reason.EVENT_TOO_LARGE);
        assertThat(committed()).isEqualTo(Map.of(ZERO, new OffsetAndMetadata(9)));
    }
}
