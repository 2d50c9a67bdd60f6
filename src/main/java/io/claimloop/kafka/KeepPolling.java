package io.claimloop.kafka;

import java.util.concurrent.TimeUnit;
import org.apache.camel.component.kafka.PollExceptionStrategy;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * A poll that fails is tried again, for ever and not in a rush: a right or a password that is put right, a broker that
 * comes back, need no restart. Camel's own strategies end the consumer there, or skip a record.
 */
@Component("keepPolling")
@Profile("kafka")
class KeepPolling implements PollExceptionStrategy {
    private static final int PAUSE_MS = 2000;

    @Override
    public boolean canContinue() {
        return true;
    }

    @Override
    public void handle(long lastOffset, Exception exception) {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
