package io.claimloop.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A route file is changed, and the change is no good. Row 51 of {@code docs/failures.md}. */
@ExtendWith(OutputCaptureExtension.class)
class RouteReloadTest {
    @TempDir
    private Path routes;

    private DefaultCamelContext camel;
    private RouteReload reload;

    private static String route(String id, String from, String steps) {
        return """
                - route:
                    id: %s
                    from:
                      uri: direct:%s
                      steps:
                        - %s
                """.formatted(id, from, steps);
    }

    private static String says(String word) {
        return "setBody: {constant: " + word + "}";
    }

    @BeforeEach
    void start() throws Exception {
        Files.writeString(
                routes.resolve("one.yaml"), route("one", "one", says("first")) + route("two", "two", says("second")));
        Files.writeString(routes.resolve("other.yaml"), route("other", "other", says("third")));
        camel = new DefaultCamelContext();
        for (String file : List.of("one.yaml", "other.yaml")) {
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(PluginHelper.getResourceLoader(camel).resolveResource("file:" + routes.resolve(file)));
        }
        reload = new RouteReload(routes);
        reload.setCamelContext(camel);
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    @Test
    void a_changed_file_is_in_use() throws Exception {
        change(route("one", "one", says("changed")) + route("two", "two", says("second")));
        assertThat(say("one")).isEqualTo("changed");
        assertThat(say("two")).isEqualTo("second");
        assertThat(reload.broken()).isEmpty();
    }

    @Test
    void a_change_in_the_folder_is_noticed() throws Exception {
        camel.addService(reload);
        Files.writeString(
                routes.resolve("one.yaml"), route("one", "one", says("noticed")) + route("two", "two", says("second")));
        await().atMost(Duration.ofSeconds(60)).until(() -> "noticed".equals(say("one")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- route:\n    id: one\n   from: [",
                "just words",
                "",
                // a step that nobody knows
                "- route: {id: one, from: {uri: 'direct:one', steps: [{noSuchStep: {}}]}}",
                // a bean, a component, a property that is not there
                "- route: {id: one, from: {uri: 'direct:one', steps: [{bean: {ref: nobody, method: do}}]}}",
                "- route: {id: one, from: {uri: 'direct:one', steps: [{to: 'nowhere:at-all'}]}}",
                "- route: {id: one, from: {uri: 'direct:one', steps: [{to: '{{no.such.property}}'}]}}",
                // the same id twice, and that of another file
                "- route: {id: one, from: {uri: 'direct:one', steps: [{setBody: {constant: x}}]}}\n"
                        + "- route: {id: one, from: {uri: 'direct:new', steps: [{setBody: {constant: y}}]}}",
                "- route: {id: other, from: {uri: 'direct:one', steps: [{setBody: {constant: x}}]}}",
                // a good new one before the bad one
                "- route: {id: new, from: {uri: 'direct:new', steps: [{setBody: {constant: x}}]}}\n"
                        + "- route: {id: one, from: {uri: 'direct:one', steps: [{bean: {ref: nobody, method: do}}]}}",
                // two that want the same messages
                "- route: {id: new, from: {uri: 'direct:other', steps: [{setBody: {constant: x}}]}}"
            })
    void a_broken_file_leaves_the_last_good_routes_in_use_is_reported_and_a_mended_one_is_taken_up(
            String content, CapturedOutput output) throws Exception {
        change(content);

        assertThat(say("one")).isEqualTo("first");
        assertThat(say("two")).isEqualTo("second");
        assertThat(say("other")).isEqualTo("third");
        assertThat(camel.getRoutes())
                .extracting(org.apache.camel.Route::getRouteId)
                .containsExactlyInAnyOrder("one", "two", "other");
        assertThat(output.getAll()).contains("one.yaml is broken, its last good routes stay in use");
        assertThat(reload.broken()).containsOnlyKeys("one.yaml");

        change(route("one", "one", says("mended")) + route("two", "two", says("second")));
        assertThat(say("one")).isEqualTo("mended");
        assertThat(say("two")).isEqualTo("second");
        assertThat(reload.broken()).isEmpty();
    }

    private void change(String content) throws IOException {
        Path file = routes.resolve("one.yaml");
        Files.writeString(file, content);
        reload.reload(PluginHelper.getResourceLoader(camel).resolveResource("file:" + file));
    }

    private String say(String route) {
        return camel.createProducerTemplate().requestBody("direct:" + route, "?", String.class);
    }
}
