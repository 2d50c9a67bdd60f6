package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VisitsTest extends LedgerTest {
    private static final String VISIT = "insuree, facility and dates";

    private Optional<Loop> reserve(String visit, UUID loop) {
        return Optional.ofNullable(
                ledger.loops.reserveVisits(Map.of(loop, visit)).get(loop));
    }

    @Test
    void of_the_claims_of_a_batch_the_first_of_each_visit_asks() {
        Map<UUID, String> batch = new LinkedHashMap<>();
        List<UUID> loops = Stream.generate(ledger::noticed).limit(5).toList();
        reserve("a visit of before", loops.get(4));
        UUID late = ledger.noticed();
        batch.put(loops.get(0), "z");
        batch.put(loops.get(1), "a");
        batch.put(loops.get(2), "z");
        batch.put(late, "a visit of before");
        batch.put(loops.get(3), "z");

        Map<UUID, UUID> holders = new HashMap<>();
        ledger.loops.reserveVisits(batch).forEach((loop, holder) -> holders.put(loop, holder.uuid()));

        assertThat(holders)
                .isEqualTo(Map.of(loops.get(2), loops.get(0), loops.get(3), loops.get(0), late, loops.get(4)));
        assertThat(ledger.loops.reserveVisits(Map.of())).isEmpty();
    }

    @Test
    void the_first_claim_of_a_visit_asks_and_the_second_is_told_who_does() {
        UUID first = ledger.noticed();
        UUID second = ledger.noticed();

        assertThat(reserve(VISIT, first)).isEmpty();
        assertThat(reserve(VISIT, second)).map(Loop::uuid).contains(first);
        assertThat(reserve(VISIT, first)).as("asked once more").isEmpty();
        assertThat(reserve("another visit", second)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"WITHDRAWN", "NOT_SELECTED"})
    void the_visit_of_a_claim_that_does_not_ask_is_free(State state) {
        UUID first = ledger.noticed();
        reserve(VISIT, first);
        ledger.move(first, Outcome.moved(state, "test"));

        assertThat(reserve(VISIT, ledger.noticed())).isEmpty();
    }

    @Test
    void the_visit_of_a_parked_claim_is_not_free() {
        UUID first = ledger.noticed();
        reserve(VISIT, first);
        ledger.move(first, Outcome.parked(Reason.NO_CHW, null));

        assertThat(reserve(VISIT, ledger.noticed())).isPresent();
    }

    @Test
    void two_claims_that_were_not_selected_before_and_are_checked_in_one_batch_ask_once() {
        UUID first = ledger.at(State.NOT_SELECTED);
        UUID second = ledger.at(State.NOT_SELECTED);

        // the outcome of the first is not written yet when the second is checked
        assertThat(reserve(VISIT, first)).isEmpty();
        assertThat(reserve(VISIT, second)).map(Loop::uuid).contains(first);
    }

    @Test
    void a_claim_that_stays_unselected_gives_back_the_visit_that_it_had_reserved() {
        UUID first = ledger.at(State.NOT_SELECTED);
        reserve(VISIT, first);
        ledger.move(first, Outcome.moved(State.NOT_SELECTED, "check"));

        assertThat(reserve(VISIT, ledger.noticed())).isEmpty();
    }

    @Test
    void of_two_claims_that_come_at_the_same_time_exactly_one_asks() throws Exception {
        for (int i = 0; i < 20; i++) {
            String visit = VISIT + i;
            UUID first = ledger.noticed();
            UUID second = ledger.noticed();

            List<Optional<Loop>> holders = Together.run(() -> reserve(visit, first), () -> reserve(visit, second));

            assertThat(holders.stream().filter(Optional::isEmpty)).hasSize(1);
            assertThat(holders.stream().flatMap(Optional::stream)).hasSize(1);
        }
    }
}
