package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackedTest {
    private static final Seal SEAL = new Seal(new byte[32], null);
    private static final String WHERE = Seal.ofMessage("NOTICE", "somewhere");

    private static byte[] claim() {
        return "{\"resourceType\":\"Claim\",\"item\":[%s]}"
                .formatted("{\"sequence\":1,\"quantity\":{\"value\":2}},".repeat(200))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_claim_is_sealed_in_a_fraction_of_its_bytes_and_opens_as_it_came() {
        byte[] sealed = SEAL.seal(claim(), WHERE);
        assertThat(sealed.length).isLessThan(claim().length / 4);
        assertThat(SEAL.open(sealed, SEAL.keyId(), WHERE)).isEqualTo(claim());
    }

    @Test
    void what_was_sealed_without_being_packed_opens_as_it_came() {
        assertThat(Packed.unpack(claim())).isEqualTo(claim());
    }

    @Test
    void what_packing_makes_no_shorter_stays_as_it_is() {
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        assertThat(Packed.pack(noise)).isSameAs(noise);
        byte[] little = "{}".getBytes(StandardCharsets.UTF_8);
        assertThat(Packed.pack(little)).isSameAs(little);
        assertThat(SEAL.open(SEAL.seal(new byte[0], WHERE), SEAL.keyId(), WHERE))
                .isEmpty();
    }

    @Test
    void what_is_cut_off_is_told_as_what_does_not_open() {
        byte[] packed = Packed.pack(claim());
        byte[] cutOff = Arrays.copyOf(packed, packed.length / 2);
        assertThatThrownBy(() -> Packed.unpack(cutOff)).isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void what_looks_packed_already_opens_as_it_came() {
        byte[] once = Packed.pack(claim());
        assertThat(Packed.unpack(Packed.unpack(Packed.pack(once)))).isEqualTo(claim());
        byte[] broken = {0x1f, (byte) 0x8b, 1, 2, 3};
        assertThat(Packed.unpack(Packed.pack(broken))).isEqualTo(broken);
    }
}
