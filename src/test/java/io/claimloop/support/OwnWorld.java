package io.claimloop.support;

import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfiguration;

/**
 * The whole application under the policy {@code selected}, known to an openIMIS of its own by the Subscription that it
 * keeps, and by nothing else. Its clocks run: sweeps every second.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public class OwnWorld implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    public static final SimulatedOpenImis OWN_OPENIMIS = SimulatedOpenImis.start();
    public static final SimulatedCht OWN_CHT = SimulatedCht.start().withDemoData();
    public static final String URL = "http://127.0.0.1:" + freePort();

    /** Classes with this annotation share one context. */
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT)
    @ContextConfiguration(initializers = OwnWorld.class)
    public @interface OwnWorldTest {}

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        OWN_CHT.sentinelDelay(Duration.ofMillis(20));
        OWN_CHT.retryEvery(Duration.ofMillis(500));
        OWN_CHT.pushTo(URL + "/cht/feedback", "Bearer " + SimulatedWorld.CHT_TOKEN);
        Map<String, Object> properties = new HashMap<>(SimulatedWorld.properties());
        properties.put("server.port", URL.replaceFirst(".*:", ""));
        properties.put("claimloop.public-url", URL);
        properties.put("claimloop.openimis.url", OWN_OPENIMIS.url());
        properties.put("claimloop.cht.url", OWN_CHT.url());
        properties.put("claimloop.selection.policy", "selected");
        properties.put("claimloop.reconciliation.every", "1s");
        properties.put("claimloop.subscription.every", "1s");
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("own-world", properties));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
