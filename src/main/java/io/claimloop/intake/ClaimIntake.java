package io.claimloop.intake;

import io.claimloop.ledger.ClaimNotice;
import io.claimloop.ledger.Inbox;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.WakeUp;
import io.claimloop.settings.ClaimLoopProperties;
import jakarta.annotation.PreDestroy;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.stereotype.Component;

/** Takes claim notices: finds out which claims they are about, stores them, answers. */
@Component("claimIntake")
public class ClaimIntake implements Taken {
    private final int maxBody;
    private final GroupCommit<List<ClaimNotice>> commit;
    private final LongAdder taken = new LongAdder();

    public ClaimIntake(Inbox inbox, WakeUp wakeUp, ClaimLoopProperties properties) {
        this.maxBody = properties.intake().maxBody();
        this.commit = new GroupCommit<>("claim-notices", properties.intake().maxWaiting(), events -> {
            inbox.record(events.stream().flatMap(List::stream).toList());
            wakeUp.wake(EnumSet.of(Step.CHECK, Step.DISPATCH, Step.WATCH));
        });
    }

    /** {@code 200 {"status":"accepted","claims":1}} once it is on disk; otherwise JSON with field, reason and hint. */
    public Answer accept(InputStream body) {
        return Edge.take(body, maxBody, bytes -> {
            List<ClaimNotice> notices = notices(bytes);
            commit.store(notices);
            taken.add(notices.size());
            return Answer.accepted("accepted", notices.size());
        });
    }

    static List<ClaimNotice> notices(byte[] bytes) throws UnreadableNoticeException {
        List<ClaimIdentity.Identity> claims = ClaimIdentity.of(bytes);
        byte[] withTheFirst = claims.size() == 1 ? bytes : storedWith(claims.get(0));
        return claims.stream()
                .map(claim -> new ClaimNotice(
                        claim.uuid(), claim.spelling(), claim.code(), claim == claims.get(0) ? bytes : withTheFirst))
                .toList();
    }

    /** A Bundle is kept once, with its first claim. */
    private static byte[] storedWith(ClaimIdentity.Identity first) {
        return ("{\"storedWith\":\"" + first.uuid() + "\"}").getBytes(StandardCharsets.UTF_8);
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
