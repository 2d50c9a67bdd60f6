package io.claimloop.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.rules.Wanted;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchResultsTest {
    @Test
    void a_wanted_claim_that_came_too_late_is_not_chosen_any_more_and_keeps_its_outcome() {
        BatchResults results = new BatchResults();
        Wanted claim = mock(Wanted.class);
        results.wanted(claim);
        assertThat(results.wanted()).containsExactly(claim);
        assertThat(results.completions()).isEmpty();

        Outcome late = Outcome.later(Reason.PARTNER_BUSY, Duration.ZERO);
        when(claim.outcome()).thenReturn(late);

        assertThat(results.wanted())
                .as("takes no visit and no place of the day")
                .isEmpty();
        assertThat(results.completions()).extracting("outcome").containsExactly(late);
    }
}
