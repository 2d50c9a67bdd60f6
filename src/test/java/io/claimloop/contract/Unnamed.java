package io.claimloop.contract;

import io.claimloop.contract.Behaviour.NotTried;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A partner that nobody named, and the end of every run. */
final class Unnamed {
    private Unnamed() {}

    static Stream<DynamicTest> server(String partner, String property) {
        if (Settings.of("openimis.url") == null && Settings.of("cht.url") == null) {
            throw new IllegalStateException("The profile contract asks live servers, and none is named. Give"
                    + " -Dcontract.openimis.url or -Dcontract.cht.url (README: Check your servers).");
        }
        var behaviour = Behaviour.reliedOn("does what ClaimLoop relies on", "–", () -> {
            throw new NotTried("no server is named: give -D" + property);
        });
        return Report.SHARED.tests(partner, Stream.of(behaviour));
    }

    /** The report's file, and on the console by name what differed and what could not be tried. */
    static void tell() {
        Report.SHARED.write();
        System.out.println(Report.SHARED.summary());
    }
}
