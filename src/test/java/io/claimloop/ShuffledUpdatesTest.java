package io.claimloop;

import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Notices that overtake each other, with older contents after newer ones. Row 11 of {@code docs/failures.md}. */
@ClaimLoopTest
class ShuffledUpdatesTest {
    private static final int CLAIMS = 20;
    private static final int NOTICES = 1000;

    @Autowired
    private Journey journey;

    /** What happens to a claim in openIMIS, and where its loop must end. */
    private enum Story {
        SUBMITTED(State.TASKED, claim -> claim),
        SELECTED(State.TASKED, OPENIMIS::selectForFeedback),
        REJECTED(State.WITHDRAWN, claim -> OPENIMIS.reject(OPENIMIS.selectForFeedback(claim))),
        DELETED(State.WITHDRAWN, OPENIMIS::delete);

        private final State end;
        private final UnaryOperator<Claim> later;

        Story(State end, UnaryOperator<Claim> later) {
            this.end = end;
            this.later = later;
        }

        static Story of(int i) {
            return values()[i % values().length];
        }
    }

    @Test
    void after_a_thousand_updates_out_of_order_each_loop_stands_where_openimis_does() {
        Random random = new Random(11);
        List<Claim> claims = new ArrayList<>();
        List<String> notices = new ArrayList<>();
        for (int i = 0; i < CLAIMS; i++) {
            claims.add(journey.entered(journey.person()));
        }
        tell(claims, notices);
        claims.forEach(OPENIMIS::submit);
        tell(claims, notices);
        // some are taken up in between, with the older contents behind the newer
        Collections.shuffle(notices, random);
        notices.parallelStream().forEach(this::send);
        for (int i = 0; i < CLAIMS; i++) {
            Story.of(i).later.apply(claims.get(i));
        }
        for (int i = 0; i < CLAIMS; i++) {
            if (Story.of(i) != Story.DELETED) {
                notices.add(OPENIMIS.notificationOf(claims.get(i)));
            }
        }
        List<String> many = new ArrayList<>();
        for (int i = 0; many.size() < NOTICES; i++) {
            // blanks make it another content
            many.add(notices.get(i % notices.size()) + " ".repeat(i / notices.size()));
        }
        Collections.shuffle(many, random);
        many.parallelStream().forEach(this::send);

        for (int i = 0; i < CLAIMS; i++) {
            Claim claim = claims.get(i);
            Story story = Story.of(i);
            await(claim.code() + " " + story)
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> journey.find(claim.uuid()).state() == story.end);
            var records = CHT.records(claim.uuid());
            assertThat(records).hasSizeLessThanOrEqualTo(1);
            if (story.end == State.TASKED) {
                String priority = story == Story.SELECTED ? "high" : "normal";
                await(claim.code() + " " + priority)
                        .atMost(Duration.ofSeconds(90))
                        .until(() -> CHT.records(claim.uuid()).stream()
                                .map(record -> record.at("/fields/priority").asText())
                                .toList()
                                .equals(List.of(priority)));
            } else {
                await(claim.code() + " is taken back")
                        .atMost(Duration.ofSeconds(90))
                        .until(() -> CHT.records(claim.uuid()).stream()
                                .allMatch(record ->
                                        record.at("/fields/status").asText().equals("withdrawn")));
            }
        }
    }

    private void tell(List<Claim> claims, List<String> notices) {
        claims.forEach(claim -> notices.add(OPENIMIS.notificationOf(claim)));
    }

    private void send(String notice) {
        assertThat(journey.notice(notice).status()).isEqualTo(200);
    }
}
