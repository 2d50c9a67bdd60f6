package io.claimloop.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Places;
import io.claimloop.ledger.Reason;
import io.claimloop.openimis.Claim;
import io.claimloop.settings.ClaimLoopProperties;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SelectionLimitsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A Wednesday in UTC; in Kathmandu it is a quarter past midnight of Thursday. */
    private static final Instant NOW = Instant.parse("2026-11-25T18:30:00Z");

    private final Places places = mock(Places.class);
    private final Map<String, String> settings =
            new HashMap<>(Map.of("claimloop.openimis.zone", "Asia/Kathmandu", "claimloop.openimis.url", "http://x"));

    private SelectionLimits limits() {
        return limits(NOW);
    }

    private SelectionLimits limits(Instant now) {
        ClaimLoopProperties properties = new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("claimloop", ClaimLoopProperties.class);
        return new SelectionLimits(places, properties, Clock.fixed(now, ZoneOffset.UTC));
    }

    private static ObjectNode claim() {
        ObjectNode claim = JSON.createObjectNode().put("dateFrom", "2026-11-20").put("dateTo", "2026-11-20");
        claim.putObject("insuree").put("chfId", "1").put("dob", "2008-11-20");
        claim.putObject("healthFacility").put("uuid", "f").put("code", "HF1");
        claim.putArray("items").addObject().putObject("item").put("code", "0001");
        claim.putArray("services").addObject().putObject("service").put("code", "A1");
        claim.putObject("icd").put("code", "A000");
        for (int i = 1; i <= 4; i++) {
            claim.putNull("icd" + i);
        }
        return claim;
    }

    @ParameterizedTest
    @CsvSource({"2026-08-28, false", "2026-08-27, true", "2026-11-26, false"})
    void a_visit_is_too_old_when_it_ended_more_than_ninety_days_ago_in_openimis_zone(String day, boolean old) {
        // today is the 26th of November there
        Claim claim = Claim.of(claim().put("dateFrom", "2026-05-01").put("dateTo", day));
        assertThat(limits().bars(claim).filter(Reason.VISIT_TOO_OLD::equals).isPresent())
                .isEqualTo(old);
    }

    @ParameterizedTest
    @CsvSource({
        "B20,    B20.1, true",
        "B20,    b201,  true",
        "b20.1,  B201,  true",
        "B20.1,  B20,   false",
        "B20,    B2,    false",
        "B20,    AB20,  false",
        "'Z72, B20', B209, true",
        "' ,', A000, false"
    })
    void a_diagnosis_is_excluded_by_the_beginning_of_its_code(String excluded, String code, boolean out) {
        settings.put("claimloop.selection.exclude.diagnoses", excluded);
        ObjectNode claim = claim();
        for (String field : Claim.DIAGNOSES) {
            ObjectNode one = claim.deepCopy();
            one.putObject(field).put("code", code);
            assertThat(limits().excludes(Claim.of(one))).as(field).isEqualTo(out);
        }
    }

    @Test
    void a_claim_whose_diagnoses_are_not_all_shown_is_barred_where_diagnoses_are_excluded() {
        ObjectNode claim = claim();
        claim.remove("icd4");
        assertThat(limits().bars(Claim.of(claim))).isEmpty();
        settings.put("claimloop.selection.exclude.diagnoses", "B20");
        assertThat(limits().bars(Claim.of(claim))).contains(Reason.EXCLUSION_UNREADABLE);
        claim.putObject("icd").put("code", "B20");
        assertThat(limits().bars(Claim.of(claim))).as("what is shown counts").contains(Reason.EXCLUDED);
    }

    @ParameterizedTest
    @CsvSource({
        "services, A1, true",
        "services, 'X, a1 ', true",
        "services, A, false",
        "services, 0001, false",
        "items, 0001, true",
        "items, 001, false",
        "items, A1, false",
        "facilities, hf1, true",
        "facilities, HF, false"
    })
    void services_items_and_facilities_are_excluded_by_their_whole_code(String what, String codes, boolean out) {
        settings.put("claimloop.selection.exclude." + what, codes);
        assertThat(limits().bars(Claim.of(claim()))
                        .filter(Reason.EXCLUDED::equals)
                        .isPresent())
                .isEqualTo(out);
    }

    @ParameterizedTest(name = "born {1}, visit on 20 November 2026, excluded {0}: {2}")
    @CsvSource({
        "0-17,      2008-11-21, true",
        "0-17,      2008-11-20, false",
        "18-18,     2008-11-20, true",
        "90-,       1936-11-20, true",
        "90-,       1936-11-21, false",
        "'0-17,90-', 1930-01-01, true",
        "'0-17,90-', 1990-01-01, false",
        "0-17,      ,           true"
    })
    void ages_are_those_at_the_visit_and_an_unknown_age_may_be_any(String ages, String born, boolean out) {
        settings.put("claimloop.selection.exclude.ages", ages);
        ObjectNode claim = claim();
        ((ObjectNode) claim.path("insuree")).put("dob", born);
        assertThat(limits().excludes(Claim.of(claim))).isEqualTo(out);
    }

    @ParameterizedTest
    @NullAndEmptySource
    void without_a_limit_no_place_is_asked_for(String nothing) {
        settings.put("claimloop.selection.per-day", nothing);
        UUID loop = UUID.randomUUID();
        assertThat(limits().takeDay(List.of(loop))).containsExactly(loop);
        assertThat(limits().takeWeek("chw", UUID.randomUUID())).isTrue();
        verifyNoInteractions(places);
    }

    @Test
    void days_and_weeks_are_those_of_openimis_zone() {
        settings.put("claimloop.selection.per-day", "7");
        settings.put("claimloop.selection.per-chw-per-week", "3");
        UUID loop = UUID.randomUUID();
        when(places.ofDay(any(), any(), anyInt())).thenReturn(Set.of(loop));

        assertThat(limits().takeDay(List.of(loop))).containsExactly(loop);
        assertThat(limits().takeWeek("chw", loop)).isFalse();

        verify(places).ofDay(LocalDate.of(2026, 11, 26), List.of(loop), 7);
        verify(places).ofWeek("chw", LocalDate.of(2026, 11, 23), loop, 3);
        assertThat(limits().untilTomorrow()).isEqualTo(Duration.ofHours(23).plusMinutes(45));
        assertThat(limits().untilNextWeek())
                .isEqualTo(Duration.ofDays(3).plusHours(23).plusMinutes(45));
    }

    @Test
    void a_week_begins_on_monday() {
        settings.put("claimloop.selection.per-chw-per-week", "3");
        UUID loop = UUID.randomUUID();
        Instant mondayMidnight = Instant.parse("2026-11-29T18:15:00Z");
        limits(mondayMidnight.minusSeconds(1)).takeWeek("chw", loop);
        verify(places).ofWeek("chw", LocalDate.of(2026, 11, 23), loop, 3);
        assertThat(limits(mondayMidnight.minusSeconds(1)).untilNextWeek()).isEqualTo(Duration.ofSeconds(1));
        limits(mondayMidnight).takeWeek("chw", loop);
        verify(places).ofWeek("chw", LocalDate.of(2026, 11, 30), loop, 3);
        assertThat(limits(mondayMidnight).untilNextWeek()).isEqualTo(Duration.ofDays(7));
    }
}
