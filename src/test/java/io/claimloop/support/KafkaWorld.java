package io.claimloop.support;

import static org.awaitility.Awaitility.await;

import io.claimloop.kafka.KafkaWatch;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.ContextConfiguration;

/** The whole application with the profile {@code kafka}. It starts without its broker, which comes up behind it. */
public class KafkaWorld extends SimulatedWorld {
    public static final SimulatedOpenImis OPENIMIS = SimulatedOpenImis.start();
    public static final SimulatedCht CHT = SimulatedCht.start().withDemoData();
    public static final KafkaBroker BROKER = new KafkaBroker();
    public static final KafkaClients KAFKA = new KafkaClients(BROKER.address());
    public static final String CLAIMS = "openimis.claims";
    public static final String LOOPS = "claimloop.loops";
    public static final String GROUP = "claimloop";
    public static final int MAX_BODY = 100_000;

    /** What was seen before there was a broker. */
    public record WithoutBroker(String condition, int notice, String health) {}

    private static final CompletableFuture<WithoutBroker> SEEN = new CompletableFuture<>();

    /** The broker is there when this returns. */
    public static WithoutBroker broker() {
        WithoutBroker seen = SEEN.join();
        BROKER.start();
        return seen;
    }

    /** Classes with this annotation share one context. */
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
    @ContextConfiguration(initializers = KafkaWorld.class)
    @ActiveProfiles("kafka")
    public @interface KafkaWorldTest {}

    public KafkaWorld() {
        super(OPENIMIS, CHT);
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of(
                "camel.component.kafka.brokers", BROKER.address(),
                // the clients forget a broker that is away for longer each time
                "camel.component.kafka.reconnect-backoff-max-ms", "500",
                "claimloop.kafka.events.poll", "200",
                "claimloop.kafka.look", "500",
                "claimloop.kafka.partitions", "3",
                "claimloop.intake.max-body", String.valueOf(MAX_BODY));
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        super.initialize(context);
        context.addApplicationListener((ApplicationListener<ApplicationReadyEvent>) ready -> {
            // behind this event the application is told to be ready, and takes notices
            new Thread(() -> look(ready.getApplicationContext()), "look-without-broker").start();
        });
    }

    private static void look(ConfigurableApplicationContext application) {
        try {
            Journey journey = application.getBean(Journey.class);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> journey.get("/actuator/health/readiness").status() == 200);
            KafkaWatch watch = application.getBean(KafkaWatch.class);
            watch.look();
            SEEN.complete(new WithoutBroker(
                    watch.condition(),
                    journey.notice(OPENIMIS.notificationOf(journey.claim())).status(),
                    journey.get("/actuator/health").body()));
        } catch (RuntimeException | Error e) {
            SEEN.completeExceptionally(e);
        }
    }
}
