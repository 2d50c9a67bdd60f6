package io.claimloop.ledger;

import static io.claimloop.ledger.Ledger.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Batches: what comes of each work is what came of it alone, at the cost of one. */
class CompletingTest extends LedgerTest {

    @ParameterizedTest
    @CsvSource({"2", "60"})
    void a_batch_of_any_size_costs_ten_statements_at_most(int size) {
        List<UUID> claims = noticed(size);

        assertThat(statements(Step.CHECK, due -> Outcome.moved(State.SELECTED, "check")
                        .learned(Facts.ofClaim("C", "insuree", null))
                        .proof("answer")))
                .as("checked")
                .isEqualTo(7);
        assertThat(statements(Step.DISPATCH, due -> Outcome.moved(State.TASKED, "dispatch")
                        .learned(task())
                        .proof("answer")))
                .as("dispatched")
                .isEqualTo(9);

        assertThat(claims).allSatisfy(claim -> {
            assertThat(ledger.loop(claim).state()).isEqualTo(State.TASKED);
            assertThat(ledger.loop(claim).version()).isEqualTo(2);
            assertThat(ledger.loops.history(claim))
                    .extracting(Loops.Transition::to)
                    .containsExactly(State.NOTICED, State.SELECTED, State.TASKED);
            assertThat(ledger.steps(claim)).containsExactly(Step.LOOK_AGAIN, Step.WATCH, Step.EXPIRE);
        });
    }

    @ParameterizedTest
    @CsvSource({"2", "60"})
    void a_batch_of_any_size_that_waits_or_fails_costs_as_little(int size) {
        noticed(size);
        assertThat(statements(Step.CHECK, due -> Outcome.moved(State.NOT_SELECTED, "check")
                        .found(List.of(new Finding(9, "entry-date", "late"), new Finding(null, "other", "x")))
                        .again(Duration.ZERO)))
                .isEqualTo(8);
        assertThat(statements(Step.CHECK, due -> Outcome.failed(Reason.PARTNER_AWAY, null)))
                .isEqualTo(3);
        ledger.pausesPass();
        assertThat(statements(Step.CHECK, due -> Outcome.withdrawn(Reason.CLAIM_REJECTED)))
                .isEqualTo(8);
    }

    private List<UUID> noticed(int size) {
        List<UUID> claims = Stream.generate(UUID::randomUUID).limit(size).toList();
        ledger.inbox.record(claims.stream().map(Ledger::notice).toList());
        return claims;
    }

    private long statements(Step step, Function<Due, Outcome> outcome) {
        List<Completion> completions = ledger.lease(step).stream()
                .map(due -> new Completion(due, outcome.apply(due)))
                .toList();
        assertThat(completions).hasSizeGreaterThan(1);
        long before = ledger.asked.statements.get();
        ledger.dueWork.complete(completions);
        return ledger.asked.statements.get() - before;
    }

    private static Facts task() {
        return Facts.ofTask(null, "patient", "chw", UUID.randomUUID(), "1-a", Duration.ofDays(28), "hash");
    }

    @Test
    void a_batch_of_all_kinds_of_outcomes_comes_to_what_each_comes_to_alone() {
        Map<String, Outcome> outcomes = Map.of(
                "moved", Outcome.moved(State.SELECTED, "check").learned(Facts.ofClaim("C", "i", null)),
                "waits",
                        Outcome.moved(State.WAITING, "check")
                                .because(Reason.ENTERED, "why")
                                .again(Duration.ofHours(1)),
                "later", Outcome.later(Reason.PARTNER_BUSY, Duration.ofMinutes(5)),
                "away", Outcome.failed(Reason.PARTNER_AWAY, "503."),
                "failed", Outcome.failed(Reason.CLAIM_NOT_FOUND, "404."),
                "parked", Outcome.parked(Reason.NO_ACCESS, "403."),
                "withdrawn", Outcome.withdrawn(Reason.CLAIM_REJECTED),
                "found",
                        Outcome.moved(State.NOT_SELECTED, "check")
                                .found(List.of(new Finding(9, "entry-date", "first"))),
                "told again", Outcome.moved(State.NOT_SELECTED, "check"));

        Map<String, UUID> alone = claims(outcomes);
        leased(alone).forEach((kind, due) -> ledger.complete(due, outcomes.get(kind)));
        Map<String, List<Object>> each = seen(alone);
        ledger.nothingDue();

        Map<String, UUID> together = claims(outcomes);
        ledger.dueWork.complete(leased(together).entrySet().stream()
                .map(entry -> new Completion(entry.getValue(), outcomes.get(entry.getKey())))
                .toList());

        assertThat(seen(together)).isEqualTo(each);
        assertThat(each.get("moved").get(0)).isEqualTo(State.SELECTED);
        assertThat(each.get("failed").get(0)).isEqualTo(State.NOTICED);
        assertThat(each.get("parked").get(0)).isEqualTo(State.PARKED);
    }

    private Map<String, UUID> claims(Map<String, Outcome> outcomes) {
        return outcomes.keySet().stream().collect(Collectors.toMap(kind -> kind, kind -> ledger.noticed()));
    }

    private Map<String, Due> leased(Map<String, UUID> claims) {
        Map<UUID, Due> leased = ledger.lease(Step.CHECK).stream()
                .collect(Collectors.toMap(due -> due.loop().uuid(), due -> due));
        ledger.inbox.record(List.of(Ledger.notice(claims.get("told again"))));
        Map<String, Due> byKind = new HashMap<>();
        claims.forEach((kind, claim) -> byKind.put(kind, leased.get(claim)));
        return byKind;
    }

