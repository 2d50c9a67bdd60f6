package io.claimloop.bench;

import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** ClaimLoop's settings: its defaults, except for what paces it and for the sweeps, which have nothing to find here. */
final class Settings {
    private Settings() {}

    static Map<String, Object> of(String openimis, String cht, boolean realLimits) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("claimloop.openimis.url", openimis);
        settings.put("claimloop.openimis.username", SimulatedOpenImis.USERNAME);
        settings.put("claimloop.openimis.password", SimulatedOpenImis.PASSWORD);
        settings.put("claimloop.cht.url", cht);
        settings.put("claimloop.cht.username", SimulatedCht.USERNAME);
        settings.put("claimloop.cht.password", SimulatedCht.PASSWORD);
        settings.put("claimloop.intake.openimis-token", World.OPENIMIS_TOKEN);
        settings.put("claimloop.intake.cht-token", World.CHT_TOKEN);
        settings.put("claimloop.operator.username", "operator");
        settings.put("claimloop.operator.password", World.OPERATOR_PASSWORD);
        settings.put("claimloop.retention.key", HexFormat.of().formatHex(new byte[32]));
        settings.put("claimloop.selection.policy", "submitted");
        settings.put("claimloop.selection.from", "2000-01-01");
        settings.put("claimloop.selection.max-visit-age", "4000d");
        settings.put("claimloop.selection.per-day", "10000000");
        settings.put("claimloop.reconciliation.every", "10h");
        if (!realLimits) {
            settings.put("claimloop.openimis.requests-per-minute", 600_000);
            settings.put("claimloop.cht.writes-per-second", 100_000);
            settings.put("claimloop.cht.backlog.slow", 1_000_000);
            settings.put("claimloop.cht.backlog.stop", 2_000_000);
        }
        return settings;
    }
}
