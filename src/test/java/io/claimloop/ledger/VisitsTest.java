package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VisitsTest extends LedgerTest {
    private static final String VISIT = "insuree, facility and dates";

    @Test
    void the_first_claim_of_a_visit_asks_and_the_second_is_told_who_does() {
        UUID first = ledger.noticed();
        UUID second = ledger.noticed();

        assertThat(ledger.loops.reserveVisit(VISIT, first)).isEmpty();
        assertThat(ledger.loops.reserveVisit(VISIT, second)).map(Loop::uuid).contains(first);
        assertThat(ledger.loops.reserveVisit(VISIT, first))
                .as("asked once more")
                .isEmpty();
        assertThat(ledger.loops.reserveVisit("another visit", second)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"WITHDRAWN", "NOT_SELECTED"})
    void the_visit_of_a_claim_that_does_not_ask_is_free(State state) {
        UUID first = ledger.noticed();
        ledger.loops.reserveVisit(VISIT, first);
        ledger.move(first, Outcome.moved(state, "test"));

        assertThat(ledger.loops.reserveVisit(VISIT, ledger.noticed())).isEmpty();
    }

    @Test
    void the_visit_of_a_parked_claim_is_not_free() {
        UUID first = ledger.noticed();
        ledger.loops.reserveVisit(VISIT, first);
        ledger.move(first, Outcome.parked(Reason.NO_CHW, null));

        assertThat(ledger.loops.reserveVisit(VISIT, ledger.noticed())).isPresent();
    }

    @Test
    void two_claims_that_were_not_selected_before_and_are_checked_in_one_batch_ask_once() {
        UUID first = ledger.at(State.NOT_SELECTED);
        UUID second = ledger.at(State.NOT_SELECTED);

        // the outcome of the first is not written yet when the second is checked
        assertThat(ledger.loops.reserveVisit(VISIT, first)).isEmpty();
        assertThat(ledger.loops.reserveVisit(VISIT, second)).map(Loop::uuid).contains(first);
    }

    @Test
    void a_claim_that_stays_unselected_gives_back_the_visit_that_it_had_reserved() {
        UUID first = ledger.at(State.NOT_SELECTED);
        ledger.loops.reserveVisit(VISIT, first);
        ledger.move(first, Outcome.moved(State.NOT_SELECTED, "check"));

        assertThat(ledger.loops.reserveVisit(VISIT, ledger.noticed())).isEmpty();
    }

    @Test
    void of_two_claims_that_come_at_the_same_time_exactly_one_asks() throws Exception {
        for (int i = 0; i < 20; i++) {
            String visit = VISIT + i;
            UUID first = ledger.noticed();
            UUID second = ledger.noticed();

            List<Optional<Loop>> holders = Together.run(
                    () -> ledger.loops.reserveVisit(visit, first), () -> ledger.loops.reserveVisit(visit, second));

            assertThat(holders.stream().filter(Optional::isEmpty)).hasSize(1);
            assertThat(holders.stream().flatMap(Optional::stream)).hasSize(1);
        }
    }
}