    private Map<String, List<Object>> seen(Map<String, UUID> claims) {
        Map<String, List<Object>> seen = new HashMap<>();
        claims.forEach((kind, claim) -> {
            Loop loop = ledger.loop(claim);
            List<Object> one = new ArrayList<>(List.of(loop.state(), loop.version()));
            one.add(loop.parkedFrom());
            one.add(loop.reason());
            one.add(loop.detail());
            one.add(loop.insuree());
            ledger.loops
                    .history(claim)
                    .forEach(line -> one.add(line.seq() + " " + line.from() + " " + line.to() + " " + line.cause() + " "
                            + line.detail() + " " + line.attempts()));
            one.add(ledger.loops.findings(claim));
            one.addAll(ledger.jdbc.queryForList(
                    "select step, attempts, away, again, reason, lease_owner,"
                            + " case when due_at <= now() then 'now' when due_at > now() + interval '50 minutes' then 'in an hour'"
                            + " when due_at > now() + interval '4 minutes' then 'in five minutes' else 'soon' end as due"
                            + " from work where loop_uuid = ? order by step",
                    claim));
            seen.put(kind, one);
        });
        return seen;
    }

    @Test
    void whom_somebody_forestalled_and_who_lost_his_lease_keep_nobody_of_the_batch_back() {
        UUID good = ledger.noticed();
        UUID forestalled = ledger.noticed();
        UUID lost = ledger.noticed();
        List<Due> leased = ledger.lease(Step.CHECK);
        ledger.jdbc.update("update loop set version = version + 1, state = 'WAITING' where uuid = ?", forestalled);
        ledger.jdbc.update("update work set lease_token = lease_token + 1 where loop_uuid = ?", lost);

        ledger.dueWork.complete(leased.stream()
                .map(due -> new Completion(
                        due, Outcome.moved(State.SELECTED, "check").found(List.of(new Finding(9, "entry-date", "x")))))
                .toList());

        assertThat(ledger.loop(good).state()).isEqualTo(State.SELECTED);
        assertThat(ledger.loop(forestalled).state()).isEqualTo(State.WAITING);
        assertThat(ledger.loop(lost).state()).isEqualTo(State.NOTICED);
        assertThat(List.of(forestalled, lost)).allSatisfy(claim -> {
            assertThat(ledger.loops.history(claim)).hasSize(1);
            assertThat(ledger.loops.findings(claim)).isEmpty();
            assertThat(ledger.steps(claim)).containsExactly(Step.CHECK);
        });
        assertThat(ledger.work(lost, Step.CHECK).get("lease_owner")).isNotNull();
        assertThat(ledger.leaseOne(Step.CHECK).loop().uuid()).isEqualTo(forestalled);
    }

    @Test
    void of_two_submissions_of_one_loop_in_a_batch_the_second_sees_what_the_first_did() {
        UUID claim = ledger.at(State.TASKED);
        ledger.submission("one", claim, "answers");
        ledger.submission("two", claim, "answers");
        List<Due> leased = ledger.lease(Step.SUBMISSION);
        assertThat(leased).hasSize(2);

        ledger.dueWork.complete(leased.stream()
                .map(due -> new Completion(
                        due,
                        Outcome.moved(State.ANSWERED, "submission")
                                .learned(Facts.ofSubmission(due.submission().id()))
                                .submission(SubmissionState.TAKEN, "{\"outcome\":\"ANSWERED\"}")))
                .toList());

        assertThat(ledger.loop(claim).submission())
                .isEqualTo(leased.get(0).submission().id());
        assertThat(ledger.loops.submissions(claim))
                .extracting(Submission::state)
                .containsExactly(SubmissionState.TAKEN, SubmissionState.RECEIVED);
        Due second = ledger.leaseOne(Step.SUBMISSION);
        assertThat(second.submission().id())
                .isEqualTo(leased.get(1).submission().id());
        assertThat(second.loop().state()).isEqualTo(State.ANSWERED);
        assertThat(ledger.leaseOne(Step.DELIVER).submission().feedback()).contains("ANSWERED");
    }

    @Test
    void a_transition_is_logged_when_it_is_committed_and_not_before() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger("claimloop.loop");
        lines.start();
        log.addAppender(lines);
        try {
            UUID claim = ledger.noticed();
            Due due = ledger.dueWork.lease(Step.CHECK, 1, LEASE).get(0);
            Completion selected = new Completion(due, Outcome.moved(State.SELECTED, "check"));
            ledger.transaction.executeWithoutResult(status -> {
                ledger.dueWork.complete(List.of(selected));
                status.setRollbackOnly();
            });
            assertThat(lines.list).as("rolled back").isEmpty();

            ledger.transaction.executeWithoutResult(status -> {
                ledger.dueWork.complete(List.of(selected));
                assertThat(lines.list).as("not committed yet").isEmpty();
            });
            assertThat(lines.list)
                    .singleElement()
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .asString()
                    .contains(claim.toString(), "NOTICED -> SELECTED");
        } finally {
            log.detachAppender(lines);
        }
    }

    @Test
    void what_a_loop_waits_for_is_found_by_an_index() {
        List<String> plan = ledger.transaction.execute(status -> {
            ledger.jdbc.execute("set local enable_seqscan = off");
            return ledger.jdbc.queryForList(
                    "explain " + NextWork.DROP_OTHER_WORK,
                    String.class,
                    new String[] {UUID.randomUUID().toString()},
                    new String[] {"CHECK"},
                    new String[] {"1"});
        });
        assertThat(plan).anyMatch(line -> line.contains("Index Cond: (loop_uuid = "));
    }
}
