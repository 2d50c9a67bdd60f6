package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessException;

class MovesTest extends LedgerTest {

    @ParameterizedTest
    @EnumSource(value = State.class, mode = EnumSource.Mode.EXCLUDE, names = "PARKED")
    void every_declared_arrow_is_taken_and_written_down(State from) {
        for (State to : from.next()) {
            UUID claim = ledger.at(from);
            int lines = ledger.loops.history(claim).size();

            ledger.move(claim, Outcome.moved(to, "test").because(Reason.UNEXPECTED, "why"));

            Loop moved = ledger.loop(claim);
            assertThat(moved.state()).isEqualTo(to);
            assertThat(moved.reason()).isEqualTo(Reason.UNEXPECTED);
            assertThat(moved.detail()).isEqualTo("why");
            assertThat(moved.parkedFrom()).isEqualTo(to == State.PARKED ? from : null);
            assertThat(moved.version()).isEqualTo(lines);
            assertThat(ledger.loops.history(claim)).hasSize(lines + 1).last().satisfies(line -> {
                assertThat(line.seq()).isEqualTo(lines);
                assertThat(line.from()).isEqualTo(from);
                assertThat(line.to()).isEqualTo(to);
                assertThat(line.cause()).isEqualTo("test");
                assertThat(line.detail()).isEqualTo(Reason.UNEXPECTED.whatHappened() + " why");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(value = State.class, mode = EnumSource.Mode.EXCLUDE, names = "PARKED")
    void every_other_arrow_is_refused_and_nothing_is_written(State from) {
        UUID claim = ledger.at(from);
        Loop before = ledger.loop(claim);
        List<Loops.Transition> history = ledger.loops.history(claim);
        List<Loops.Pending> pending = ledger.loops.pending(claim);

        for (State to : EnumSet.complementOf(with(State.PARKED, from.next()))) {
            assertThatThrownBy(
                            () -> ledger.move(claim, Outcome.moved(to, "test").because(Reason.UNEXPECTED, null)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no arrow from " + from + " to " + to);
        }
        if (from.isFinal()) {
            assertThatThrownBy(() -> ledger.move(claim, Outcome.parked(Reason.UNEXPECTED, null)))
                    .isInstanceOf(IllegalStateException.class);
        }

        assertThat(ledger.loop(claim)).isEqualTo(before);
        assertThat(ledger.loops.history(claim)).isEqualTo(history);
        assertThat(ledger.loops.pending(claim)).isEqualTo(pending);
    }

    private static EnumSet<State> with(State one, Set<State> others) {
        EnumSet<State> all = EnumSet.of(one);
        all.addAll(others);
        return all;
    }

    @Test
    void an_undeclared_outcome_in_a_batch_writes_nothing_of_the_batch() {
        UUID good = ledger.noticed();
        UUID bad = ledger.noticed();
        List<Completion> outcomes = ledger.lease(Step.CHECK).stream()
                .map(due -> new Completion(
                        due, Outcome.moved(due.loop().uuid().equals(bad) ? State.DELIVERED : State.SELECTED, "check")))
                .toList();

        assertThatThrownBy(() -> ledger.dueWork.complete(outcomes)).isInstanceOf(IllegalStateException.class);

        assertThat(ledger.loop(good).state()).isEqualTo(State.NOTICED);
        assertThat(ledger.loop(bad).state()).isEqualTo(State.NOTICED);
        assertThat(ledger.work(good, Step.CHECK).get("lease_owner")).isNotNull();
    }

    @Test
    void a_move_that_somebody_forestalled_is_noticed_and_the_work_is_looked_at_afresh() {
        UUID claim = ledger.noticed();
        Due due = ledger.leaseOne(Step.CHECK);
        // somebody else, without this work
        ledger.jdbc.update("update loop set version = version + 1, state = 'WAITING' where uuid = ?", claim);

        Set<Step> now =
                ledger.dueWork.complete(List.of(new Completion(due, Outcome.moved(State.NOT_SELECTED, "check"))));

        assertThat(now).containsExactly(Step.CHECK);
        assertThat(ledger.loop(claim).state()).isEqualTo(State.WAITING);
        Due fresh = ledger.leaseOne(Step.CHECK);
        assertThat(fresh.loop().state()).isEqualTo(State.WAITING);
        assertThat(fresh.attempts()).isEqualTo(1);
    }

    @Test
    void an_outcome_without_a_state_leaves_the_loop_and_its_reason_and_history_alone() {
        UUID claim = ledger.at(State.TASKED);
        Loop before = ledger.loop(claim);
        ledger.pausesPass();

        ledger.complete(
                ledger.leaseOne(Step.LOOK_AGAIN),
                Outcome.done().because(Reason.SUBMISSION_SUPERSEDED, "x").learned(Facts.ofRecord("2-b")));

        Loop after = ledger.loop(claim);
        assertThat(after.state()).isEqualTo(State.TASKED);
        assertThat(after.reason()).isNull();
        assertThat(after.recordRev()).isEqualTo("2-b");
        assertThat(after.version()).isEqualTo(before.version());
        assertThat(ledger.steps(claim)).containsExactly(Step.WATCH, Step.EXPIRE);
    }

    @Test
    void a_loop_that_waits_for_the_same_reason_has_no_new_line_in_its_history() {
        UUID claim = ledger.noticed();
        Outcome waits = Outcome.moved(State.WAITING, "check").because(Reason.ENTERED, null);
        ledger.move(claim, waits);
        ledger.move(claim, waits);
        assertThat(ledger.loops.history(claim)).hasSize(2);

        ledger.move(claim, Outcome.moved(State.WAITING, "check").because(Reason.UNEXPECTED, null));
        assertThat(ledger.loops.history(claim)).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"VALUED", "WITHDRAWN", "PARKED"})
    void a_parked_loop_goes_back_to_where_it_came_from(State from) {
        UUID claim = ledger.at(from);
        ledger.move(claim, Outcome.parked(Reason.NO_ACCESS, "403."));
        boolean taskIsOpen = from == State.TASKED || from == State.EXPIRED;
        assertThat(ledger.steps(claim)).as("parked work").isEqualTo(taskIsOpen ? List.of(Step.WATCH) : List.of());

        assertThat(ledger.loops.retry(claim, "operator")).isTrue();

        Loop back = ledger.loop(claim);
        assertThat(back.state()).isEqualTo(from);
        assertThat(back.parkedFrom()).isNull();
        assertThat(back.reason()).isNull();
        assertThat(ledger.loops.history(claim)).last().satisfies(line -> {
            assertThat(line.from()).isEqualTo(State.PARKED);
            assertThat(line.to()).isEqualTo(from);
            assertThat(line.cause()).isEqualTo("retried by operator");
        });
        assertThat(ledger.steps(claim))
                .containsExactlyInAnyOrderElementsOf(
                        switch (from) {
                            case NOTICED, WAITING, NOT_SELECTED -> List.of(Step.CHECK);
                            case SELECTED, NEEDS_IDENTITY -> List.of(Step.DISPATCH);
                            case TASKED -> List.of(Step.LOOK_AGAIN, Step.WATCH, Step.EXPIRE);
                            case ANSWERED -> List.of(Step.DELIVER);
                            case DELIVERED, REFUSED, NOT_REACHED, EXPIRED, IN_REVIEW -> List.of(Step.VALUE);
                            default -> List.of();
                        });
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"VALUED", "WITHDRAWN", "PARKED"})
    void a_parked_loop_goes_on_only_to_what_the_state_allows_that_it_came_from(State from) {
        for (State to : State.values()) {
            UUID claim = ledger.at(from);
            ledger.move(claim, Outcome.parked(Reason.NO_ACCESS, null));
            boolean allowed = to == from || to == State.PARKED || from.next().contains(to);
            if (allowed) {
                ledger.move(claim, Outcome.moved(to, "test"));
                assertThat(ledger.loop(claim).state()).isEqualTo(to);
            } else {
                assertThatThrownBy(() -> ledger.move(claim, Outcome.moved(to, "test")))
                        .isInstanceOf(IllegalStateException.class);
                assertThat(ledger.loop(claim).state()).isEqualTo(State.PARKED);
            }
        }
    }

    @Test
    void going_on_from_parked_is_written_as_the_two_arrows_that_it_is() {
        UUID claim = ledger.at(State.TASKED);
        ledger.move(claim, Outcome.parked(Reason.ANSWERS_INVALID, null));
        ledger.move(claim, Outcome.moved(State.ANSWERED, "submission"));

        List<Loops.Transition> history = ledger.loops.history(claim);
        assertThat(history).extracting(Loops.Transition::seq).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(history)
                .extracting(line -> line.from() + ">" + line.to())
                .endsWith("TASKED>PARKED", "PARKED>TASKED", "TASKED>ANSWERED");
        assertThat(ledger.loop(claim).version()).isEqualTo(5);
    }

    @Test
    void parked_for_another_reason_it_still_knows_where_it_came_from() {
        UUID claim = ledger.at(State.TASKED);
        ledger.move(claim, Outcome.parked(Reason.ANSWERS_INVALID, null));
        ledger.move(claim, Outcome.parked(Reason.ANSWER_MISSING, null));

        assertThat(ledger.loop(claim).parkedFrom()).isEqualTo(State.TASKED);
        assertThat(ledger.loop(claim).reason()).isEqualTo(Reason.ANSWER_MISSING);
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void a_person_withdraws_only_what_needs_a_person(State state) {
        UUID claim = ledger.at(state);
        boolean needsPerson = EnumSet.of(State.PARKED, State.NEEDS_IDENTITY).contains(state);

        assertThat(ledger.loops.withdraw(claim, "operator")).isEqualTo(needsPerson);

        if (needsPerson) {
            assertThat(ledger.loop(claim).state()).isEqualTo(State.WITHDRAWN);
            assertThat(ledger.steps(claim)).isEqualTo(state == State.PARKED ? List.of() : List.of(Step.RETRACT));
            assertThat(ledger.loops.history(claim))
                    .last()
                    .extracting(Loops.Transition::cause)
                    .isEqualTo("withdrawn by operator");
        } else {
            assertThat(ledger.loop(claim).state()).isEqualTo(state);
        }
    }

    @Test
    void what_waits_is_looked_at_when_a_person_says_so() {
        UUID waiting = ledger.at(State.WAITING);
        UUID unknown = ledger.at(State.NEEDS_IDENTITY);
        UUID tasked = ledger.at(State.TASKED);
        UUID delivered = ledger.at(State.DELIVERED);

        assertThat(ledger.loops.retry(waiting, "operator")).isTrue();
        assertThat(ledger.loops.retry(unknown, "operator")).isTrue();
        assertThat(ledger.loops.retry(tasked, "operator")).isTrue();
        assertThat(ledger.loops.retry(delivered, "operator")).isTrue();
        assertThat(ledger.loops.retry(ledger.at(State.VALUED), "operator")).isFalse();
        assertThat(ledger.loops.retry(UUID.randomUUID(), "operator")).isFalse();

        assertThat(ledger.leaseOne(Step.CHECK).loop().uuid()).isEqualTo(waiting);
        assertThat(ledger.leaseOne(Step.DISPATCH).loop().uuid()).isEqualTo(unknown);
        assertThat(ledger.leaseOne(Step.VALUE).loop().uuid()).isEqualTo(delivered);
    }

    @Test
    void a_proof_is_equal_for_equal_answers_and_never_the_answer() {
        UUID one = ledger.noticed();
        UUID two = ledger.noticed();
        ledger.move(one, Outcome.moved(State.SELECTED, "check").proof("what openIMIS said"));
        ledger.move(two, Outcome.moved(State.SELECTED, "check").proof("what openIMIS said"));
        ledger.move(two, Outcome.moved(State.TASKED, "dispatch").proof("what CHT said"));

        String proof = ledger.loops.history(one).get(1).proof();
        assertThat(proof).hasSize(64).isEqualTo(ledger.loops.history(two).get(1).proof());
        assertThat(proof).isNotEqualTo(ledger.loops.history(two).get(2).proof());
        assertThat(new Proofs("another key of another place".getBytes()).keyed("what openIMIS said"))
                .as("a guess without the key")
                .isNotEqualTo(proof);
        assertThat(ledger.loops.keyed("what openIMIS said")).isEqualTo(proof);
        assertThat(ledger.jdbc.queryForList("select h::text from history h", String.class))
                .noneMatch(line -> line.contains("said"));
    }

    @Test
    void history_is_append_only() {
        UUID claim = ledger.at(State.SELECTED);
        assertThatThrownBy(() -> ledger.jdbc.update("update history set cause = 'other' where loop_uuid = ?", claim))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("history is append-only");
        assertThatThrownBy(() -> ledger.jdbc.update("delete from history where loop_uuid = ?", claim))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("history is append-only");
        assertThat(ledger.loops.history(claim)).hasSize(2);
    }

    @Test
    void a_task_is_looked_at_again_soon_and_expires_when_its_window_is_over() {
        UUID claim = ledger.at(State.TASKED);
        Instant until = ledger.loop(claim).taskUntil();

        assertThat(ledger.steps(claim)).containsExactly(Step.LOOK_AGAIN, Step.WATCH, Step.EXPIRE);
        assertThat((double) ledger.work(claim, Step.LOOK_AGAIN).get("due_in"))
                .isBetween(Ledger.LOOK_AGAIN.toSeconds() - 10.0, (double) Ledger.LOOK_AGAIN.toSeconds());
        assertThat(until)
                .isBetween(
                        Instant.now().plus(Duration.ofDays(27)), Instant.now().plus(Duration.ofDays(29)));
        assertThat(ledger.loops.pending(claim).get(2).dueAt()).isEqualTo(until);
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"ANSWERED", "NOT_REACHED", "NEEDS_IDENTITY", "EXPIRED", "WITHDRAWN", "PARKED"})
    void a_loop_that_is_no_longer_tasked_neither_expires_nor_is_its_record_looked_at(State next) {
        UUID claim = ledger.at(State.TASKED);
        ledger.move(claim, Outcome.moved(next, "test"));
        assertThat(ledger.steps(claim))
                .isEqualTo(
                        switch (next) {
                            case ANSWERED -> List.of(Step.DELIVER);
                            case PARKED -> List.of(Step.WATCH);
                            case EXPIRED, NOT_REACHED -> List.of(Step.VALUE);
                            case NEEDS_IDENTITY -> List.of(Step.RETRACT);
                            case WITHDRAWN -> List.of(Step.RETRACT);
                            default -> List.of();
                        });
    }

    @Test
    void what_cannot_be_taken_back_of_a_withdrawn_task_is_tried_for_ever_and_the_loop_stays_withdrawn() {
        UUID claim = ledger.at(State.TASKED);
        ledger.move(claim, Outcome.withdrawn(Reason.CLAIM_REJECTED));
        for (int i = 0; i < 2 * Ledger.MAX_ATTEMPTS; i++) {
            Due due = ledger.leaseOne(Step.RETRACT);
            ledger.complete(
                    due, i % 2 == 0 ? Outcome.failed(Reason.UNEXPECTED, null) : Outcome.parked(Reason.NO_ACCESS, null));
            assertThat(ledger.loop(claim).state()).isEqualTo(State.WITHDRAWN);
            assertThat((double) ledger.work(claim, Step.RETRACT).get("due_in")).isPositive();
            ledger.pausesPass();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"SELECTED", "NEEDS_IDENTITY"})
    void a_record_that_may_have_been_written_without_our_knowing_is_taken_back_once_nobody_writes_it_any_more(
            State state) {
        UUID claim = ledger.at(state);
        ledger.move(claim, Outcome.withdrawn(Reason.CLAIM_REJECTED));
        assertThat(ledger.steps(claim)).containsExactly(Step.RETRACT);
        assertThat((double) ledger.work(claim, Step.RETRACT).get("due_in")).isPositive();

        UUID parked = ledger.at(state);
        ledger.move(parked, Outcome.parked(Reason.NO_CHW, null));
        ledger.move(parked, Outcome.withdrawn(Reason.CLAIM_REJECTED));
        assertThat(ledger.steps(parked)).containsExactly(Step.RETRACT);

        UUID never = ledger.noticed();
        ledger.move(never, Outcome.withdrawn(Reason.CLAIM_REJECTED));
        assertThat(ledger.steps(never)).isEmpty();
    }

    @Test
    void no_new_task_is_made_before_the_former_one_is_taken_back() {
        UUID claim = ledger.at(State.TASKED);
        ledger.move(claim, Outcome.moved(State.NEEDS_IDENTITY, "test").because(Reason.PATIENT_NOT_IN_CHT, null));
        ledger.pausesPass();

        assertThat(ledger.dueWork.lease(Step.DISPATCH, 10, Ledger.LEASE)).noneMatch(of(claim));
        ledger.complete(ledger.leaseOne(Step.RETRACT), Outcome.done());
        assertThat(ledger.dueWork.lease(Step.DISPATCH, 10, Ledger.LEASE)).anyMatch(of(claim));
    }

    private static Predicate<Due> of(UUID claim) {
        return due -> due.loop().uuid().equals(claim);
    }

    @Test
    void a_task_that_is_made_anew_has_a_window_of_its_own() {
        UUID claim = ledger.at(State.EXPIRED);
        ledger.jdbc.update("update loop set task_until = now() - interval '1 day' where uuid = ?", claim);
        ledger.move(claim, Outcome.moved(State.NEEDS_IDENTITY, "submission").because(Reason.WRONG_PERSON, null));

        ledger.move(
                claim,
                Outcome.moved(State.TASKED, "dispatch")
                        .learned(Facts.ofTask(
                                null, "right", "chw", UUID.randomUUID(), "3-c", Duration.ofDays(28), null)));

        assertThat(ledger.loop(claim).taskUntil()).isAfter(Instant.now().plus(Duration.ofDays(27)));
        assertThat(ledger.lease(Step.EXPIRE)).isEmpty();
    }

    @Test
    void a_task_that_was_parked_keeps_its_window() {
        UUID claim = ledger.at(State.TASKED);
        Instant until = ledger.loop(claim).taskUntil();
        ledger.move(claim, Outcome.parked(Reason.RECORD_REFUSED, null));
        ledger.loops.retry(claim, "operator");
        assertThat(ledger.loop(claim).taskUntil()).isEqualTo(until);
    }

    @Test
    void findings_are_kept_once_a_rule() {
        UUID claim = ledger.noticed();
        Finding finding = new Finding(9, "entry-date", "first");
        ledger.move(claim, Outcome.moved(State.NOT_SELECTED, "check").found(List.of(finding)));
        ledger.move(
                claim,
                Outcome.moved(State.NOT_SELECTED, "check").found(List.of(new Finding(9, "entry-date", "second"))));

        assertThat(ledger.loops.findings(claim)).containsExactly(new Finding(9, "entry-date", "second"));
    }
}
