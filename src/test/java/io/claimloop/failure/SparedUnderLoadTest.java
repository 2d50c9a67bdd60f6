package io.claimloop.failure;

import static io.claimloop.failure.ChaosWorld.CHT;
import static io.claimloop.failure.ChaosWorld.OPENIMIS;
import static io.claimloop.failure.ChaosWorld.OPENIMIS_LINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.ledger.State;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Insuree;
import io.claimloop.support.Journey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Thousands of claims, and an openIMIS that allows 150 requests a minute. The minute is compressed to 15 seconds, and so is
 * our own limit. Rows 5 and 56 of {@code docs/failures.md}.
 */
@ChaosTest
class SparedUnderLoadTest {
    private static final int ALLOWED = 150;
    private static final Duration MINUTE = Duration.ofSeconds(15);
    /** Of requests that openIMIS counts later than we do. */
    private static final int FEW = 5;

    private static final Duration LIMIT = Duration.ofMinutes(4);

    @Autowired
    private Journey journey;

    @Autowired
    private JdbcTemplate jdbc;

    private int refusedBefore;

    @BeforeEach
    void aLimit() {
        OPENIMIS.limitRequests(ALLOWED, MINUTE);
        refusedBefore = OPENIMIS.refusedByRateLimit();
    }

    @AfterEach
    void none() {
        OPENIMIS.limitRequests(0, MINUTE);
        ChaosWorld.heal();
    }

    @Test
    void within_150_requests_a_minute_thousands_of_claims_come_to_their_end_and_none_is_parked() {
        int before = OPENIMIS.requests();
        List<Claim> all = new ArrayList<>();
        List<Claim> asked = Stream.generate(journey::claim).limit(60).toList();
        // what may not be asked about ends by a decision: that costs openIMIS as much
        Insuree insuree = journey.person();
        for (int wave = 0; wave < 60; wave++) {
            List<Claim> some = excluded(insuree, 60);
            some.add(asked.get(wave));
            notices(some);
            all.addAll(some);
        }
        asked.forEach(claim -> reaches(claim, State.TASKED));
        asked.forEach(claim -> CHT.submit(claim.uuid(), Answer.content()));
        asked.forEach(claim -> reaches(claim, State.DELIVERED));
        await().atMost(LIMIT).until(() -> decided(all) == all.size());

        assertThat(OPENIMIS.requests() - before)
                .as("more than one minute allows, so the limit was felt")
                .isGreaterThan(ALLOWED);
        assertThat(OPENIMIS.refusedByRateLimit() - refusedBefore)
                .as("requests over the limit")
                .isLessThanOrEqualTo(FEW);
        assertThat(count("select count(*) from loop where state = 'PARKED' and uuid = any(?::uuid[])", all))
                .isZero();
        assertThat(count(
                        "select max(attempts) from history where to_state in ('NOT_SELECTED', 'SELECTED')"
                                + " and loop_uuid = any(?::uuid[])",
                        all))
                .as("attempts of each check; the first one is none in vain")
                .isLessThanOrEqualTo(1);
        asked.forEach(claim -> assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1));
    }

    @Test
    void after_an_outage_thousands_that_waited_storm_nobody_and_new_claims_need_not_wait_for_all_of_them() {
        OPENIMIS_LINE.cut();
        Insuree insuree = journey.person();
        List<Claim> waiting = excluded(insuree, 1500);
        notices(waiting);
        await().atMost(LIMIT)
                .until(() -> count(
                                "select count(*) from work where (away > 0 or attempts > 0) and loop_uuid = any(?::uuid[])",
                                waiting)
                        >= 60);
        List<Claim> fresh = excluded(insuree, 30);
        OPENIMIS_LINE.heal();
        notices(fresh);

        await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).until(() -> decided(fresh) == fresh.size());
        assertThat(decided(waiting))
                .as("those that waited are not all before the new ones")
                .isLessThan(waiting.size());
        await().atMost(LIMIT).until(() -> decided(waiting) == waiting.size());
        assertThat(OPENIMIS.refusedByRateLimit() - refusedBefore)
                .as("requests over the limit")
                .isLessThanOrEqualTo(FEW);
        assertThat(count("select count(*) from loop where state = 'PARKED' and uuid = any(?::uuid[])", waiting))
                .isZero();
    }

    private List<Claim> excluded(Insuree insuree, int n) {
        return IntStream.range(0, n)
                .mapToObj(i -> OPENIMIS.diagnose(journey.claim(insuree), "Z72"))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** As a module of openIMIS may send them: many in one Bundle. */
    private void notices(List<Claim> claims) {
        for (int from = 0; from < claims.size(); from += 500) {
            String entries = claims.subList(from, Math.min(claims.size(), from + 500)).stream()
                    .map(claim -> "{\"resource\":{\"resourceType\":\"Claim\",\"id\":\"" + claim.uuid() + "\"}}")
                    .collect(Collectors.joining(",", "[", "]"));
            assertThat(journey.notice("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":" + entries + "}")
                            .status())
                    .isEqualTo(200);
        }
    }

    private int decided(List<Claim> claims) {
        return count(
                "select count(*) from loop where state in ('NOT_SELECTED', 'DELIVERED') and uuid = any(?::uuid[])",
                claims);
    }

    private int count(String sql, List<Claim> claims) {
        UUID[] uuids =
                claims.stream().map(claim -> UUID.fromString(claim.uuid())).toArray(UUID[]::new);
        return jdbc.execute((org.springframework.jdbc.core.ConnectionCallback<Integer>) connection -> {
            try (var statement = connection.prepareStatement(sql)) {
                statement.setArray(1, connection.createArrayOf("uuid", uuids));
                try (var rows = statement.executeQuery()) {
                    rows.next();
                    return rows.getInt(1);
                }
            }
        });
    }

    private void reaches(Claim claim, State state) {
        await("claim " + claim.code() + " at " + state)
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> journey.find(claim.uuid()), found -> found != null && found.state() == state);
    }
}
