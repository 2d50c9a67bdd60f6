package io.claimloop.kafka;

import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Without brokers each record of a page would wait for them anew, and the thread for hours. The first that waited in vain
 * ends the page.
 */
@Component("failsAtOnce")
@Profile("kafka")
class FailsAtOnce extends DefaultKafkaClientFactory {
    @Override
    public Producer<?, ?> getProducer(Properties properties) {
        return new Impatient(properties);
    }

    private static final class Impatient extends KafkaProducer<Object, Object> {
        Impatient(Properties properties) {
            super(properties);
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<Object, Object> record, Callback callback) {
            Future<RecordMetadata> sent = super.send(record, callback);
            if (sent.isDone()) {
                try {
                    sent.get();
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new KafkaException(e);
                }
            }
            return sent;
        }
    }
}
