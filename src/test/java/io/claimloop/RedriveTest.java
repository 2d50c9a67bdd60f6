package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import io.claimloop.support.Journey.Response;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** What an operator orders for many loops at once. */
@ClaimLoopTest
class RedriveTest {
    @Autowired
    private Journey journey;

    @Autowired
    private JdbcTemplate jdbc;

    private Response order(String json) {
        return journey.post("/api/redrive", json, "Authorization", Journey.operator());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"dryRun\":true}",
                "{\"all\":false}",
                "{\"reasons\":\"NO_CHW\",\"all\":true}",
                "{\"reason\":\"NO_SUCH\"}",
                "{\"state\":\"valued\"}",
                "{\"since\":\"yesterday\"}",
                "{\"submissions\":true}",
                "{\"submissions\":true,\"state\":\"parked\"}",
                "{\"submission\":\"one\"}",
                "[]",
                "null",
                "rubbish"
            })
    void an_order_without_a_filter_or_with_one_that_is_not_understood_is_refused(String body) {
        Response refused = order(body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("status").asText()).isEqualTo("refused");
        assertThat(refused.json().path("hint").asText()).isNotBlank();
    }

    @Test
    void what_was_repaired_is_tried_again_by_its_code_and_goes_on() {
        var insuree = journey.stranger("Redriven", "Ruth");
        journey.inCht(insuree, "household-1", Map.of("muted", "2026-01-01T00:00:00.000Z"));
        Claim claim = journey.claim(insuree);
        journey.notice(claim);
        journey.reaches(claim, State.PARKED);
        String filter = "\"reason\":\"patient_muted\",\"code\":\"" + claim.code() + "\"";

        Response counted = order("{" + filter + ",\"dryRun\":true}");
        assertThat(counted.json().path("status").asText()).isEqualTo("dry run");
        assertThat(counted.json().path("loops").asInt()).isEqualTo(1);
        assertThat(journey.find(claim.uuid()).state()).isEqualTo(State.PARKED);

        Map<String, Object> unmuted = new java.util.HashMap<>();
        unmuted.put("muted", null);
        io.claimloop.support.SimulatedWorld.CHT.changeContact(Journey.personId(insuree), unmuted);
        Response done = order("{" + filter + "}");
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.json().path("loops").asInt()).isEqualTo(1);
        assertThat(done.json().path("perMinute").asInt()).isEqualTo(60);
        journey.reaches(claim, State.TASKED);

        assertThat(journey.trace(claim).path("history").findValuesAsText("cause"))
                .contains("redriven by operator");
    }

    @Test
    void a_submission_of_no_loop_is_taken_up_again_by_its_number() {
        String report = "redriven-" + java.util.UUID.randomUUID();
        journey.feedback("{\"report_id\":\"" + report + "\"}");
        int id = await().atMost(java.time.Duration.ofSeconds(60)).until(() -> parked(report), found -> found > 0);
        jdbc.update("update submission set detail = 'not looked at again' where id = ?", id);

        Response done = order("{\"submission\":" + id + "}");
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.json().path("submissions").asInt()).isEqualTo(1);
        assertThat(done.json().has("loops")).isFalse();
        await().atMost(java.time.Duration.ofSeconds(60))
                .until(() -> jdbc.queryForObject(
                        "select state = 'PARKED' and detail is distinct from 'not looked at again' from submission"
                                + " where id = ?",
                        Boolean.class,
                        id));
    }

    private int parked(String report) {
        for (var line : journey.get("/api/submissions?state=parked&limit=1000").json()) {
            if (line.path("reportId").asText().equals(report)) {
                return line.path("id").asInt();
            }
        }
        return 0;
    }

    @Test
    void nobody_but_the_operator_may() {
        assertThat(journey.post("/api/redrive", "{\"all\":true}").status()).isEqualTo(401);
    }

    @Test
    void loops_with_work_that_waits_are_listed_by_its_step() {
        assertThat(journey.get("/api/loops?waiting=retract").status()).isEqualTo(200);
        assertThat(journey.get("/api/loops?waiting=no-such-step").status()).isEqualTo(400);
    }
}
