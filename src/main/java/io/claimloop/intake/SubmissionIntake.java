package io.claimloop.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.ledger.Inbox;
import io.claimloop.ledger.ReceivedSubmission;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.WakeUp;
import io.claimloop.settings.ClaimLoopProperties;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.stereotype.Component;

/**
 * Takes submissions from CHT. What CHT pushes is stored and answered 2xx even when we cannot use it: CHT would repeat it
 * every five minutes for ever, and hold up the CHWs' other pushes meanwhile. It is then parked, with its reason.
 */
@Component("submissionIntake")
public class SubmissionIntake implements Taken {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_ID = 200;

    private final int maxBody;
    private final GroupCommit<ReceivedSubmission> commit;
    private final LongAdder taken = new LongAdder();

    public SubmissionIntake(Inbox inbox, WakeUp wakeUp, ClaimLoopProperties properties) {
        this.maxBody = properties.intake().maxBody();
        this.commit = new GroupCommit<>("submissions", properties.intake().maxWaiting(), events -> {
            inbox.receive(events);
            wakeUp.wake(EnumSet.of(Step.SUBMISSION));
        });
    }

    /** {@code 200 {"status":"stored"}} once it is on disk. */
    public Answer accept(InputStream body) {
        return Edge.take(body, maxBody, bytes -> {
            commit.store(identify(bytes));
            taken.increment();
            return Answer.stored();
        });
    }

    private static ReceivedSubmission identify(byte[] body) {
        JsonNode submission = null;
        try {
            submission = JSON.readTree(body);
        } catch (IOException e) {
            // parked later, with its reason
        }
        String reportId = submission == null ? "" : submission.path("report_id").asText("");
        UUID claim = submission == null
                ? null
                : ClaimUuids.canonical(submission.path("claim_uuid").asText("")).orElse(null);
        return new ReceivedSubmission(
                reportId.isBlank() || reportId.length() > LONGEST_ID
                        ? "unnamed-" + UUID.nameUUIDFromBytes(body)
                        : reportId.replace("\u0000", ""),
                claim,
                body);
    }

    @Override
    public long taken() {
        return taken.sum();
    }

    @Override
    public long commits() {
        return commit.commits();
    }

    @Override
    public int waiting() {
        return commit.waiting();
    }

    @PreDestroy
    void close() throws InterruptedException {
        commit.close();
    }
}
