package io.claimloop;

import static io.claimloop.support.ValuedWorld.CHT;
import static io.claimloop.support.ValuedWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.OpenImisEffect.Kind;
import io.claimloop.support.Journey;
import io.claimloop.support.ValuedWorld;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.ContextConfiguration;

/** A claim whose question is answered is followed to its value. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = ValuedWorld.class)
class ValuationTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final List<Step> DEEP = List.of(Step.CHECK, Step.DISPATCH, Step.DELIVER, Step.VALUE);

    @Autowired
    private Journey journey;

    @Autowired
    private Loops loops;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private CamelContext camel;

    @Test
    void clean_answers_let_openimis_process_the_claim_once() {
        Claim claim = answered(Answer.content());
        journey.reaches(claim, State.VALUED);
        assertThat(claim.status()).isEqualTo(Claim.PROCESSED);
        assertThat(OPENIMIS.effects(Kind.CLAIM_PROCESSED, claim.uuid())).isEqualTo(1);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
    }

    @Test
    void a_claim_at_fixed_prices_has_its_value_at_once() {
        LocalDate day = journey.day();
        Claim claim = OPENIMIS.submit(
                OPENIMIS.enterAtFixedPrices("FIXED-1", journey.person().chfId(), day, day));
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);
        CHT.submit(claim.uuid(), Answer.content());
        journey.reaches(claim, State.VALUED);
        assertThat(claim.status()).isEqualTo(Claim.VALUATED);
    }

    @Test
    void bad_answers_have_the_claim_reviewed_and_the_officer_closes_it() {
        Claim claim = answered(Answer.content().with("care_rendered", "no"));
        assertThat(journey.reaches(claim, State.IN_REVIEW).reason()).isEqualTo(Reason.ANSWERS_ASK_FOR_REVIEW);
        assertThat(claim.reviewStatus()).isEqualTo(Claim.SELECTED);
        assertThat(OPENIMIS.effects(Kind.CLAIM_PROCESSED, claim.uuid())).isZero();

        OPENIMIS.deliverReview(claim);
        OPENIMIS.process(claim);
        assertThat(journey.reaches(claim, State.VALUED).reason()).isNull();
    }

    @Test
    void a_claim_that_an_officer_reviews_is_never_processed_by_us() {
        Claim claim = tasked();
        OPENIMIS.selectForReview(claim);
        CHT.submit(claim.uuid(), Answer.content());
        assertThat(journey.reaches(claim, State.IN_REVIEW).reason()).isEqualTo(Reason.REVIEW_IN_OPENIMIS);
        assertThat(claim.status()).isEqualTo(Claim.CHECKED);
    }

    @Test
    void a_review_that_an_officer_has_delivered_is_not_overtaken() {
        Claim claim = tasked();
        OPENIMIS.selectForReview(claim);
        OPENIMIS.deliverReview(claim);
        CHT.submit(claim.uuid(), Answer.content().with("care_rendered", "no"));
        journey.reaches(claim, State.IN_REVIEW);
        assertThat(claim.reviewStatus()).as("as the officer left it").isEqualTo(Claim.DELIVERED);
        assertThat(claim.status()).isEqualTo(Claim.CHECKED);
    }

    @Test
    void a_review_that_rejects_the_claim_ends_its_loop() {
        Claim claim = answered(Answer.content().with("assessment", "1"));
        journey.reaches(claim, State.IN_REVIEW);
        OPENIMIS.reject(claim);
        assertThat(journey.reaches(claim, State.WITHDRAWN).reason()).isEqualTo(Reason.CLAIM_REJECTED);
    }

    @Test
    void bad_answers_that_come_after_the_claim_was_processed_say_so() {
        Claim claim = tasked();
        OPENIMIS.process(claim);
        CHT.submit(claim.uuid(), Answer.content().with("payment_asked", "yes"));
        assertThat(journey.reaches(claim, State.VALUED).reason()).isEqualTo(Reason.VALUED_DESPITE_ANSWERS);
    }

    @Test
    void a_claim_that_nobody_answered_for_is_bypassed_first_and_processed_then() {
        Claim claim = tasked();
        OPENIMIS.selectForFeedback(claim);
        CHT.submit(claim.uuid(), Answer.notReached("moved", "moved away"));
        journey.reaches(claim, State.VALUED);
        assertThat(claim.feedbackStatus()).isEqualTo(Claim.BYPASSED);
        assertThat(claim.status()).isEqualTo(Claim.PROCESSED);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isZero();
    }

    @Test
    void an_expired_task_is_bypassed_and_processed_too() {
        Claim claim = tasked();
        OPENIMIS.selectForFeedback(claim);
        jdbc.update("update loop set task_until = now() where uuid = ?", UUID.fromString(claim.uuid()));
        jdbc.update(
                "update work set due_at = now() where step = 'EXPIRE' and loop_uuid = ?",
                UUID.fromString(claim.uuid()));
        journey.reaches(claim, State.VALUED);
        assertThat(claim.feedbackStatus()).isEqualTo(Claim.BYPASSED);
    }

    @Test
    void answers_lost_after_both_orders_are_found_by_reading_back() {
        Claim claim = tasked();
        OPENIMIS.dropAnswerAfterMutation(2);
        CHT.submit(claim.uuid(), Answer.content());
        journey.reaches(claim, State.VALUED);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(OPENIMIS.effects(Kind.CLAIM_PROCESSED, claim.uuid())).isEqualTo(1);
    }

    @Test
    void orders_that_openimis_carries_out_later_are_waited_for_and_not_sent_again() {
        Claim claim = tasked();
        OPENIMIS.holdMutations();
        try {
            CHT.submit(claim.uuid(), Answer.content());
            waitsFor(claim, Reason.BEING_VERIFIED);
            assertThat(OPENIMIS.runMutations()).as("feedback, ordered once").isEqualTo(1);
            waitsFor(claim, Reason.BEING_VALUED);
            assertThat(claim.status()).isEqualTo(Claim.CHECKED);
            assertThat(OPENIMIS.runMutations()).as("processing, ordered once").isEqualTo(1);
        } finally {
            OPENIMIS.mutationsTake(Duration.ZERO);
        }
        journey.reaches(claim, State.VALUED);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
    }

    /** Looked at several times, each time without an attempt used. */
    private void waitsFor(Claim claim, Reason reason) {
        UUID uuid = UUID.fromString(claim.uuid());
        await().atMost(LIMIT).until(() -> loops.pending(uuid).stream().anyMatch(work -> work.reason() == reason));
        int before = OPENIMIS.requests();
        await().atMost(LIMIT).until(() -> OPENIMIS.requests() >= before + 3);
        assertThat(loops.pending(uuid)).allMatch(work -> work.reason() == reason && work.attempts() <= 2);
    }

    @Test
    void what_has_no_field_in_openimis_is_attached_once() {
        Claim claim = tasked();
        journey.feedback(Journey.submission("with-remarks.json", claim).toString());
        journey.reaches(claim, State.IN_REVIEW);
        assertThat(OPENIMIS.effects(Kind.FILE_ATTACHED, claim.uuid())).isEqualTo(1);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
    }

    @Test
    void at_depth_a_claim_costs_a_fifth_of_a_request_over_the_whole_loop() throws Exception {
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            claims.add(journey.claim());
        }
        // other tests' loops that still wait may not count
        // what was leased just now comes back within a moment
        await().atMost(LIMIT).until(this::nothingIsDue);
        int before = OPENIMIS.requests() - OPENIMIS.logins();
        for (Step step : DEEP) {
            camel.getRouteController().stopRoute(step.key() + "-worker");
        }
        claims.forEach(journey::notice);
        gathered(Step.CHECK, claims, State.SELECTED);
        gathered(Step.DISPATCH, claims, State.TASKED);
        claims.forEach(claim ->
                journey.feedback(Journey.submission("answered.json", claim).toString()));
        claims.forEach(claim -> journey.reaches(claim, State.ANSWERED));
        gathered(Step.DELIVER, claims, State.DELIVERED);
        gathered(Step.VALUE, claims, State.VALUED);

        // a login is for a day
        double each = (OPENIMIS.requests() - OPENIMIS.logins() - before) / (double) claims.size();
        assertThat(each).as("requests to openIMIS for a claim").isLessThanOrEqualTo(0.2);
        assertThat(claims).allSatisfy(claim -> {
            assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
            assertThat(OPENIMIS.effects(Kind.CLAIM_PROCESSED, claim.uuid())).isEqualTo(1);
        });
    }

    private boolean nothingIsDue() {
        return 0
                == jdbc.queryForObject(
                        "with put_off as (update work set due_at = now() + interval '1 day' where due_at < now() + interval"
                                + " '1 hour' returning 1) select count(*) from put_off",
                        Integer.class);
    }

    // ---- the batch run of a month

    @Test
    void a_month_is_valued_by_one_call_and_a_second_call_says_so_politely() {
        YearMonth month = YearMonth.now().minusMonths(2);
        long before = batchRuns();
        var first = order(month, "R1");
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(first.json().path("status").asText()).isEqualTo("RUN");

        var second = order(month, "R1");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.json().path("status").asText()).isEqualTo("ALREADY_RUN");
        assertThat(second.json().path("whatHappened").asText()).contains("was made before");

        assertThat(batchRuns()).isEqualTo(before + 1);
        assertThat(order(month, "").json().path("status").asText())
                .as("national is a run of its own")
                .isEqualTo("RUN");
        JsonNode runs = journey.get("/api/valuations").json();
        assertThat(runs.get(0).path("orderedBy").asText()).isEqualTo("operator");
    }

    @Test
    void a_month_that_has_not_ended_is_not_valued() {
        var answer = order(YearMonth.now(), "R1");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().path("reason").asText()).contains("has not ended");
        assertThat(order(YearMonth.now().plusMonths(1), "").status()).isEqualTo(409);
    }

    @Test
    void two_calls_at_once_make_one_run() throws Exception {
        YearMonth month = YearMonth.of(2022, 5);
        long before = batchRuns();
        var both = List.of(
                java.util.concurrent.CompletableFuture.supplyAsync(() -> order(month, "R1")),
                java.util.concurrent.CompletableFuture.supplyAsync(() -> order(month, "R1")));
        for (var call : both) {
            assertThat(call.get().json().path("status").asText()).isIn("RUN", "ALREADY_RUN");
        }
        assertThat(batchRuns()).isEqualTo(before + 1);
    }

    @Test
    void a_ward_is_no_place_for_a_batch_run() {
        var answer = order(YearMonth.of(2020, 2), "R1D1M1");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().path("reason").asText()).contains("no region or district R1D1M1");
    }

    @Test
    void an_order_that_cannot_be_read_names_the_reason() {
        assertThat(orderBody("{\"year\": 2026}").json().path("reason").asText()).contains("year and month");
        assertThat(orderBody("rubbish").status()).isEqualTo(400);
        assertThat(orderBody("{\"year\": 2020, \"month\": 13}").status()).isEqualTo(400);
        var unknown = order(YearMonth.of(2020, 1), "NOWHERE");
        assertThat(unknown.status()).isEqualTo(409);
        assertThat(unknown.json().path("reason").asText()).contains("no region or district NOWHERE");
    }

    @Test
    void a_batch_run_that_takes_long_is_asked_about_by_the_same_call() {
        YearMonth month = YearMonth.of(2021, 3);
        OPENIMIS.holdMutations();
        try {
            assertThat(order(month, "R1").status()).isEqualTo(202);
            assertThat(order(month, "R1").status()).as("not ordered twice").isEqualTo(202);
            assertThat(OPENIMIS.runMutations()).isEqualTo(1);
        } finally {
            OPENIMIS.mutationsTake(Duration.ZERO);
        }
        assertThat(order(month, "R1").json().path("status").asText()).isEqualTo("RUN");
    }

    // ----

    private static long batchRuns() {
        return OPENIMIS.effects().stream()
                .filter(effect -> effect.kind() == Kind.BATCH_RUN)
                .count();
    }

    private Journey.Response order(YearMonth month, String location) {
        return orderBody("{\"year\": %d, \"month\": %d, \"location\": \"%s\"}"
                .formatted(month.getYear(), month.getMonthValue(), location));
    }

    private Journey.Response orderBody(String body) {
        return journey.post("/api/valuations", body, "Authorization", Journey.operator());
    }

    private Claim tasked() {
        return journey.tasked();
    }

    private Claim answered(Answer answer) {
        Claim claim = tasked();
        CHT.submit(claim.uuid(), answer);
        return claim;
    }

    /** All of them wait for this step, and go on now. */
    private void gathered(Step step, List<Claim> claims, State until) throws Exception {
        camel.getRouteController().startRoute(step.key() + "-worker");
        claims.forEach(claim -> journey.reaches(claim, until));
    }
}
