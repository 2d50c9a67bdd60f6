package io.claimloop;

import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.support.ClaimLoopTest;
import java.time.Duration;
import java.time.LocalDate;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@ClaimLoopTest
class LoopClosesTest {
    private static final AtomicInteger VISITS = new AtomicInteger();

    @Autowired
    private Loops loops;

    @Test
    void a_claim_goes_to_the_chw_and_the_answers_come_back_onto_the_claim() {
        Claim claim = OPENIMIS.submit(OPENIMIS.enter("LOOP1", "070707070", visit(), visit()));
        OPENIMIS.sendNotification(claim);

        reaches(claim, State.TASKED);
        assertThat(CHT.records(claim.uuid())).hasSize(1);
        CHT.submit(claim.uuid(), Answer.content());

        reaches(claim, State.DELIVERED);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(loops.history(UUID.fromString(claim.uuid())))
                .extracting(Loops.Transition::to)
                .containsExactly(State.NOTICED, State.SELECTED, State.TASKED, State.ANSWERED, State.DELIVERED);
    }

    @Test
    void when_openimis_is_away_the_whole_batch_waits_and_nothing_is_lost() {
        Claim claim = OPENIMIS.submit(OPENIMIS.enter("LOOP2", "070707070", visit(), visit()));
        OPENIMIS.failNext(2, 503);
        OPENIMIS.sendNotification(claim);
        reaches(claim, State.TASKED);
    }

    private Loop reaches(Claim claim, State state) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> loops.find(UUID.fromString(claim.uuid())),
                        found -> found.isPresent() && found.get().state() == state)
                .orElseThrow();
    }

    /** A day that no other test of this class uses: the same visit is asked about once. */
    private static LocalDate visit() {
        return LocalDate.now().minusDays(10L + (VISITS.getAndIncrement() / 2));
    }
}
