package io.claimloop.openimis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FhirListTest {
    @Test
    void each_reading_has_a_literal_of_its_own_so_that_no_cached_total_is_met() {
        Set<String> literals = new HashSet<>();
        Instant now = Instant.parse("2026-11-22T02:00:00Z");
        for (int second = 0; second < 7200; second++) {
            literals.add(FhirList.of("/Claim/", now.plusSeconds(second)).literal());
        }
        assertThat(literals).hasSize(7200);
    }

    @Test
    void the_literal_has_exactly_the_form_that_openimis_takes_also_at_full_minutes() {
        for (int second = 0; second < 120; second++) {
            assertThat(FhirList.of("/Claim/", Instant.ofEpochSecond(second)).literal())
                    .matches("ge20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d");
        }
    }

    @Test
    void a_page_is_asked_for_by_its_number() {
        assertThat(FhirList.of("/CommunicationRequest/", Instant.EPOCH)
                        .page(3, 50)
                        .query())
                .startsWith("_count=50&page-offset=3&_lastUpdated=ge2000");
    }
}
