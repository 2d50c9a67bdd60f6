package io.claimloop.support;

import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.util.Map;

/** A world in which ClaimLoop may value claims, under an account of its own, and attaches what has no field. */
public class ValuedWorld extends SimulatedWorld {
    public static final String OFFICER = "valuation";
    public static final String OFFICER_PASSWORD = "simulated-openimis-2";

    public static final SimulatedOpenImis OPENIMIS = SimulatedOpenImis.start();
    public static final SimulatedCht CHT = SimulatedCht.start().withDemoData();

    public ValuedWorld() {
        super(OPENIMIS, CHT);
        OPENIMIS.account("Admin", "simulated-openimis-0");
        // who delivers feedback cannot move money
        OPENIMIS.account(SimulatedOpenImis.USERNAME, SimulatedOpenImis.PASSWORD, 111001, 101101, 111009, 111010);
        OPENIMIS.account(OFFICER, OFFICER_PASSWORD, 111001, 101101, 111010, 111011, 111101, 111102);
        OPENIMIS.survivesAttachments(true);
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of(
                "claimloop.valuation.enabled", "true",
                "claimloop.valuation.username", OFFICER,
                "claimloop.valuation.password", OFFICER_PASSWORD,
                "claimloop.valuation.unanswered", "process",
                "claimloop.valuation.watch", "500ms",
                "claimloop.valuation.month-run.look", "50",
                "claimloop.feedback.attachment", "true");
    }
}
