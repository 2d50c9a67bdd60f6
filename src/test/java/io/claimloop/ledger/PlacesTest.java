package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlacesTest extends LedgerTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 25);
    private static final LocalDate WEEK = LocalDate.of(2026, 11, 23);

    @BeforeEach
    void noPlaceIsTaken() {
        ledger.jdbc.update("delete from place");
    }

    private static boolean ofDay(Places places, LocalDate day, UUID loop, int most) {
        return places.ofDay(day, List.of(loop), most).contains(loop);
    }

    @Test
    void of_a_batch_the_first_get_what_is_left_and_who_has_a_place_takes_no_second() {
        List<UUID> loops = IntStream.range(0, 6).mapToObj(i -> ledger.noticed()).toList();
        ofDay(ledger.places, DAY, loops.get(4), 10);

        assertThat(ledger.places.ofDay(DAY, loops, 3))
                .containsExactlyInAnyOrder(loops.get(0), loops.get(1), loops.get(4));
        assertThat(ledger.places.ofDay(DAY, loops, 3)).hasSize(3);
        assertThat(ledger.jdbc.queryForObject("select taken from day_count where period = ?", Integer.class, DAY))
                .isEqualTo(3);
    }

    @Test
    void as_many_loops_as_allowed_get_a_place_and_keep_it_however_often_they_ask() {
        UUID first = ledger.noticed();
        UUID second = ledger.noticed();
        assertThat(ofDay(ledger.places, DAY, first, 1)).isTrue();
        assertThat(ofDay(ledger.places, DAY, second, 1)).isFalse();
        assertThat(ofDay(ledger.places, DAY, first, 1))
                .as("checked again after a crash")
                .isTrue();
        assertThat(ofDay(ledger.places, DAY.plusDays(1), second, 1)).isTrue();
        assertThat(ledger.count("place")).isEqualTo(2);
    }

    @Test
    void the_places_of_a_day_are_counted_as_they_are_taken_whoever_takes_them() {
        ofDay(ledger.places, DAY, ledger.noticed(), 10);
        // as an instance of the version before does
        ledger.jdbc.update(
                "insert into place (kind, period, chw, loop_uuid) values ('DAY', ?, '', ?)", DAY, ledger.noticed());

        assertThat(ledger.jdbc.queryForObject("select taken from day_count where period = ?", Integer.class, DAY))
                .isEqualTo(2);
        assertThat(ofDay(ledger.places, DAY, ledger.noticed(), 2)).isFalse();
        ledger.jdbc.update("delete from place where period = ?", DAY);
        assertThat(ofDay(ledger.places, DAY, ledger.noticed(), 1)).isTrue();
    }

    @Test
    void a_limit_that_was_lowered_takes_no_place_away() {
        UUID first = ledger.noticed();
        UUID second = ledger.noticed();
        ofDay(ledger.places, DAY, first, 2);
        ofDay(ledger.places, DAY, second, 2);
        assertThat(ofDay(ledger.places, DAY, second, 1)).isTrue();
        assertThat(ofDay(ledger.places, DAY, ledger.noticed(), 1)).isFalse();
    }

    @Test
    void each_chw_has_a_week_of_their_own() {
        assertThat(ledger.places.ofWeek("chw-1", WEEK, ledger.noticed(), 1)).isTrue();
        assertThat(ledger.places.ofWeek("chw-1", WEEK, ledger.noticed(), 1)).isFalse();
        assertThat(ledger.places.ofWeek("chw-2", WEEK, ledger.noticed(), 1)).isTrue();
        assertThat(ledger.places.ofWeek("chw-1", WEEK.plusDays(7), ledger.noticed(), 1))
                .isTrue();
        assertThat(ofDay(ledger.places, WEEK, ledger.noticed(), 1))
                .as("a day is no week")
                .isTrue();
    }

    @Test
    void under_many_workers_and_two_instances_exactly_as_many_as_allowed_get_a_place() throws Exception {
        Places other = ledger.otherPlaces();
        for (int round = 0; round < 5; round++) {
            LocalDate day = DAY.plusDays(10L + round);
            List<UUID> loops = new ArrayList<>(
                    IntStream.range(0, 12).mapToObj(i -> ledger.noticed()).toList());
            // each is checked twice at a time, as after a lease that ran out
            loops.addAll(List.copyOf(loops));
            Collections.shuffle(loops);
            List<Callable<UUID>> asking = new ArrayList<>();
            for (int i = 0; i < loops.size(); i++) {
                UUID loop = loops.get(i);
                Places instance = i % 2 == 0 ? ledger.places : other;
                asking.add(() -> ofDay(instance, day, loop, 5) ? loop : null);
            }

            @SuppressWarnings("unchecked")
            List<UUID> got = Together.run(asking.toArray(new Callable[0]));

            assertThat(got.stream().filter(java.util.Objects::nonNull).distinct())
                    .hasSize(5);
            assertThat(ledger.jdbc.queryForObject("select count(*) from place where period = ?", Long.class, day))
                    .isEqualTo(5);
        }
    }

    @Test
    void a_task_that_never_was_gives_its_place_in_the_week_back_and_not_that_of_the_day() {
        UUID first = ledger.at(State.SELECTED);
        ofDay(ledger.places, DAY, first, 1);
        ledger.places.ofWeek("chw", WEEK, first, 1);
        ledger.move(first, Outcome.withdrawn(Reason.CLAIM_REJECTED));

        assertThat(ledger.places.ofWeek("chw", WEEK, ledger.noticed(), 1)).isTrue();
        assertThat(ofDay(ledger.places, DAY, ledger.noticed(), 1)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"TASKED", "EXPIRED", "ANSWERED"})
    void a_task_that_was_keeps_its_place(State state) {
        UUID first = ledger.at(state);
        ledger.places.ofWeek("chw", WEEK, first, 1);
        ledger.move(first, Outcome.withdrawn(Reason.CLAIM_REJECTED));
        assertThat(ledger.places.ofWeek("chw", WEEK, ledger.noticed(), 1)).isFalse();
    }

    @Test
    void what_was_known_at_the_check_is_kept_with_the_loop() {
        UUID claim = ledger.noticed();
        Eligibility known = new Eligibility(true, "policy", "P1", "V1", "HF1", "E00005", 1, List.of("officers"));
        ledger.move(claim, Outcome.moved(State.SELECTED, "check").learned(Facts.ofClaim("C", "i", known)));
        ledger.move(claim, Outcome.moved(State.NEEDS_IDENTITY, "dispatch"));
        assertThat(ledger.loop(claim).eligibility()).isEqualTo(known);
        assertThat(ledger.loop(ledger.noticed()).eligibility()).isNull();
    }
}
