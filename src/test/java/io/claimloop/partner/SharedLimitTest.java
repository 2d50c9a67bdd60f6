package io.claimloop.partner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedLimitTest {
    private static final double PER_MINUTE = 150;

    private final AtomicInteger live = new AtomicInteger(1);

    private SharedLimit openimis() {
        return SharedLimit.inAMinute("openIMIS", PER_MINUTE / 60, 10, live::get);
    }

    /** A burst at the beginning, and what comes in until the minute is over: the most that a sliding minute can hold. */
    private static double inAnyMinute(SharedLimit limit) {
        SharedLimit.Part part = limit.part();
        return part.burst() + 60e9 / part.period() * part.burst();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 10, 20})
    void the_parts_of_all_make_the_limit_and_no_more(int instances) {
        live.set(instances);
        assertThat(instances * inAnyMinute(openimis())).isBetween(0.9 * PER_MINUTE, PER_MINUTE + 0.5);

        SharedLimit writes = SharedLimit.inASecond("claim-records", 8, live::get);
        SharedLimit.Part part = writes.part();
        assertThat(instances * part.burst() * 1e9 / part.period()).isBetween(7.99, 8.01);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 20})
    void a_batch_that_needs_two_calls_begins_however_small_the_part_is(int instances) {
        live.set(instances);
        assertThat(openimis().soon()).isGreaterThan(1);
    }

    @Test
    void a_part_follows_who_comes_and_who_goes_and_begins_empty() {
        SharedLimit limit = openimis();
        double alone = inAnyMinute(limit);
        assertThat(limit.available()).isEqualTo(10);

        live.set(3);
        assertThat(limit.available()).as("what was used just before counts").isZero();
        assertThat(inAnyMinute(limit)).isLessThanOrEqualTo(alone / 3 + 0.5);

        live.set(1);
        assertThat(inAnyMinute(limit)).isEqualTo(alone);
    }

    @Test
    void three_that_begin_at_once_take_no_more_than_one_alone() {
        live.set(3);
        List<SharedLimit> all = new ArrayList<>(List.of(openimis(), openimis(), openimis()));
        int taken = 0;
        for (SharedLimit limit : all) {
            while (limit.available() > 0 && limit.acquire()) {
                taken++;
            }
        }
        assertThat(taken).isLessThanOrEqualTo(10);
    }

    @Test
    void a_slower_pace_holds_for_all_together() {
        live.set(3);
        SharedLimit writes = SharedLimit.inASecond("claim-records", 8, live::get);
        writes.pace(0.25);
        SharedLimit.Part part = writes.part();
        assertThat(3 * part.burst() * 1e9 / part.period()).isBetween(1.99, 2.01);
    }
}
