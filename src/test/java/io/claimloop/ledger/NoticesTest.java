package io.claimloop.ledger;

import static io.claimloop.ledger.Ledger.notice;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NoticesTest extends LedgerTest {

    /** They count rows. */
    @Override
    @BeforeEach
    void empty() {
        ledger.empty();
    }

    @Test
    void the_same_notice_a_hundred_times_is_one_loop_one_message_and_one_work() {
        UUID claim = UUID.randomUUID();
        for (int i = 0; i < 50; i++) {
            ledger.inbox.record(List.of(notice(claim), notice(claim)));
        }

        assertThat(ledger.count("loop")).isEqualTo(1);
        assertThat(ledger.count("history")).isEqualTo(1);
        assertThat(ledger.steps(claim)).containsExactly(Step.CHECK);
        assertThat(ledger.jdbc.queryForObject("select times from message", Integer.class))
                .isEqualTo(100);
        assertThat(ledger.loop(claim).state()).isEqualTo(State.NOTICED);
        assertThat(ledger.loops.history(claim)).singleElement().satisfies(first -> {
            assertThat(first.seq()).isZero();
            assertThat(first.from()).isNull();
            assertThat(first.to()).isEqualTo(State.NOTICED);
            assertThat(first.cause()).isEqualTo("notice");
        });
    }

    @Test
    void another_content_about_the_same_claim_is_kept_beside_the_first() {
        UUID claim = UUID.randomUUID();
        ledger.inbox.record(List.of(notice(claim, "first")));
        ledger.inbox.record(List.of(notice(claim, "second")));

        assertThat(ledger.count("loop")).isEqualTo(1);
        assertThat(ledger.count("message")).isEqualTo(2);
    }

    @Test
    void only_the_very_same_content_about_the_same_claim_was_told_before() {
        UUID claim = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        ledger.inbox.record(List.of(notice(claim, "first"), notice(other, "second")));

        assertThat(ledger.loops.told(List.of(notice(claim, "first"), notice(other, "first"))))
                .containsExactly(claim);
        assertThat(ledger.loops.told(List.of(notice(claim, "second")))).isEmpty();
        assertThat(ledger.loops.told(List.of())).isEmpty();
    }

    @Test
    void a_bundle_opens_a_loop_for_each_of_its_claims() {
        List<UUID> claims = Stream.generate(UUID::randomUUID).limit(5).toList();
        ledger.inbox.record(
                claims.stream().map(claim -> notice(claim, "bundle")).toList());

        assertThat(claims).allSatisfy(claim -> {
            assertThat(ledger.loop(claim).state()).isEqualTo(State.NOTICED);
            assertThat(ledger.steps(claim)).containsExactly(Step.CHECK);
        });
    }

    @Test
    void the_latest_spelling_counts_until_the_claim_was_read_with_it() {
        UUID claim = UUID.randomUUID();
        String upper = claim.toString().toUpperCase(java.util.Locale.ROOT);
        ledger.inbox.record(List.of(new ClaimNotice(claim, claim.toString(), null, Ledger.bytes("a"))));
        ledger.inbox.record(List.of(new ClaimNotice(claim, upper, null, Ledger.bytes("b"))));
        assertThat(ledger.loop(claim).spelling()).isEqualTo(upper);

        ledger.move(claim, Outcome.moved(State.WAITING, "check").learned(Facts.ofClaim("C", "insuree", null)));
        ledger.inbox.record(List.of(new ClaimNotice(claim, claim.toString(), null, Ledger.bytes("c"))));
        assertThat(ledger.loop(claim).spelling()).isEqualTo(upper);
    }

    @Test
    void writers_with_the_same_claims_in_opposite_order_do_not_deadlock() throws Exception {
        // both signs of a signed comparison, old and new claims
        List<UUID> claims =
                new ArrayList<>(Stream.generate(UUID::randomUUID).limit(30).toList());
        Callable<Void> forth = records(claims, "a");
        List<UUID> reversed = new ArrayList<>(claims);
        Collections.reverse(reversed);

        Together.run(forth, records(reversed, "b"), records(claims, "c"));

        assertThat(ledger.count("loop")).isEqualTo(30);
        assertThat(ledger.jdbc.queryForObject("select sum(notices) from loop", Integer.class))
                .isEqualTo(30 + 3 * 2 * 10 * 30);
    }

    private Callable<Void> records(List<UUID> claims, String by) {
        return () -> {
            for (int i = 0; i < 10; i++) {
                int round = i;
                // two contents of each claim, in an order of their own
                ledger.inbox.record(claims.stream()
                        .flatMap(claim -> IntStream.range(0, 2)
                                .mapToObj(n -> notice(claim, "round " + round + ("b".equals(by) ? 1 - n : n))))
                        .toList());
            }
            return null;
        };
    }

    @Test
    void notices_and_outcomes_of_the_same_claims_do_not_deadlock() throws Exception {
        List<UUID> claims = Stream.generate(UUID::randomUUID).limit(20).toList();
        ledger.inbox.record(claims.stream().map(Ledger::notice).toList());
        Callable<Void> outcomes = () -> {
            for (int i = 0; i < 30; i++) {
                List<Due> leased = ledger.lease(Step.CHECK);
                ledger.dueWork.complete(leased.stream()
                        .map(due -> new Completion(due, Outcome.moved(State.NOT_SELECTED, "check")))
                        .toList());
            }
            return null;
        };
        Callable<Void> notices = () -> {
            for (int i = 0; i < 30; i++) {
                ledger.inbox.record(claims.stream().map(Ledger::notice).toList());
            }
            return null;
        };

        Together.run(outcomes, notices);

        assertThat(ledger.loops.count()).hasSize(1);
    }

    @Test
    void a_notice_while_the_check_is_leased_has_it_done_once_more() {
        UUID claim = ledger.noticed();
        Due first = ledger.leaseOne(Step.CHECK);
        ledger.inbox.record(List.of(notice(claim)));
        assertThat(ledger.lease(Step.CHECK)).isEmpty();

        ledger.complete(first, Outcome.moved(State.NOT_SELECTED, "check"));

        Due second = ledger.leaseOne(Step.CHECK);
        assertThat(second.attempts()).isEqualTo(1);
        ledger.complete(second, Outcome.moved(State.NOT_SELECTED, "check"));
        assertThat(ledger.steps(claim)).isEmpty();
    }

    @Test
    void a_notice_while_the_check_is_leased_outruns_the_pause_that_the_check_asks_for() {
        UUID claim = ledger.noticed();
        Due first = ledger.leaseOne(Step.CHECK);
        ledger.inbox.record(List.of(notice(claim)));

        ledger.complete(first, Outcome.moved(State.WAITING, "check").again(java.time.Duration.ofHours(1)));

        assertThat(ledger.lease(Step.CHECK)).hasSize(1);
    }

    @Test
    void a_notice_has_a_waiting_claim_looked_at_now() {
        UUID claim = ledger.noticed();
        ledger.complete(
                ledger.leaseOne(Step.CHECK),
                Outcome.moved(State.WAITING, "check").again(java.time.Duration.ofHours(1)));
        assertThat(ledger.lease(Step.CHECK)).isEmpty();

        ledger.inbox.record(List.of(notice(claim)));

        assertThat(ledger.lease(Step.CHECK)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NOTICED", "WAITING", "NOT_SELECTED"})
    void a_notice_of_a_claim_that_is_on_its_way_makes_no_check(State state) {
        UUID claim = ledger.at(state);
        List<Step> before = ledger.steps(claim);

        ledger.inbox.record(List.of(notice(claim)));

        List<Step> after = ledger.steps(claim);
        assertThat(after).doesNotContain(Step.CHECK);
        switch (state) {
            case TASKED -> assertThat(after.get(0)).isEqualTo(Step.WATCH);
            case DELIVERED, REFUSED, NOT_REACHED, EXPIRED, IN_REVIEW ->
                assertThat(ledger.lease(Step.VALUE)).as("looked at now").hasSize(1);
            case NEEDS_IDENTITY -> assertThat(after).containsExactly(Step.DISPATCH);
            default -> assertThat(after).isEqualTo(before);
        }
        assertThat(ledger.loop(claim).state()).isEqualTo(state);
    }
}
