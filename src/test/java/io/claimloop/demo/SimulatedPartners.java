package io.claimloop.demo;

import io.claimloop.settings.StartRefusedException;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;
import org.springframework.util.FileSystemUtils;

/**
 * With the profile {@code demo}: starts both simulated partners and points the application at them. The application
 * itself is the same as in production; it lives on the test class path, so no jar holds it.
 */
public class SimulatedPartners implements EnvironmentPostProcessor {
    static SimulatedOpenImis openimis;
    static SimulatedCht cht;
    static String openimisToken;
    static String chtToken;
    static String operatorPassword;
    /** Whether this openIMIS can notify of claims. */
    static boolean push;

    private static final String VALUATION = "valuation";
    private static final String VALUATION_PASSWORD = "simulated-openimis-2";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!environment.acceptsProfiles(Profiles.of("demo")) || openimis != null) {
            return;
        }
        push = environment.getProperty("demo.push", Boolean.class, true);
        openimis = SimulatedOpenImis.start();
        openimis.claimSubscriptions(push);
        openimis.account(VALUATION, VALUATION_PASSWORD, 111001, 101101, 111010, 111011, 111101, 111102);
        cht = SimulatedCht.start().withDemoData();
        cht.sentinelDelay(Duration.ofMillis(120));
        cht.retryEvery(Duration.ofSeconds(10));
        cht.answerTasks(Duration.ofSeconds(3));
        cht.answerWith(
                record -> "CHT084".equals(record.at("/fields/claim_code").asText()),
                Answer.content().with("care_rendered", "no").with("assessment", "1"));
        openimisToken = secret();
        chtToken = secret();
        operatorPassword = environment.getProperty("claimloop.operator.password", secret());

        Path home = freshHome();
        Map<String, Object> properties = new HashMap<>();
        properties.put("claimloop.home", home.toString());
        properties.put("claimloop.openimis.url", openimis.url());
        properties.put("claimloop.openimis.username", SimulatedOpenImis.USERNAME);
        properties.put("claimloop.openimis.password", SimulatedOpenImis.PASSWORD);
        properties.put("claimloop.cht.url", cht.url());
        properties.put("claimloop.cht.username", SimulatedCht.USERNAME);
        properties.put("claimloop.cht.password", SimulatedCht.PASSWORD);
        properties.put("claimloop.intake.openimis-token", openimisToken);
        properties.put("claimloop.intake.cht-token", chtToken);
        // 32 bytes in hex, new with each demo like its database
        properties.put("claimloop.retention.key", secret() + secret());
        properties.put("claimloop.operator.username", "operator");
        properties.put("claimloop.operator.password", operatorPassword);
        // the demo claim is submitted, nobody selects it
        properties.put("claimloop.selection.policy", "submitted");
        properties.put("claimloop.public-url", "http://127.0.0.1:" + environment.getProperty("server.port", "8080"));
        properties.put("claimloop.valuation.enabled", "true");
        properties.put("claimloop.valuation.username", VALUATION);
        properties.put("claimloop.valuation.password", VALUATION_PASSWORD);
        properties.put("claimloop.selection.from", LocalDate.now().minusDays(30).toString());
        properties.put("claimloop.reconciliation.every", "3s");
        properties.put("claimloop.reconciliation.grace", push ? "1m" : "0s");
        properties.put("claimloop.steps.record-look-again", "1s");
        properties.put("claimloop.reload", "true");
        environment.getPropertySources().addFirst(new MapPropertySource("demo", properties));
    }

    /** Fresh each time; not while another demo still uses it. */
    private static Path freshHome() {
        Path home = Path.of("target", "demo");
        try {
            Files.createDirectories(home);
            try (FileChannel lock = FileChannel.open(
                    home.resolve("claimloop.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                if (lock.tryLock() == null) {
                    throw new StartRefusedException(
                            "Another demo still runs in target/demo.", "Stop it first (Ctrl-C where it runs).");
                }
                FileSystemUtils.deleteRecursively(home);
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String secret() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
