package io.claimloop.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/**
 * Looks at the configuration before anything is started. A mistake ends the start with one sentence and a hint; no
 * value of a secret is ever part of it. Partners are not called here: intake works without them.
 */
public class StartCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    /** A secret that is shorter can be guessed. */
    static final int SHORTEST_SECRET = 16;

    static final List<String> ROUTES = List.of(
            "claim-intake",
            "claim-record",
            "claim-watch",
            "patients",
            "eligibility",
            "eligibility-enrichment",
            "rule-checks",
            "task-dispatch",
            "record-watch",
            "submission-intake",
            "take-up-submission",
            "feedback-return",
            "feedback-by-fhir",
            "correction",
            "orders",
            "valuation-trigger",
            "month-run",
            "month-run-clocks",
            "step-worker",
            "workers",
            "wake-workers",
            "reconciliation",
            "claim-head",
            "feedback-requests",
            "submission-reconciliation",
            "subscription",
            "retention",
            "openimis",
            "openimis-login",
            "openimis-valuation",
            "cht",
            "sentinel-backlog",
            "reload",
            "error-policy");
    /** With the profile of this name. */
    static final String KAFKA = "kafka";

    static final List<String> KAFKA_ROUTES = List.of("kafka/claim-events", "kafka/loop-events", "kafka/kafka-watch");
    static final List<String> MAPPINGS = List.of(
            "claim-record",
            "submission-feedback",
            "claim-feedback",
            "claim-attachment",
            "communication",
            "report-submission");

    static final List<String> TABLES =
            List.of("tables/assessment", "tables/outcome", "tables/officers", "tables/review");

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        Environment environment = context.getEnvironment();
        for (String name : List.of(
                "claimloop.intake.openimis-token", "claimloop.intake.cht-token", "claimloop.operator.password")) {
            secret(environment, name);
        }
        if (environment
                .getProperty("claimloop.intake.openimis-token", "")
                .equals(environment.getProperty("claimloop.intake.cht-token"))) {
            throw new StartRefusedException(
                    "claimloop.intake.openimis-token and claimloop.intake.cht-token are the same secret.",
                    "Give each partner its own, so that one can be changed without the other.");
        }
        present(environment, "claimloop.retention.key");
        key(environment, "claimloop.retention.key");
        key(environment, "claimloop.retention.old-key");
        present(environment, "claimloop.operator.username");
        metrics(environment);
        for (String partner : List.of("openimis", "cht")) {
            url(environment, "claimloop." + partner + ".url", true);
            present(environment, "claimloop." + partner + ".username");
            present(environment, "claimloop." + partner + ".password");
        }
        url(environment, "claimloop.public-url", false);
        url(environment, "claimloop.openimis.web-url", false);
        zone(environment);
        policy(environment);
        valuation(environment);
        new SelectionCheck(environment).check();
        days(environment);
        files(environment, "claimloop.routes", "./routes", ROUTES, ".yaml");
        kafka(environment);
        files(environment, "claimloop.mappings", "./mappings", MAPPINGS, ".jslt");
        files(environment, "claimloop.mappings", "./mappings", MAPPINGS, ".schema.json");
        files(environment, "claimloop.mappings", "./mappings", TABLES, ".json");
    }

    private static void secret(Environment environment, String name) {
        present(environment, name);
        if (environment.getRequiredProperty(name).strip().length() < SHORTEST_SECRET) {
            throw new StartRefusedException(
                    name + " is shorter than " + SHORTEST_SECRET + " characters.",
                    "Make one with: openssl rand -hex 32");
        }
    }

    private static void metrics(Environment environment) {
        String username = environment.getProperty("claimloop.metrics.username", "");
        if (username.isBlank()
                && environment.getProperty("claimloop.metrics.password", "").isBlank()) {
            return;
        }
        present(environment, "claimloop.metrics.username");
        secret(environment, "claimloop.metrics.password");
        if (username.equals(environment.getProperty("claimloop.operator.username"))) {
            throw new StartRefusedException(
                    "claimloop.metrics.username and claimloop.operator.username are the same.",
                    "Give the collector of metrics a name of its own: it may see nothing else.");
        }
    }

    private static void key(Environment environment, String name) {
        String value = environment.getProperty(name, "");
        try {
            if (!value.isBlank()) {
                RetentionKey.parse(value);
            }
        } catch (IllegalArgumentException e) {
            throw new StartRefusedException(
                    name + " is not a key of 32 bytes in hex or base64.", "Make one with: openssl rand -hex 32");
        }
    }

    private static void present(Environment environment, String name) {
        if (environment.getProperty(name, "").isBlank()) {
            throw new StartRefusedException(
                    name + " is not set.",
                    "Set it in the environment as " + asVariable(name)
                            + ", in an application.yaml beside the jar, or as a file named " + name
                            + " in a folder given by spring.config.import=configtree:/run/secrets/");
        }
    }

    private static void url(Environment environment, String name, boolean required) {
        if (required) {
            present(environment, name);
        }
        String value = environment.getProperty(name, "");
        if (value.isBlank()) {
            return;
        }
        try {
            URI uri = new URI(value);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
                return;
            }
        } catch (URISyntaxException e) {
            // said below, without the value: it may hold a password
        }
        throw new StartRefusedException(
                name + " is not a plain http or https address.",
                "Write it as https://host:port, without user, password or query.");
    }

    private static void zone(Environment environment) {
        try {
            ZoneId.of(environment.getProperty("claimloop.openimis.zone", "UTC"));
        } catch (DateTimeException e) {
            throw new StartRefusedException(
                    "claimloop.openimis.zone is not a time zone.", "Write it as Asia/Kathmandu or UTC.");
        }
    }

    private static void policy(Environment environment) {
        String value = environment.getProperty("claimloop.selection.policy", "selected");
        if (Arrays.stream(ClaimLoopProperties.Policy.values())
                .noneMatch(policy -> policy.name().equalsIgnoreCase(value))) {
            throw new StartRefusedException(
                    "claimloop.selection.policy is not a policy.", "Choose any, submitted or selected.");
        }
    }

    private static void valuation(Environment environment) {
        if (!environment.getProperty("claimloop.valuation.enabled", Boolean.class, false)) {
            if (environment.getProperty("claimloop.valuation.month-run.scheduled", Boolean.class, false)) {
                throw new StartRefusedException(
                        "claimloop.valuation.month-run.scheduled is on, but claimloop.valuation.enabled is off.",
                        "Switch both on, or neither.");
            }
            return;
        }
        present(environment, "claimloop.valuation.username");
        present(environment, "claimloop.valuation.password");
        if (environment
                .getRequiredProperty("claimloop.valuation.username")
                .equals(environment.getProperty("claimloop.openimis.username"))) {
            throw new StartRefusedException(
                    "claimloop.valuation.username and claimloop.openimis.username are the same account.",
                    "Give the valuation an account of its own: who delivers feedback must not move money.");
        }
    }

    /** One that has no time at all would be made again at each look. */
    private static void days(Environment environment) {
        if (!environment.getProperty("claimloop.subscription.days", "90").matches("[1-9]\\d{0,3}")) {
            throw new StartRefusedException(
                    "claimloop.subscription.days is not a number of days.", "Write it as 90; 9999 at most.");
        }
    }

    private static void kafka(Environment environment) {
        if (environment.acceptsProfiles(Profiles.of(KAFKA))) {
            files(environment, "claimloop.routes", "./routes", KAFKA_ROUTES, ".yaml");
            present(environment, "camel.component.kafka.brokers");
        }
    }

    private static void files(
            Environment environment, String name, String fallback, List<String> wanted, String ending) {
        Path folder = Path.of(environment.getProperty(name, fallback));
        for (String file : wanted) {
            if (!Files.isRegularFile(folder.resolve(file + ending))) {
                throw new StartRefusedException(
                        file + ending + " is missing in the folder of " + name + ".",
                        "Start in the folder that holds " + folder.getFileName() + "/, or set " + name
                                + " to where it is.");
            }
        }
    }

    private static String asVariable(String name) {
        return name.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT);
    }
}
