package io.claimloop.failure;

import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import io.claimloop.support.SimulatedWorld;
import java.util.HashMap;
import java.util.Map;

/** The settings of an application that runs as a process of its own: quick leases, quick sweeps, no limits. */
final class Processes {
    static final String CHT_AUTHORIZATION = "Bearer " + SimulatedWorld.CHT_TOKEN;

    private Processes() {}

    static Map<String, Object> settings(Load load, String database) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("spring.datasource.url", database);
        settings.put("spring.datasource.username", "postgres");
        settings.put("claimloop.openimis.url", load.openimis.url());
        settings.put("claimloop.openimis.username", SimulatedOpenImis.USERNAME);
        settings.put("claimloop.openimis.password", SimulatedOpenImis.PASSWORD);
        settings.put("claimloop.openimis.requests-per-minute", "60000");
        settings.put("claimloop.cht.url", load.cht.url());
        settings.put("claimloop.cht.username", SimulatedCht.USERNAME);
        settings.put("claimloop.cht.password", SimulatedCht.PASSWORD);
        settings.put("claimloop.cht.writes-per-second", "1000");
        settings.put("claimloop.intake.openimis-token", SimulatedWorld.OPENIMIS_TOKEN);
        settings.put("claimloop.intake.cht-token", SimulatedWorld.CHT_TOKEN);
        settings.put("claimloop.retention.key", SimulatedWorld.RETENTION_KEY);
        settings.put("claimloop.operator.username", SimulatedWorld.OPERATOR);
        settings.put("claimloop.operator.password", SimulatedWorld.OPERATOR_PASSWORD);
        settings.put("claimloop.selection.policy", "submitted");
        settings.put("claimloop.selection.from", "2000-01-01");
        settings.put("claimloop.selection.max-visit-age", "4000d");
        settings.put("claimloop.selection.per-day", "1000000");
        settings.put("claimloop.reconciliation.window", "4000");
        settings.put("claimloop.reconciliation.grace", "-1h");
        settings.put("claimloop.reconciliation.every", "2s");
        settings.put("claimloop.reconciliation.submissions", "2000");
        // as in production, a lease and a pause outlast what a killed or impatient run may have left on the way
        settings.put("claimloop.openimis.read-timeout", "5000");
        settings.put("claimloop.cht.read-timeout", "5000");
        settings.put("claimloop.steps.lease", "8s");
        settings.put("claimloop.steps.retry", "2s");
        settings.put("claimloop.steps.retry-limit", "4s");
        settings.put("claimloop.steps.record-look-again", "300ms");
        settings.put("claimloop.steps.poll", "500");
        return settings;
    }
}
