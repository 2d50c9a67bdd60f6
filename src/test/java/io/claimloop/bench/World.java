package io.claimloop.bench;

import java.time.LocalDate;
import java.util.UUID;

/**
 * The country that is measured: persons in households of five, a CHW for a hundred households, and as many claims as are
 * wanted. Everything follows from a number, so that the processes need not tell each other.
 */
final class World {
    static final int PERSONS = 5_000;
    static final int HOUSEHOLD = 5;
    static final int HOUSEHOLDS_OF_A_CHW = 100;
    static final String OPENIMIS_TOKEN = "token-of-openimis-in-benchmark";
    static final String CHT_TOKEN = "token-of-cht-in-the-benchmark";
    static final String OPERATOR_PASSWORD = "password-of-operator-in-benchmark";

    private static final long VERSION_4 = 0x4000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private World() {}

    /** Scattered over the whole range, as openIMIS's are: neighbours in time are no neighbours in an index. */
    static UUID claim(int number) {
        long scattered = (number + 1) * 0x9E3779B97F4A7C15L;
        scattered ^= scattered >>> 29;
        scattered *= 0xBF58476D1CE4E5B9L;
        return new UUID(scattered & ~0xF000L | VERSION_4, VARIANT | number);
    }

    /** The other way round. */
    static int number(String claim) {
        return (int) UUID.fromString(claim).getLeastSignificantBits();
    }

    static int person(int claim) {
        return claim % PERSONS;
    }

    static String personId(int person) {
        return "bench-person-" + person;
    }

    static String insuranceNumber(int person) {
        return String.valueOf(600_000_000 + person);
    }

    /** A person has one visit a day. All are older than the sweep looks: it is not what is measured. */
    static LocalDate visit(int claim) {
        return LocalDate.now().minusDays(60 + claim / PERSONS);
    }
}
