package io.claimloop.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RejectionCodeTest {
    @Test
    void the_table_has_each_of_openimis_codes_once_in_their_order_with_a_meaning() {
        assertThat(Arrays.stream(RejectionCode.values()).map(RejectionCode::code))
                .containsExactlyElementsOf(IntStream.rangeClosed(-2, 21).boxed().toList());
        assertThat(RejectionCode.values())
                .allSatisfy(code -> assertThat(code.meaning()).isNotBlank());
    }
}
