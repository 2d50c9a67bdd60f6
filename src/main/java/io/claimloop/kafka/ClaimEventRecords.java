package io.claimloop.kafka;

import io.claimloop.intake.ClaimEvent;
import io.claimloop.intake.ClaimEvents;
import io.claimloop.kafka.RecordPositions.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Gathers what one poll brought; with its last record all of it goes to the database in one transaction, and then the
 * offsets are committed, once. Camel hands out a poll's records one after the other in the thread that polls, so nothing
 * is read on meanwhile. Where the database does not take them the consumer is set back to the first of them: they come
 * again, and nothing behind them can be committed before. A record that comes twice is one notice.
 */
@Component("claimEventRecords")
@Profile("kafka")
public class ClaimEventRecords {
    private static final Logger log = LoggerFactory.getLogger(ClaimEventRecords.class);
    private static final Duration COMMIT = Duration.ofSeconds(10);
    private static final int LONGEST_PAUSE_MS = 2000;

    /** What one consumer's poll brought so far. */
    private static final class Poll {
        private final List<ClaimEvent> events = new ArrayList<>();
        private final Map<TopicPartition, Long> first = new HashMap<>();
        private final Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        private Consumer<?, ?> consumer;
        private int failures;

        void add(Position at, ClaimEvent event) {
            if (consumer != at.consumer()) {
                // what the one before did not finish is not committed, and comes again
                forget();
                consumer = at.consumer();
            }
            events.add(event);
            first.merge(at.partition(), at.offset(), Math::min);
            next.put(at.partition(), new OffsetAndMetadata(at.offset() + 1));
        }

        void forget() {
            events.clear();
            first.clear();
            next.clear();
        }
    }

    private final ThreadLocal<Poll> polls = ThreadLocal.withInitial(Poll::new);
    private final ClaimEvents claimEvents;

    public ClaimEventRecords(ClaimEvents claimEvents) {
        this.claimEvents = claimEvents;
    }

    /** One record; throws nothing: what is thrown here, Camel would pass over. */
    public void take(Exchange exchange) {
        Message message = exchange.getMessage();
        Position at = message.getHeader(KafkaConstants.MANUAL_COMMIT, Position.class);
        Poll poll = polls.get();
        poll.add(
                at,
                new ClaimEvent(
                        at.partition().topic(),
                        at.partition().partition(),
                        at.offset(),
                        message.getHeader(KafkaConstants.KEY, byte[].class),
                        (byte[]) message.getBody()));
        if (Boolean.TRUE.equals(message.getHeader(KafkaConstants.LAST_POLL_RECORD))) {
            try {
                finish(poll);
            } finally {
                poll.forget();
            }
        }
    }

    private void finish(Poll poll) {
        try {
            claimEvents.take(poll.events);
            poll.failures = 0;
        } catch (RuntimeException | Error e) {
            poll.first.forEach(poll.consumer::seek);
            if (poll.failures++ == 0) {
                log.error(
                        "{} events of the claims topic could not be stored ({}); they stay in Kafka and are tried again.",
                        poll.events.size(),
                        e.getClass().getSimpleName());
            }
            pause(poll.failures);
            return;
        }
        try {
            poll.consumer.commitSync(poll.next, COMMIT);
        } catch (RuntimeException e) {
            // another consumer has the partition now, or the broker is away: they come again and change nothing
            log.warn(
                    "{} events of the claims topic are stored, but their offsets could not be committed ({}); they may come again.",
                    poll.events.size(),
                    e.getClass().getSimpleName());
        }
    }

    /** Far below the time after which the group would take the partitions away. */
    private static void pause(int failures) {
        try {
            TimeUnit.MILLISECONDS.sleep(Math.min(LONGEST_PAUSE_MS, 100L << Math.min(failures, 10)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
