package io.claimloop.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.ledger.State;
import io.claimloop.partner.PartnerException;
import io.claimloop.support.Works;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClaimHeadTest {
    private final Sweeps sweeps = new Sweeps(Map.of());
    private final ClaimHead head = sweeps.head();

    @Test
    void a_new_claim_among_a_million_is_found_by_one_request() {
        ManyClaims claims = new ManyClaims(1_000_000);
        sweeps.watermarks.put("openimis-claims-head", "999999");

        Sweeps.run(head, claims);

        assertThat(claims.requests).isEqualTo(1);
        assertThat(sweeps.taken()).contains(1_000_000);
        assertThat(head.due()).isFalse();
    }

    /** Claims that were pushed are known; one between them, typed in the web interface, is not. */
    @Test
    void it_reads_on_to_where_it_was_though_a_whole_page_holds_nothing_new() {
        ManyClaims claims = new ManyClaims(500);
        sweeps.watermarks.put("openimis-claims-head", "250");
        for (int number = 261; number <= 500; number++) {
            sweeps.known.put(ManyClaims.uuid(number), Works.loop(State.SELECTED, ManyClaims.uuid(number)));
        }

        Sweeps.run(head, claims);

        assertThat(sweeps.taken()).contains(260, 251);
        assertThat(claims.requests).isEqualTo(3);
    }

    @Test
    void the_first_time_it_ends_at_the_first_page_without_news() {
        ManyClaims claims = new ManyClaims(500);
        for (int number = 1; number <= 350; number++) {
            sweeps.known.put(ManyClaims.uuid(number), Works.loop(State.SELECTED, ManyClaims.uuid(number)));
        }

        Sweeps.run(head, claims);

        assertThat(claims.requests).isEqualTo(3);
        assertThat(sweeps.taken()).hasSize(150);
        assertThat(sweeps.watermarks).containsEntry("openimis-claims-head", "500");
    }

    @Test
    void a_claim_that_was_left_to_its_notice_is_looked_at_again_the_next_time() {
        Sweeps patient = new Sweeps(Map.of("claimloop.reconciliation.grace", "36500d"));
        patient.watermarks.put("openimis-claims-head", "10");

        Sweeps.run(patient.head(), new ManyClaims(12));

        assertThat(patient.inbox.notices).isEmpty();
        assertThat(patient.watermarks).containsEntry("openimis-claims-head", "10");
    }

    @Test
    void one_that_stops_for_want_of_calls_goes_on_where_it_was() {
        ManyClaims claims = new ManyClaims(300);
        head.begin();
        head.take(claims.answer(head.query()));
        String second = head.query();
        head.end();

        assertThat(head.due()).isTrue();
        head.begin();
        assertThat(head.query()).isEqualTo(second);
    }

    @Test
    void under_the_policy_selected_all_that_wait_for_feedback_are_listed() {
        Sweeps selected = new Sweeps(Map.of("claimloop.selection.policy", "selected"));
        ClaimHead waiting = selected.head();
        ManyClaims claims = new ManyClaims(250);

        Sweeps.run(waiting, claims);

        assertThat(claims.requests).isEqualTo(3);
        waiting.begin();
        assertThat(waiting.query()).contains("feedbackStatus: 4");
        assertThat(selected.inbox.notices)
                .as("none of these rows is selected for feedback")
                .isEmpty();
    }

    @Test
    void only_when_graphql_fails_again_and_again_is_the_other_way_taken_and_only_under_selected() {
        ClaimHead waiting = new Sweeps(Map.of("claimloop.selection.policy", "selected")).head();
        PartnerException broken = PartnerException.unexpected("openIMIS", 500, "no list of claims");
        for (int i = 0; i < 2; i++) {
            waiting.failed(broken);
            assertThat(waiting.takesOtherWay()).isFalse();
        }
        waiting.failed(broken);
        assertThat(waiting.takesOtherWay()).isTrue();
        assertThat(waiting.takesOtherWay()).as("once for each failure").isFalse();
        waiting.failed(PartnerException.away("openIMIS", "answered 503"));
        assertThat(waiting.takesOtherWay()).as("openIMIS is away by either way").isFalse();

        for (int i = 0; i < 4; i++) {
            head.failed(broken);
        }
        assertThat(head.takesOtherWay()).isFalse();
    }
}
