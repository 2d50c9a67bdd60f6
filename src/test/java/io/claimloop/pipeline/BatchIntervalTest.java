package io.claimloop.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times are nanoseconds, of which the JVM says only that they grow. */
class BatchIntervalTest {
    private static final long MILLISECOND = 1_000_000;

    @ParameterizedTest
    @ValueSource(longs = {0, 7_000_000_000_000L, -7_000_000_000_000L})
    void batches_begin_apart_but_for_the_first_and_for_the_one_after_a_full_one(long now) {
        BatchInterval interval = new BatchInterval(Duration.ofMillis(50));

        assertThat(interval.millis(now)).as("nothing before it").isZero();
        assertThat(interval.millis(now + 10 * MILLISECOND)).isEqualTo(40);
        assertThat(interval.millis(now + 20 * MILLISECOND))
                .as("a second worker comes after the one that waits")
                .isEqualTo(80);
        interval.full();
        assertThat(interval.millis(now + 30 * MILLISECOND)).isZero();
        assertThat(interval.millis(now + 80 * MILLISECOND))
                .as("long enough apart")
                .isZero();
    }
}
