package io.claimloop.support;

import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.util.Map;

/** A world of its own where corrections are delivered. */
public class CorrectingWorld extends SimulatedWorld {
    public static final SimulatedOpenImis OPENIMIS = SimulatedOpenImis.start();
    public static final SimulatedCht CHT = SimulatedCht.start().withDemoData();

    public CorrectingWorld() {
        super(OPENIMIS, CHT);
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of("claimloop.feedback.corrections", "deliver");
    }
}
