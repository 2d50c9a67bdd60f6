package io.claimloop.ledger;

import static io.claimloop.ledger.Ledger.LEASE;
import static io.claimloop.ledger.Ledger.MAX_ATTEMPTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LeasesTest extends LedgerTest {

    @Test
    void the_oldest_work_is_leased_first_and_no_more_than_the_limit() {
        UUID young = ledger.noticed();
        UUID old = ledger.noticed();
        UUID middle = ledger.noticed();
        dueSince(young, 1);
        dueSince(old, 3);
        dueSince(middle, 2);

        assertThat(ledger.dueWork.lease(Step.CHECK, 2, LEASE))
                .extracting(due -> due.loop().uuid())
                .containsExactly(old, middle);
        assertThat(ledger.dueWork.lease(Step.CHECK, 2, LEASE))
                .extracting(due -> due.loop().uuid())
                .containsExactly(young);
        assertThat(ledger.dueWork.lease(Step.CHECK, 2, LEASE)).isEmpty();
    }

    private void dueSince(UUID claim, int hours) {
        ledger.jdbc.update(
                "update work set due_at = now() - make_interval(hours => ?) where loop_uuid = ?", hours, claim);
    }

    @Test
    void work_that_is_not_due_or_of_another_step_is_left() {
        UUID claim = ledger.noticed();
        ledger.at(State.SELECTED);
        ledger.jdbc.update("update work set due_at = now() + interval '1 minute' where loop_uuid = ?", claim);

        assertThat(ledger.lease(Step.CHECK)).isEmpty();
        assertThat(ledger.lease(Step.DISPATCH)).hasSize(1);
    }

    @Test
    void two_instances_share_the_work_and_none_is_done_twice() throws Exception {
        List<UUID> claims = Stream.generate(UUID::randomUUID).limit(60).toList();
        ledger.inbox.record(claims.stream().map(Ledger::notice).toList());

        List<List<UUID>> taken = Together.run(takesAll("one"), takesAll("two"));

        assertThat(taken.get(0)).isNotEmpty();
        assertThat(taken.get(1)).isNotEmpty();
        assertThat(Stream.concat(taken.get(0).stream(), taken.get(1).stream()))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(claims);
    }

    private Callable<List<UUID>> takesAll(String owner) {
        DueWork instance = ledger.instance(owner);
        return () -> {
            List<UUID> mine = new ArrayList<>();
            for (List<Due> leased = instance.lease(Step.CHECK, 3, LEASE);
                    !leased.isEmpty();
                    leased = instance.lease(Step.CHECK, 3, LEASE)) {
                leased.forEach(due -> mine.add(due.loop().uuid()));
            }
            return mine;
        };
    }

    @Test
    void work_that_another_transaction_holds_is_skipped_and_not_waited_for() {
        UUID held = ledger.noticed();
        UUID free = ledger.noticed();

        ledger.transaction.executeWithoutResult(status -> {
            ledger.jdbc.queryForList("select id from work where loop_uuid = ? for update", held);
            assertThat(inAnotherThread(() -> ledger.lease(Step.CHECK)))
                    .extracting(due -> due.loop().uuid())
                    .containsExactly(free);
        });
    }

    private static <T> T inAnotherThread(Callable<T> thing) {
        try {
            return Together.run(thing).get(0);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_lease_that_ran_out_is_taken_by_another_and_the_stale_owner_changes_nothing() {
        UUID claim = ledger.noticed();
        Due stale = ledger.leaseOne(Step.CHECK);
        ledger.leasesRunOut();
        DueWork other = ledger.instance("other");
        Due fresh = other.lease(Step.CHECK, 1, LEASE).get(0);
        assertThat(fresh.id()).isEqualTo(stale.id());
        assertThat(fresh.token()).isGreaterThan(stale.token());
        assertThat(fresh.attempts()).isEqualTo(2);

        for (Outcome late : List.of(
                Outcome.moved(State.SELECTED, "check"),
                Outcome.failed(Reason.UNEXPECTED, null),
                Outcome.later(Reason.PARTNER_BUSY, Duration.ofHours(1)))) {
            assertThat(ledger.dueWork.complete(List.of(new Completion(stale, late))))
                    .isEmpty();
        }

        assertThat(ledger.loop(claim).state()).isEqualTo(State.NOTICED);
        assertThat(ledger.loops.history(claim)).hasSize(1);
        assertThat(ledger.work(claim, Step.CHECK)).containsEntry("lease_owner", "other");
        other.complete(List.of(new Completion(fresh, Outcome.moved(State.SELECTED, "check"))));
        assertThat(ledger.loop(claim).state()).isEqualTo(State.SELECTED);
    }

    @Test
    void an_outcome_that_is_late_but_that_nobody_forestalled_is_taken() {
        UUID claim = ledger.noticed();
        Due due = ledger.leaseOne(Step.CHECK);
        ledger.leasesRunOut();

        ledger.complete(due, Outcome.moved(State.SELECTED, "check"));

        assertThat(ledger.loop(claim).state()).isEqualTo(State.SELECTED);
        assertThat(ledger.steps(claim)).containsExactly(Step.DISPATCH);
    }

    @Test
    void an_attempt_is_counted_when_it_begins() {
        ledger.noticed();
        assertThat(ledger.leaseOne(Step.CHECK).attempts()).isEqualTo(1);
        ledger.leasesRunOut();
        assertThat(ledger.leaseOne(Step.CHECK).attempts()).isEqualTo(2);
    }

    @Test
    void later_uses_no_attempt_and_waits_as_long_as_told() {
        UUID claim = ledger.noticed();
        for (int i = 0; i < MAX_ATTEMPTS + 2; i++) {
            Due due = ledger.leaseOne(Step.CHECK);
            assertThat(due.attempts()).isEqualTo(1);
            ledger.complete(due, Outcome.later(Reason.PARTNER_BUSY, Duration.ofMinutes(5)));

            assertThat((double) ledger.work(claim, Step.CHECK).get("due_in")).isBetween(290.0, 300.0);
            assertThat(ledger.loops.pending(claim))
                    .singleElement()
                    .extracting(Loops.Pending::reason)
                    .isEqualTo(Reason.PARTNER_BUSY);
            ledger.pausesPass();
        }
        assertThat(ledger.loop(claim).state()).isEqualTo(State.NOTICED);
    }

    @Test
    void a_failed_attempt_waits_longer_each_time_and_then_parks_with_its_reason() {
        UUID claim = ledger.noticed();
        double first = Ledger.BACKOFF.first().toSeconds();
        for (int attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
            Due due = ledger.leaseOne(Step.CHECK);
            assertThat(due.attempts()).isEqualTo(attempt);
            ledger.complete(due, Outcome.failed(Reason.CLAIM_NOT_FOUND, "404."));

            double widest = first * (1 << (attempt - 1));
            assertThat((double) ledger.work(claim, Step.CHECK).get("due_in")).isBetween(widest / 4 - 1, widest);
            assertThat(ledger.lease(Step.CHECK)).isEmpty();
            ledger.pausesPass();
        }

        ledger.complete(ledger.leaseOne(Step.CHECK), Outcome.failed(Reason.CLAIM_NOT_FOUND, "404."));

        Loop parked = ledger.loop(claim);
        assertThat(parked.state()).isEqualTo(State.PARKED);
        assertThat(parked.parkedFrom()).isEqualTo(State.NOTICED);
        assertThat(parked.reason()).isEqualTo(Reason.CLAIM_NOT_FOUND);
        assertThat(parked.detail()).isEqualTo("404.");
        assertThat(ledger.steps(claim)).isEmpty();
        assertThat(ledger.loops.history(claim))
                .last()
                .extracting(Loops.Transition::attempts)
                .isEqualTo(MAX_ATTEMPTS);
    }

    @Test
    void pauses_grow_up_to_their_limit_and_no_further() {
        Backoff backoff = new Backoff(Duration.ofSeconds(5), Duration.ofHours(1));
        for (int attempts = 0; attempts < 100; attempts++) {
            assertThat(backoff.after(attempts)).isBetween(Duration.ofMillis(1250), Duration.ofHours(1));
        }
        assertThat(backoff.after(1)).isLessThanOrEqualTo(Duration.ofSeconds(5));
        assertThat(backoff.after(90)).isGreaterThanOrEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void a_partner_that_is_away_is_waited_for_however_long() {
        UUID claim = ledger.noticed();
        for (int i = 0; i < 4 * MAX_ATTEMPTS; i++) {
            ledger.complete(ledger.leaseOne(Step.CHECK), Outcome.failed(Reason.PARTNER_AWAY, "503."));
            assertThat((double) ledger.work(claim, Step.CHECK).get("due_in")).isPositive();
            ledger.pausesPass();
        }
        assertThat(ledger.loop(claim).state()).isEqualTo(State.NOTICED);
    }

    @Test
    void the_time_that_a_partner_was_away_is_not_held_against_the_work() {
        UUID claim = ledger.noticed();
        for (int i = 0; i < 2 * MAX_ATTEMPTS; i++) {
            ledger.complete(ledger.leaseOne(Step.CHECK), Outcome.failed(Reason.PARTNER_AWAY, null));
            ledger.pausesPass();
        }
        for (int attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
            ledger.complete(ledger.leaseOne(Step.CHECK), Outcome.failed(Reason.UNEXPECTED, null));
            assertThat(ledger.loop(claim).state()).isEqualTo(State.NOTICED);
            ledger.pausesPass();
        }
        ledger.complete(ledger.leaseOne(Step.CHECK), Outcome.failed(Reason.UNEXPECTED, null));
        assertThat(ledger.loop(claim).state()).isEqualTo(State.PARKED);
    }

    @Test
    void a_loop_that_waits_is_due_again_with_its_attempts_back() {
        UUID claim = ledger.noticed();
        ledger.complete(ledger.leaseOne(Step.CHECK), Outcome.failed(Reason.UNEXPECTED, null));
        ledger.pausesPass();

        ledger.complete(
                ledger.leaseOne(Step.CHECK),
                Outcome.moved(State.WAITING, "check")
                        .because(Reason.ENTERED, null)
                        .again(Duration.ofHours(1)));

        assertThat(ledger.work(claim, Step.CHECK)).containsEntry("attempts", 0);
        assertThat((double) ledger.work(claim, Step.CHECK).get("due_in")).isBetween(3590.0, 3600.0);
    }

    @Test
    void completing_tells_which_steps_have_work_now() {
        ledger.noticed();
        Due due = ledger.leaseOne(Step.CHECK);
        assertThat(ledger.dueWork.complete(
                        List.of(new Completion(due, Outcome.later(Reason.PARTNER_BUSY, Duration.ZERO)))))
                .isEqualTo(Set.of(Step.CHECK));

        Due again = ledger.leaseOne(Step.CHECK);
        assertThat(ledger.dueWork.complete(List.of(new Completion(again, Outcome.moved(State.SELECTED, "check")))))
                .isEqualTo(Set.of(Step.DISPATCH));
    }

    @Test
    void released_work_is_free_at_once_and_no_attempt_is_used() {
        UUID mine = ledger.noticed();
        ledger.leaseOne(Step.CHECK);
        UUID others = ledger.noticed();
        DueWork other = ledger.instance("other");
        other.lease(Step.CHECK, 1, LEASE);

        ledger.dueWork.release();

        assertThat(ledger.work(mine, Step.CHECK)).containsEntry("attempts", 0).containsEntry("lease_until", null);
        assertThat(ledger.work(others, Step.CHECK)).containsEntry("lease_owner", "other");
        assertThat(ledger.leaseOne(Step.CHECK).loop().uuid()).isEqualTo(mine);
    }
}
