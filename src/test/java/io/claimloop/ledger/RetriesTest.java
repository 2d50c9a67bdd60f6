package io.claimloop.ledger;

import static io.claimloop.ledger.Ledger.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** After an outage: much work that was tried in vain, and some that is new. */
class RetriesTest extends LedgerTest {
    private static final int MANY = 200;

    private List<UUID> triedInVain() {
        List<UUID> claims = Stream.generate(UUID::randomUUID).limit(MANY).toList();
        ledger.inbox.record(claims.stream().map(Ledger::notice).toList());
        List<Due> leased = ledger.dueWork.lease(Step.CHECK, MANY, LEASE);
        assertThat(leased).hasSize(MANY);
        ledger.dueWork.complete(leased.stream()
                .map(due -> new Completion(due, Outcome.failed(Reason.PARTNER_AWAY, "503.")))
                .toList());
        return claims;
    }

    @Test
    void work_that_failed_at_the_same_moment_does_not_come_back_at_the_same_moment() {
        triedInVain();

        List<Double> dueIn = ledger.jdbc.queryForList(
                "select extract(epoch from due_at - now())::float8 from work order by due_at", Double.class);

        // eight seconds at most the first time: some soon, some late, and no second with half of them
        assertThat(dueIn.get(MANY - 1) - dueIn.get(0)).isGreaterThan(4);
        assertThat(dueIn).allSatisfy(from -> assertThat(dueIn.stream().filter(then -> then >= from && then < from + 1))
                .hasSizeLessThan(MANY / 2));
    }

    @Test
    void new_work_gets_its_share_of_what_a_healed_partner_can_serve() {
        triedInVain();
        List<UUID> fresh = Stream.generate(ledger::noticed).limit(20).toList();
        ledger.jdbc.update("update work set due_at = now() - interval '1 hour' where away > 0");

        assertThat(lease(20)).as("oldest first").doesNotContainAnyElementsOf(fresh);
        assertThat(lease(20).stream().filter(fresh::contains)).hasSizeBetween(5, 6);
        assertThat(lease(20).stream().filter(fresh::contains)).hasSizeBetween(5, 6);
    }

    @Test
    void where_nothing_is_new_the_retries_get_all_of_it() {
        triedInVain();
        ledger.pausesPass();

        assertThat(lease(20)).hasSize(20);
        assertThat(lease(20)).hasSize(20);
        assertThat(lease(MANY)).hasSize(MANY - 40);
        assertThat(lease(20)).isEmpty();
    }

    @Test
    void where_nothing_was_tried_in_vain_the_oldest_come_first_whatever_their_number() {
        List<UUID> claims = Stream.generate(ledger::noticed).limit(30).toList();
        for (int i = 0; i < 30; i += 10) {
            assertThat(lease(10)).containsExactlyElementsOf(claims.subList(i, i + 10));
        }
    }

    private List<UUID> lease(int limit) {
        return ledger.dueWork.lease(Step.CHECK, limit, LEASE).stream()
                .map(due -> due.loop().uuid())
                .toList();
    }
}
