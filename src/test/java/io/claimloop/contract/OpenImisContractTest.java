package io.claimloop.contract;

import io.claimloop.simulated.SimulatedOpenImis;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What ClaimLoop relies on at openIMIS: against the simulator, or with {@code -Dcontract.openimis.url=…} against a live
 * server. All claims are this run's own and are deleted at its end.
 */
class OpenImisContractTest {
    private static SimulatedOpenImis simulated;
    private static OpenImisServer openImis;
    private static String partner;

    @BeforeAll
    static void connect() {
        var url = Settings.of("openimis.url");
        if (url != null) {
            openImis = OpenImisServer.live(url);
            partner = "openIMIS";
        } else if (!Settings.liveOnly()) {
            simulated = SimulatedOpenImis.start();
            openImis = OpenImisServer.of(simulated);
            partner = "openIMIS (simulated)";
        }
    }

    @TestFactory
    Stream<DynamicTest> openimis() {
        if (openImis == null) return Unnamed.server("openIMIS", "contract.openimis.url");
        return Report.SHARED.tests(partner, behaviours(openImis));
    }

    static Stream<Behaviour> behaviours(OpenImisServer openImis) {
        return Stream.of(
                        new OpenImisLogins(openImis).behaviours(),
                        new OpenImisClaims(openImis).behaviours(),
                        new OpenImisRequests(openImis).behaviours(),
                        new OpenImisFeedback(openImis).behaviours(),
                        new OpenImisValuation(openImis).behaviours(),
                        new OpenImisSubscriptions(openImis).behaviours())
                .flatMap(behaviours -> behaviours);
    }

    @AfterAll
    static void cleanUp() throws Exception {
        if (openImis != null) {
            try {
                openImis.cleanUp().forEach(uuid -> Report.SHARED.note(partner, "claim " + uuid + " is not deleted"));
            } finally {
                Unnamed.tell();
            }
        }
        if (simulated != null) simulated.close();
    }
}
