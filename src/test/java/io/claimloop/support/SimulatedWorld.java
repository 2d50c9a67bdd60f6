package io.claimloop.support;

import io.claimloop.ledger.Loops;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.MapPropertySource;

/** Gives a test's application a database of its own and both simulated partners, pushing to it. */
@Order(Ordered.HIGHEST_PRECEDENCE)
public class SimulatedWorld implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    public static final String OPENIMIS_TOKEN = "token-of-openimis-in-tests";
    public static final String CHT_TOKEN = "token-of-cht-in-tests";
    public static final String RETENTION_KEY = HexFormat.of().formatHex(new SecureRandom().generateSeed(32));
    public static final String OPERATOR = "operator";
    public static final String METRICS = "metrics";
    public static final String METRICS_PASSWORD = "password-of-metrics-in-tests";
    public static final String OPERATOR_PASSWORD = "password-of-operator-in-tests";

    public static final SimulatedOpenImis OPENIMIS = SimulatedOpenImis.start();
    public static final SimulatedCht CHT = SimulatedCht.start().withDemoData();

    private final SimulatedOpenImis openimis;
    private final SimulatedCht cht;

    public SimulatedWorld() {
        this(OPENIMIS, CHT);
    }

    protected SimulatedWorld(SimulatedOpenImis openimis, SimulatedCht cht) {
        this.openimis = openimis;
        this.cht = cht;
    }

    /** Settings of a world that is not as the others. */
    protected Map<String, Object> settings() {
        return Map.of();
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        AfterApplications.oneStarts();
        cht.sentinelDelay(Duration.ofMillis(20));
        cht.retryEvery(Duration.ofMillis(500));
        Map<String, Object> all = new HashMap<>(properties(openimis, cht));
        all.putAll(settings());
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("simulated-world", all));
        GenericApplicationContext application = (GenericApplicationContext) context;
        application.registerBean(
                Journey.class,
                () -> new Journey(
                        openimis,
                        cht,
                        (ServletWebServerApplicationContext) application,
                        application.getBean(Loops.class)));
        context.addApplicationListener((ApplicationListener<ServletWebServerInitializedEvent>) event -> {
            String url = "http://127.0.0.1:" + event.getWebServer().getPort();
            openimis.notify(url + "/openimis/notifications", "Bearer " + OPENIMIS_TOKEN);
            cht.pushTo(url + "/cht/feedback", "Bearer " + CHT_TOKEN);
        });
    }

    /** A working configuration; tests of start-up take it and spoil it. */
    public static Map<String, Object> properties() {
        return properties(OPENIMIS, CHT);
    }

    private static Map<String, Object> properties(SimulatedOpenImis openimis, SimulatedCht cht) {
        return Map.ofEntries(
                Map.entry("spring.datasource.url", TestDatabase.url()),
                // several applications end one after the other, at the end of all tests
                Map.entry("camel.main.shutdown-timeout", "2"),
                Map.entry("server.shutdown", "immediate"),
                Map.entry("spring.datasource.username", "postgres"),
                Map.entry("claimloop.openimis.url", openimis.url()),
                Map.entry("claimloop.openimis.username", SimulatedOpenImis.USERNAME),
                Map.entry("claimloop.openimis.password", SimulatedOpenImis.PASSWORD),
                Map.entry("claimloop.openimis.requests-per-minute", "60000"),
                Map.entry("claimloop.cht.url", cht.url()),
                Map.entry("claimloop.cht.username", SimulatedCht.USERNAME),
                Map.entry("claimloop.cht.password", SimulatedCht.PASSWORD),
                Map.entry("claimloop.cht.writes-per-second", "1000"),
                // none of them is on a claim that a test does not enter with these services
                Map.entry("claimloop.cht.shown-lines", "R1,I1,M14"),
                Map.entry("claimloop.intake.openimis-token", OPENIMIS_TOKEN),
                Map.entry("claimloop.intake.cht-token", CHT_TOKEN),
                Map.entry("claimloop.retention.key", RETENTION_KEY),
                Map.entry("claimloop.operator.username", OPERATOR),
                Map.entry("claimloop.operator.password", OPERATOR_PASSWORD),
                Map.entry("claimloop.metrics.username", METRICS),
                Map.entry("claimloop.metrics.password", METRICS_PASSWORD),
                // Boot switches it off in tests
                Map.entry("management.prometheus.metrics.export.enabled", "true"),
                Map.entry("claimloop.selection.policy", "submitted"),
                Map.entry("claimloop.selection.from", "2000-01-01"),
                // tests have visits up to a year old, and make as many claims as they like
                Map.entry("claimloop.selection.max-visit-age", "4000d"),
                Map.entry("claimloop.selection.per-day", "1000000"),
                Map.entry("claimloop.selection.exclude.diagnoses", "Z72"),
                Map.entry("claimloop.reconciliation.window", "4000"),
                Map.entry("claimloop.reconciliation.grace", "-1h"),
                // tests sweep themselves
                Map.entry("claimloop.reconciliation.every", "1h"),
                Map.entry("claimloop.steps.retry", "200ms"),
                Map.entry("claimloop.steps.record-look-again", "300ms"),
                Map.entry("claimloop.steps.poll", "500"));
    }
}
