package io.claimloop.contract;

import io.claimloop.simulated.SimulatedCht;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What ClaimLoop relies on at CHT: against the simulator, or with {@code -Dcontract.cht.url=…} against a live server.
 * Records are written for a test person only, withdrawn from the first, and deleted at the end.
 */
class ChtContractTest {
    private static SimulatedCht simulated;
    private static ChtServer cht;
    private static String partner;

    @BeforeAll
    static void connect() {
        var url = Settings.of("cht.url");
        if (url != null) {
            cht = ChtServer.live(url);
            partner = "CHT";
        } else if (!Settings.liveOnly()) {
            simulated = SimulatedCht.start().withDemoData();
            simulated.sentinelDelay(Duration.ofMillis(100));
            cht = ChtServer.of(simulated);
            partner = "CHT (simulated)";
        }
    }

    @TestFactory
    Stream<DynamicTest> cht() {
        if (cht == null) return Unnamed.server("CHT", "contract.cht.url");
        return Report.SHARED.tests(partner, behaviours(cht));
    }

    static Stream<Behaviour> behaviours(ChtServer cht) {
        return Stream.concat(new ChtBehaviours(cht).behaviours(), new ChtPushes(cht).behaviours());
    }

    @AfterAll
    static void cleanUp() throws Exception {
        if (cht != null) {
            try {
                cht.cleanUp().forEach(id -> Report.SHARED.note(partner, "record " + id + " is not deleted"));
            } finally {
                Unnamed.tell();
            }
        }
        if (simulated != null) simulated.close();
    }
}
