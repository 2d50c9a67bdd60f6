package io.claimloop.cht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.claimloop.ledger.Instances;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.settings.ClaimLoopProperties;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SentinelBacklogTest {
    private static final PartnerRequest WRITE = PartnerRequest.put("/medic/some-record", "{}");
    private static final PartnerRequest READ = PartnerRequest.get("/medic/some-record", null);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SentinelBacklog backlog = backlog(Map.of());

    private SentinelBacklog backlog(Map<String, String> more) {
        Map<String, String> settings = new java.util.HashMap<>(Map.of("claimloop.cht.username", "x"));
        settings.putAll(more);
        return new SentinelBacklog(
                new Binder(new MapConfigurationPropertySource(settings))
                        .bindOrCreate("claimloop", ClaimLoopProperties.class),
                Instances.alone(),
                meters);
    }

    private static PartnerAnswer monitoring(String backlog) {
        return new PartnerAnswer("CHT", 200, "{\"sentinel\":{\"backlog\":" + backlog + "}}");
    }

    @ParameterizedTest
    @CsvSource({"0, 8", "60, 8", "61, 8", "105, 6", "150, 4", "195, 2", "239, 1", "240, 0", "100000, 0"})
    void the_longer_the_queue_the_slower_we_write(String waiting, int perSecond) {
        backlog.take(monitoring(waiting));
        assertThat(backlog.perSecond()).isEqualTo(perSecond);
        assertThat(meters.get("claimloop.cht.sentinel.backlog").gauge().value()).isEqualTo(Double.parseDouble(waiting));
        assertThat(meters.get("claimloop.cht.writes").gauge().value()).isEqualTo(perSecond);
    }

    @Test
    void a_very_long_queue_stops_writes_and_no_read() {
        backlog.take(monitoring("5000"));

        assertThat(backlog.permits()).isZero();
        assertThatThrownBy(() -> backlog.permit(WRITE)).isInstanceOfSatisfying(PartnerException.class, refused -> {
            // busy uses no attempt
            assertThat(refused.kind()).isEqualTo(PartnerException.Kind.BUSY);
            assertThat(refused.after()).isPositive();
        });
        assertThatCode(() -> backlog.permit(READ)).doesNotThrowAnyException();
        assertThat(backlog.condition()).contains("5000", "no claim records");
    }

    @Test
    void writes_go_on_when_sentinel_has_caught_up() {
        backlog.take(monitoring("5000"));
        backlog.take(monitoring("3"));

        assertThat(backlog.permits()).isPositive();
        assertThatCode(() -> backlog.permit(WRITE)).doesNotThrowAnyException();
    }

    @Test
    void a_second_holds_no_more_writes_than_the_pace() {
        SentinelBacklog slow = backlog(Map.of("claimloop.cht.writes-per-second", "4"));
        long start = System.nanoTime();
        for (int i = 0; i < 13; i++) {
            slow.permit(WRITE);
        }
        // 13 at 4 a second: three more seconds begin
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(2000));
    }

    @Test
    void what_is_written_together_counts_by_its_documents() {
        SentinelBacklog slow = backlog(Map.of("claimloop.cht.writes-per-second", "4"));
        assertThat(slow.mostTogether()).isEqualTo(4);
        long start = System.nanoTime();
        for (int i = 0; i < 4; i++) {
            slow.permit(PartnerRequest.bulk("/medic/_bulk_docs", "{}", 4));
        }
        // 16 at 4 a second: three more seconds begin
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(2000));

        slow.take(monitoring("195"));
        assertThat(slow.mostTogether()).as("fewer while sentinel is behind").isEqualTo(1);
        // more than can be waited for is refused, and none of it is taken
        assertThatThrownBy(() -> slow.permit(PartnerRequest.bulk("/medic/_bulk_docs", "{}", 60)))
                .isInstanceOf(PartnerException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "null", "\"many\"", "1.5", "{}"})
    void what_cht_does_not_tell_leaves_the_fixed_pace(String told) {
        backlog.take(monitoring("5000"));
        backlog.take(monitoring(told));

        assertThat(backlog.backlog()).isEmpty();
        assertThat(backlog.perSecond()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"404, '{}'", "500, 'oops'", "200, '<html>'", "200, '{}'"})
    void an_answer_that_is_none_leaves_the_fixed_pace(int status, String body) {
        backlog.take(monitoring("5000"));
        backlog.take(new PartnerAnswer("CHT", status, body));
        assertThat(backlog.perSecond()).isEqualTo(8);
    }

    @Test
    void what_was_seen_long_ago_says_nothing() {
        SentinelBacklog forgetful = backlog(Map.of("claimloop.cht.backlog.look", "50"));
        forgetful.take(monitoring("5000"));
        assertThat(forgetful.perSecond()).isZero();

        await().atMost(Duration.ofSeconds(5)).until(() -> forgetful.perSecond() == 8);
        assertThat(forgetful.condition()).contains("not known");
    }
}
