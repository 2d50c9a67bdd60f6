package io.claimloop;

import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.support.ClaimLoopTest;
import java.time.Duration;
import java.time.LocalDate;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;

@ClaimLoopTest
class ClaimWatchTest {
    private static final AtomicInteger VISITS = new AtomicInteger();
    private static final Duration SOON = Duration.ofSeconds(20);

    @Autowired
    private Loops loops;

    enum Ending {
        REJECTED(OPENIMIS::reject, Reason.CLAIM_REJECTED),
        DELETED(OPENIMIS::delete, Reason.CLAIM_DELETED),
        BYPASSED(OPENIMIS::bypassFeedback, Reason.FEEDBACK_BYPASSED),
        ANSWERED(
                claim -> {
                    OPENIMIS.deliverFeedback(claim, true, false, false, false, 3);
                    return claim;
                },
                Reason.ANSWERED_BY_SOMEBODY_ELSE);

        private final UnaryOperator<Claim> happens;
        private final Reason reason;

        Ending(UnaryOperator<Claim> happens, Reason reason) {
            this.happens = happens;
            this.reason = reason;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_claim_that_ends_in_openimis_while_its_task_is_open_withdraws_the_task(Ending ending) {
        Claim claim = tasked("WATCH-" + ending);

        ending.happens.apply(claim);
        OPENIMIS.sendNotification(claim);

        assertThat(reaches(claim, State.WITHDRAWN).reason()).isEqualTo(ending.reason);
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        record(claim).path("fields").path("status").asText())
                .isEqualTo("withdrawn"));
        assertThat(CHT.records(claim.uuid())).hasSize(1);
    }

    @Test
    void a_claim_that_changes_while_its_task_is_open_changes_the_record_and_not_the_state() {
        Claim claim = tasked("WATCH-CHANGED");
        assertThat(record(claim).path("fields").path("priority").asText()).isEqualTo("normal");

        OPENIMIS.selectForFeedback(claim);
        OPENIMIS.sendNotification(claim);

        await().atMost(SOON).untilAsserted(() -> assertThat(
                        record(claim).path("fields").path("priority").asText())
                .isEqualTo("high"));
        assertThat(reaches(claim, State.TASKED).recordId().toString())
                .isEqualTo(record(claim).path("_id").asText());
    }

    private Claim tasked(String code) {
        LocalDate visit = LocalDate.now().minusDays(100L + VISITS.incrementAndGet());
        Claim claim = OPENIMIS.submit(OPENIMIS.enter(code, "070707070", visit, visit));
        OPENIMIS.sendNotification(claim);
        reaches(claim, State.TASKED);
        return claim;
    }

    private Loop reaches(Claim claim, State state) {
        return await().atMost(SOON)
                .until(
                        () -> loops.find(UUID.fromString(claim.uuid())),
                        found -> found.isPresent() && found.get().state() == state)
                .orElseThrow();
    }

    private static ObjectNode record(Claim claim) {
        return CHT.records(claim.uuid()).get(0);
    }
}
