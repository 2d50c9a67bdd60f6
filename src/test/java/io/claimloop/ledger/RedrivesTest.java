package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.ledger.Redrives.Filter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedrivesTest extends LedgerTest {
    private static final Filter PARKED = new Filter(State.PARKED, null, null, null);

    private Redrives redrives;

    @BeforeEach
    void noLoops() {
        ledger.empty();
        redrives = new JdbcRedrives(ledger.jdbc, ledger.loops);
    }

    private UUID parked(State from, Reason reason) {
        UUID claim = ledger.at(from);
        ledger.move(claim, Outcome.parked(reason, null));
        return claim;
    }

    @Test
    void all_that_is_parked_goes_back_to_where_it_came_from_at_the_rate_that_is_told() {
        List<UUID> claims = Stream.generate(() -> parked(State.SELECTED, Reason.NO_CHW))
                .limit(5)
                .toList();

        Redrives.Redriven done = redrives.redrive(PARKED, "rita", 30);

        assertThat(done.loops()).isEqualTo(5);
        assertThat(done.left()).isZero();
        assertThat(done.over()).isEqualTo(Duration.ofSeconds(8));
        assertThat(claims)
                .allSatisfy(claim -> assertThat(ledger.loop(claim).state()).isEqualTo(State.SELECTED));
        List<Double> dueIn = ledger.jdbc.queryForList(
                "select extract(epoch from due_at - now())::float8 from work where step = 'DISPATCH' order by due_at",
                Double.class);
        for (int i = 0; i < 5; i++) {
            assertThat(dueIn.get(i)).isBetween(i * 2 - 1.5, i * 2.0);
        }
    }

    @Test
    void a_filter_takes_what_it_names_and_leaves_the_rest() {
        UUID named = parked(State.SELECTED, Reason.NO_CHW);
        UUID otherReason = parked(State.SELECTED, Reason.UNEXPECTED);
        UUID otherState = ledger.at(State.NEEDS_IDENTITY);
        UUID old = parked(State.SELECTED, Reason.NO_CHW);
        ledger.jdbc.update("update loop set changed_at = now() - interval '3 days' where uuid = ?", old);
        Filter filter =
                new Filter(State.PARKED, Reason.NO_CHW, null, Instant.now().minus(Duration.ofDays(1)));

        assertThat(redrives.count(filter)).isEqualTo(1);
        assertThat(redrives.redrive(filter, "rita", 60).loops()).isEqualTo(1);

        assertThat(ledger.loop(named).state()).isEqualTo(State.SELECTED);
        assertThat(ledger.loop(old).state()).isEqualTo(State.PARKED);
        assertThat(ledger.loop(otherReason).state()).isEqualTo(State.PARKED);
        assertThat(ledger.loop(otherState).state()).isEqualTo(State.NEEDS_IDENTITY);

        String code = ledger.loop(old).code();
        assertThat(redrives.redrive(new Filter(State.PARKED, null, code, null), "rita", 60)
                        .loops())
                .isEqualTo(1);
        assertThat(ledger.loop(old).state()).isEqualTo(State.SELECTED);
    }

    private long unclaimed(String report, Reason reason) {
        ledger.submission(report, null, "of " + report);
        Due due = ledger.leaseOne(Step.SUBMISSION);
        ledger.complete(due, Outcome.parked(reason, null).submission(SubmissionState.PARKED, null));
        return due.submission().id();
    }

    @Test
    void parked_submissions_of_no_loop_are_taken_up_again_by_number_by_reason_or_all() {
        long first = unclaimed("first", Reason.CLAIM_NOT_NAMED);
        long second = unclaimed("second", Reason.NOT_JSON);
        unclaimed("third", Reason.CLAIM_NOT_NAMED);
        ledger.submission("of a loop", ledger.at(State.TASKED), "rubbish");
        ledger.complete(
                ledger.leaseOne(Step.SUBMISSION),
                Outcome.parked(Reason.NOT_JSON, null).submission(SubmissionState.PARKED, null));

        assertThat(redrives.redrive(new Redrives.Unclaimed(first, null, null), "rita", 60))
                .isEqualTo(new Redrives.Redriven(1, 0, Duration.ZERO));
        assertThat(ledger.leaseOne(Step.SUBMISSION).submission().id()).isEqualTo(first);
        assertThat(redrives.redrive(new Redrives.Unclaimed(null, Reason.NOT_JSON, null), "rita", 60)
                        .loops())
                .as("the one of a loop is not taken: its loop is retried")
                .isEqualTo(1);
        assertThat(ledger.leaseOne(Step.SUBMISSION).submission().id()).isEqualTo(second);

        Redrives.Unclaimed all = new Redrives.Unclaimed(null, null, null);
        assertThat(redrives.count(all)).isEqualTo(3);
        assertThat(redrives.redrive(all, "rita", 60).loops())
                .as("two are being tried")
                .isEqualTo(1);
    }

    @Test
    void what_was_erased_is_not_tried_again() {
        long id = unclaimed("erased", Reason.CLAIM_NOT_NAMED);
        ledger.jdbc.update("update message set body = null, key_id = null");
        Redrives.Unclaimed one = new Redrives.Unclaimed(id, null, null);
        assertThat(redrives.count(one)).isZero();
        assertThat(redrives.redrive(one, "rita", 60).loops()).isZero();
        assertThat(ledger.lease(Step.SUBMISSION)).isEmpty();
    }

    @Test
    void many_submissions_come_due_at_the_rate_that_is_told() {
        for (int i = 0; i < 4; i++) {
            unclaimed("report " + i, Reason.CLAIM_NOT_NAMED);
        }
        assertThat(redrives.redrive(new Redrives.Unclaimed(null, null, null), "rita", 30)
                        .over())
                .isEqualTo(Duration.ofSeconds(6));
        assertThat(ledger.jdbc.queryForObject(
                        "select extract(epoch from max(due_at) - min(due_at))::float8 from work", Double.class))
                .isEqualTo(6.0);
    }

    @Test
    void counting_changes_nothing() {
        UUID claim = parked(State.SELECTED, Reason.NO_CHW);
        assertThat(redrives.count(PARKED)).isEqualTo(1);
        assertThat(ledger.loop(claim).state()).isEqualTo(State.PARKED);
    }

    @Test
    void the_history_has_the_chain_from_the_first_attempt_to_each_order() {
        UUID claim = ledger.noticed();
        for (int round = 0; round < 2; round++) {
            for (int attempt = 0; attempt < Ledger.MAX_ATTEMPTS; attempt++) {
                ledger.pausesPass();
                ledger.complete(ledger.leaseOne(Step.CHECK), Outcome.failed(Reason.CLAIM_NOT_FOUND, "404."));
            }
            assertThat(redrives.redrive(PARKED, "rita", 60).loops()).isEqualTo(1);
        }

        List<Loops.Transition> orders = ledger.loops.history(claim).stream()
                .filter(line -> line.cause().equals("redriven by rita"))
                .toList();
        assertThat(orders).extracting(Loops.Transition::attempts).containsExactly(3, 6);
        assertThat(orders.get(0).detail()).contains("Order no. 1", "3 attempts");
        assertThat(orders.get(1).detail()).contains("Order no. 2", "6 attempts");
        assertThat(ledger.loops.history(claim))
                .extracting(Loops.Transition::seq)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void an_order_to_a_loop_that_is_not_parked_is_in_its_history_too() {
        UUID claim = ledger.at(State.NEEDS_IDENTITY);
        ledger.loops.retry(claim, "rita");

        assertThat(ledger.loops.history(claim)).last().satisfies(line -> {
            assertThat(line.cause()).isEqualTo("retried by rita");
            assertThat(line.from()).isEqualTo(State.NEEDS_IDENTITY);
            assertThat(line.to()).isEqualTo(State.NEEDS_IDENTITY);
        });
    }

    @Test
    void a_task_that_cannot_be_taken_back_stays_visible() {
        UUID claim = ledger.at(State.TASKED);
        ledger.move(claim, Outcome.withdrawn(Reason.CLAIM_REJECTED));
        for (int i = 0; i < Ledger.MAX_ATTEMPTS + 2; i++) {
            ledger.pausesPass();
            ledger.complete(ledger.leaseOne(Step.RETRACT), Outcome.failed(Reason.NO_ACCESS, "403."));
        }

        assertThat(ledger.loop(claim).state()).isEqualTo(State.WITHDRAWN);
        assertThat(ledger.loops.waiting(Step.RETRACT, 10))
                .extracting(Loop::uuid)
                .containsExactly(claim);
        assertThat(ledger.loops.pending(claim)).singleElement().satisfies(pending -> {
            assertThat(pending.step()).isEqualTo(Step.RETRACT);
            assertThat(pending.reason()).isEqualTo(Reason.NO_ACCESS);
        });
        assertThat(ledger.loops.waiting(Step.DISPATCH, 10)).isEmpty();
    }
}
