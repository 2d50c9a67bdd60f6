package io.claimloop.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimUuidsTest {
    private static final String DASHED = "2aa4b4f5-2429-4321-95bd-aec5e323369e";

    @Test
    void a_uuid_keeps_the_letter_case_that_openimis_writes() {
        String upper = "2AA4B4F5-2429-4321-95BD-AEC5E323369E";
        assertThat(ClaimUuids.spelling(upper)).contains(upper);
        assertThat(ClaimUuids.canonical(upper)).contains(UUID.fromString(DASHED));
        assertThat(ClaimUuids.canonical(upper).orElseThrow()).hasToString(DASHED);
    }

    @Test
    void a_uuid_of_hex_digits_only_gets_its_dashes() {
        assertThat(ClaimUuids.spelling("2aa4b4f52429432195bdaec5e323369e")).contains(DASHED);
        assertThat(ClaimUuids.spelling("2AA4B4F52429432195BDAEC5E323369E"))
                .contains("2AA4B4F5-2429-4321-95BD-AEC5E323369E");
    }

    @Test
    void blanks_around_it_do_not_matter() {
        assertThat(ClaimUuids.spelling(" " + DASHED + "\n")).contains(DASHED);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "CHT083",
                "1-1-1-1-1",
                "2aa4b4f5-2429-4321-95bd-aec5e323369",
                "2aa4b4f5-2429-4321-95bd-aec5e323369ef",
                "2aa4b4f5-24294321-95bd-aec5e323369e",
                "2aa4b4f5-2429-4321-95bd-aec5e323369g",
                "٢aa4b4f5-2429-4321-95bd-aec5e323369e",
                "{2aa4b4f5-2429-4321-95bd-aec5e323369e}"
            })
    void what_is_not_a_uuid_is_none(String text) {
        assertThat(ClaimUuids.spelling(text)).isEmpty();
        assertThat(ClaimUuids.canonical(text)).isEmpty();
    }
}
