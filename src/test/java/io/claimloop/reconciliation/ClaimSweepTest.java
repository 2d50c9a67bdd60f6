package io.claimloop.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.claimloop.ledger.Loop;
import io.claimloop.ledger.State;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.support.Recorded;
import io.claimloop.support.Works;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClaimSweepTest {
    private final Sweeps sweeps = new Sweeps(Map.of());
    private final ClaimSweep sweep = sweeps.whole();
    private final ManyClaims claims = new ManyClaims(250);

    @Test
    void a_sweep_that_fails_between_two_pages_pauses_and_then_goes_on_where_it_was() {
        assertThat(sweep.due()).isTrue();
        sweep.take(claims.answer(sweep.query()));
        String second = sweep.query();

        sweep.failed(PartnerException.away("openIMIS", "answered 503"));

        assertThat(sweep.due()).as("not again at the clock's next tick").isFalse();
        assertThat(sweep.query()).isEqualTo(second).contains("after:");
    }

    @Test
    void a_sweep_that_fails_three_times_at_one_page_begins_anew() {
        sweep.take(claims.answer(sweep.query()));
        for (int i = 0; i < 3; i++) {
            sweep.failed(PartnerException.away("openIMIS", "answered 503"));
        }
        assertThat(sweep.query()).doesNotContain("after:");
    }

    @Test
    void a_finished_sweep_is_not_due_until_its_pause_is_over_and_is_remembered() {
        assertThat(sweep.lastWhole()).isEmpty();
        assertThat(age()).isNaN();

        Sweeps.run(sweep, claims);

        assertThat(sweep.due()).isFalse();
        assertThat(sweep.lastWhole()).isPresent();
        assertThat(age()).isBetween(0.0, 60.0);
        assertThat(sweeps.whole().lastWhole()).as("after a restart, too").isEqualTo(sweep.lastWhole());
    }

    @Test
    void each_claim_is_taken_up_once_however_often_it_is_listed() {
        Sweeps.run(sweep, claims);
        Sweeps.run(sweep, claims);

        assertThat(sweeps.taken()).containsExactlyInAnyOrderElementsOf(numbers(250));
        assertThat(sweeps.meters.counter("claimloop.reconciliation.gap").count())
                .isEqualTo(250);
    }

    @Test
    void one_claim_that_fails_its_whole_page_is_passed_over_and_harms_no_other() {
        claims.failing.add(158);

        Sweeps.run(sweep, claims);

        assertThat(sweeps.taken()).hasSize(249).doesNotContain(158);
        assertThat(sweep.lastWhole()).isPresent();
        assertThat(claims.requests).isLessThan(30);
    }

    @Test
    void a_claim_that_is_null_on_its_page_harms_no_other() {
        claims.empty.add(3);

        Sweeps.run(sweep, claims);

        assertThat(sweeps.taken()).hasSize(249).doesNotContain(3);
        assertThat(claims.requests).isEqualTo(3);
    }

    @Test
    void the_last_claim_of_all_may_be_the_bad_one() {
        claims.failing.add(250);

        Sweeps.run(sweep, claims);

        assertThat(sweeps.taken()).hasSize(249);
        assertThat(sweep.lastWhole()).isPresent();
    }

    @Test
    void an_openimis_that_fails_on_everything_is_no_list_of_bad_claims() {
        claims.failing.addAll(numbers(250));

        assertThatThrownBy(() -> Sweeps.run(sweep, claims)).isInstanceOf(PartnerException.class);

        assertThat(claims.requests).isLessThan(20);
        assertThat(sweep.lastWhole()).isEmpty();
    }

    @Test
    void after_a_time_in_which_openimis_failed_on_everything_no_claim_is_left_out() {
        claims.failing.addAll(numbers(250));
        assertThatThrownBy(() -> Sweeps.run(sweep, claims)).isInstanceOf(PartnerException.class);
        claims.failing.clear();

        Sweeps.run(sweep, claims);

        assertThat(sweeps.taken()).hasSize(250);
    }

    @Test
    void many_bad_claims_side_by_side_do_not_stop_the_sweep_for_ever() {
        claims.failing.addAll(List.of(131, 132, 133, 134, 135, 136, 137));
        assertThatThrownBy(() -> Sweeps.run(sweep, claims)).isInstanceOf(PartnerException.class);

        Sweeps.run(sweep, claims);

        assertThat(sweep.lastWhole()).isPresent();
        assertThat(sweeps.taken()).contains(1, 100, 130, 201, 250);
    }

    @Test
    void an_error_page_instead_of_json_is_read_again_in_smaller_pages() {
        sweep.take(new PartnerAnswer("openIMIS", 500, Recorded.openimis("215").answer()));

        assertThat(sweep.query()).contains("first: 10").doesNotContain("after:");
    }

    @Test
    void a_missing_right_is_told_as_such_and_no_smaller_page_is_tried() {
        Recorded refused = Recorded.openimis("904");
        assertThatThrownBy(() -> sweep.take(new PartnerAnswer("openIMIS", refused.status(), refused.answer())))
                .isInstanceOfSatisfying(PartnerException.class, thrown -> assertThat(thrown.kind())
                        .isEqualTo(PartnerException.Kind.NO_ACCESS));
    }

    @Test
    void the_rows_of_openimis_as_recorded_are_read() {
        Recorded page = Recorded.openimis("912");
        sweep.take(new PartnerAnswer("openIMIS", page.status(), page.answer()));

        assertThat(sweeps.inbox.notices).extracting("code").containsExactly("CHT205", "CHT210");
        assertThat(sweep.query()).contains("after: \\\"YXJyYXljb25uZWN0aW9uOjE=\\\"");
    }

    /** What is missing from a list never ends a loop. */
    @Test
    void an_empty_list_is_no_news_of_any_claim() {
        Loop loop = Works.loop(State.TASKED, ManyClaims.uuid(1));
        sweeps.known.put(loop.uuid(), loop);

        Sweeps.run(sweep, new ManyClaims(0));

        assertThat(sweeps.inbox.notices).isEmpty();
        assertThat(sweep.lastWhole()).isPresent();
    }

    /** No date moves when a claim is edited: but its row is another one. */
    @Test
    void a_claim_of_an_open_task_is_looked_at_once_when_its_row_changes() {
        ManyClaims one = new ManyClaims(1);
        Loop loop = Works.loop(State.TASKED, ManyClaims.uuid(1));
        sweeps.known.put(loop.uuid(), loop);

        Sweeps.run(sweep, one);
        Sweeps.run(sweep, one);
        assertThat(sweeps.inbox.notices).hasSize(1);

        var edited =
                one.answer(sweep.query()).text().replace("\"code\":\"C1\"", "\"code\":\"C1\",\"claimed\":\"1.00\"");
        sweep.take(new PartnerAnswer("openIMIS", 200, edited));
        assertThat(sweeps.inbox.notices).hasSize(2);
    }

    private double age() {
        return sweeps.meters.get("claimloop.reconciliation.age").gauge().value();
    }

    private static List<Integer> numbers(int many) {
        return IntStream.rangeClosed(1, many).boxed().toList();
    }
}
