package io.claimloop.intake;

import io.claimloop.ledger.ClaimNotice;
import io.claimloop.ledger.ReceivedSubmission;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.support.LedgerInMemory;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What the edges make of a body, without HTTP. */
public final class Identified {
    private Identified() {}

    public static List<ClaimNotice> notices(String body) throws InterruptedException {
        LedgerInMemory inbox = new LedgerInMemory();
        ClaimIntake intake = new ClaimIntake(inbox, steps -> {}, properties());
        intake.accept(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        intake.close();
        return inbox.notices;
    }

    public static ReceivedSubmission submission(String body) throws InterruptedException {
        LedgerInMemory inbox = new LedgerInMemory();
        SubmissionIntake intake = new SubmissionIntake(inbox, steps -> {}, properties());
        intake.accept(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        intake.close();
        return inbox.submissions.get(0);
    }

    private static ClaimLoopProperties properties() {
        return new Binder(new MapConfigurationPropertySource(
                        Map.of("claimloop.intake.openimis-token", "a", "claimloop.intake.cht-token", "b")))
                .bind("claimloop", ClaimLoopProperties.class)
                .get();
    }
}
