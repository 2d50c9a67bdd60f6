package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import io.claimloop.support.MeterTable;
import io.claimloop.support.SimulatedWorld;
import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.http.HttpStatus;

/** What Prometheus gets to see, by its own account, of the whole application. */
@ClaimLoopTest
class MetricsTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    @Autowired
    private TestRestTemplate http;

    @Autowired
    private Journey journey;

    @Test
    void the_table_of_meters_has_each_meter_of_the_running_application_and_no_other() {
        journey.tasked();
        // there from the first time on that a partner shows something in a form that we do not know
        Metrics.counter("claimloop.partner.drift", "partner", "openIMIS", "field", "status");
        await().atMost(LIMIT).until(() -> value("claimloop_database_looked_seconds") > 0);

        Set<String> ours = MeterTable.all().stream()
                .filter(name -> name.startsWith("claimloop_"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(families())
                .filteredOn(name -> name.startsWith("claimloop_"))
                .containsExactlyInAnyOrderElementsOf(ours);
        assertThat(families()).containsAll(MeterTable.all());
    }

    @Test
    void a_claim_on_its_way_is_counted() {
        double taken = value("claimloop_intake_taken_total{edge=\"openimis\"}");
        double tasked = value("claimloop_step_moves_total{state=\"tasked\"}");
        Claim claim = journey.claim();
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);

        assertThat(value("claimloop_intake_taken_total{edge=\"openimis\"}")).isGreaterThanOrEqualTo(taken + 1);
        await().atMost(LIMIT).until(() -> value("claimloop_step_moves_total{state=\"tasked\"}") >= tasked + 1);
        await().atMost(LIMIT).until(() -> value("claimloop_loops{state=\"tasked\"}") >= 1);
        assertThat(value("claimloop_partner_calls_seconds_count{outcome=\"answered\",partner=\"openimis\"}"))
                .isPositive();
        assertThat(value("claimloop_intake_answer_seconds_count{edge=\"openimis\",outcome=\"accepted\"}"))
                .isPositive();
        assertThat(value("claimloop_partner_breaker{partner=\"cht\",state=\"closed\"}"))
                .isOne();
    }

    @Test
    void a_refused_login_is_counted() {
        double before = value("claimloop_logins_refused_total{door=\"operator\"}");

        assertThat(http.getForEntity("/api/loops", String.class).getStatusCode())
                .isEqualTo(HttpStatus.UNAUTHORIZED);

        assertThat(value("claimloop_logins_refused_total{door=\"operator\"}")).isGreaterThan(before);
    }

    @Test
    void nobody_sees_the_metrics_without_a_login() {
        assertThat(http.getForEntity("/actuator/prometheus", String.class).getStatusCode())
                .isEqualTo(HttpStatus.UNAUTHORIZED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator",
                "/actuator/metrics",
                "/actuator/hawtio/",
                "/actuator/jolokia/list",
                "/api/loops",
                "/api/summary",
                "/openimis/notifications"
            })
    void the_collector_of_metrics_sees_nothing_else(String path) {
        assertThat(collector().getForEntity(path, String.class).getStatusCode())
                .isIn(HttpStatus.UNAUTHORIZED, HttpStatus.FORBIDDEN, HttpStatus.METHOD_NOT_ALLOWED);
    }

    private TestRestTemplate collector() {
        return http.withBasicAuth(SimulatedWorld.METRICS, SimulatedWorld.METRICS_PASSWORD);
    }

    private String scrape() {
        var answer = collector().getForEntity("/actuator/prometheus", String.class);
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.OK);
        return answer.getBody();
    }

    /** Names as Prometheus keeps them; a timer's {@code _count}, {@code _sum}, {@code _bucket} and {@code _max} are one. */
    private Set<String> families() {
        return scrape().lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ")[2])
                .map(name -> name.replaceFirst("_max$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private double value(String sample) {
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(sample) + " (\\S+)$").matcher(scrape());
        return line.find() ? Double.parseDouble(line.group(1)) : Double.NaN;
    }
}
