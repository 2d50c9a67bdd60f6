package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.SimulatedWorld;
import java.util.Map;
import java.util.UUID;
import org.apache.coyote.AbstractProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.boot.web.embedded.tomcat.TomcatWebServer;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

@ClaimLoopTest
class HawtioAccessTest {
    private static final String CONTEXT = "org.apache.camel:context=claimloop,type=context,name=\"claimloop\"";
    private static final String ROUTE = "org.apache.camel:context=claimloop,type=routes,name=\"expire\"";

    @Autowired
    private TestRestTemplate http;

    @Autowired
    private ServletWebServerApplicationContext application;

    @Autowired
    private ClaimLoopProperties properties;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator",
                "/actuator/hawtio",
                "/actuator/hawtio/",
                "/actuator/hawtio/index.html",
                "/actuator/jolokia",
                "/actuator/jolokia/",
                "/actuator/jolokia/list",
                "/actuator/jolokia/version",
                "/actuator/hawtio/jolokia",
                "/actuator/metrics",
                "/actuator/info",
                "/actuator/env",
                "/actuator/health/db"
            })
    void nothing_under_actuator_but_health_answers_without_login(String path) {
        assertThat(http.getForEntity(path, String.class).getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
    }

    @Test
    void health_answers_without_login_and_tells_no_details() {
        var health = http.getForEntity("/actuator/health", String.class);
        assertThat(health.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(health.getBody()).doesNotContain("components", "database");
    }

    @Test
    void hawtio_is_there_for_the_operator() {
        assertThat(operator().getForEntity("/actuator/hawtio/", String.class).getBody())
                .containsIgnoringCase("hawtio");
    }

    @Test
    void the_operator_sees_every_route() {
        assertThat(jolokia(Map.of("type", "search", "mbean", "org.apache.camel:type=routes,*"))
                        .get("value")
                        .toString())
                .contains("claim-intake", "task-dispatch", "feedback-return", "check-worker", "wake-workers");
    }

    /** Hawtio's table, diagram and source of the routes are made of these. */
    @Test
    void the_operator_sees_routes_as_they_are_written_and_their_counts() {
        assertThat(exec(CONTEXT, "dumpRoutesAsXml()").get("value").toString())
                .contains("claim-intake", "{{claimloop.openimis.url}}")
                // before a "from", Hawtio 5.2 draws no diagram of it, and none of all routes
                .doesNotContain("<errorHandler")
                .doesNotContain(SimulatedWorld.OPENIMIS.url());
        assertThat(jolokia(Map.of(
                                "type",
                                "exec",
                                "mbean",
                                CONTEXT,
                                "operation",
                                "dumpRoutesStatsAsXml",
                                "arguments",
                                new Object[] {true, true}))
                        .get("value")
                        .toString())
                .contains("claim-intake", "exchangesTotal");
    }

    @Test
    void the_operator_sees_the_health_and_what_waits() {
        // Spring Boot's tests are without its MBeans: not found, but not forbidden either
        assertThat(exec("org.springframework.boot:type=Endpoint,name=Health", "health"))
                .containsEntry("status", 404);
        assertThat(exec(
                        "org.apache.camel:context=claimloop,type=services,name=DefaultAsyncProcessorAwaitManager",
                        "browse()"))
                .containsEntry("status", 200);
    }

    /** While the disk stands still, the edges' requests all hold a thread. */
    @Test
    void operators_have_threads_besides_those_of_the_edges() {
        AbstractProtocol<?> http = (AbstractProtocol<?>) ((TomcatWebServer) application.getWebServer())
                .getTomcat()
                .getConnector()
                .getProtocolHandler();
        assertThat(http.getMaxThreads() - properties.intake().maxWaiting()).isEqualTo(64);
    }

    /** What is closed has no page either: it would be empty and full of errors. */
    @Test
    void pages_of_what_is_closed_are_hidden() {
        assertThat(operator()
                        .getForEntity("/actuator/hawtio/hawtconfig.json", String.class)
                        .getBody())
                .contains("ClaimLoop", "/runtime", "/jvm-diagnostics");
    }

    @Test
    void the_operator_can_suspend_and_resume_a_route() {
        assertThat(exec(ROUTE, "suspend()")).containsEntry("status", 200);
        assertThat(exec(ROUTE, "resume()")).containsEntry("status", 200);
        assertThat(jolokia(Map.of("type", "read", "mbean", ROUTE, "attribute", "State")))
                .containsEntry("value", "Started");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "context | sendBody(java.lang.String,java.lang.Object)",
                "context | requestBody(java.lang.String,java.lang.Object)",
                "context | createEndpoint(java.lang.String)",
                "context | stop()",
                "route | remove()",
                "route | dumpRouteAsXml()",
                "route | updateRouteFromXml(java.lang.String)"
            })
    void the_operator_can_order_nothing_else(String target, String operation) {
        assertThat(exec("context".equals(target) ? CONTEXT : ROUTE, operation)).containsEntry("status", 403);
    }

    @Test
    void bodies_cannot_be_browsed_nor_traced() {
        Map<String, Object> endpoints = jolokia(Map.of("type", "search", "mbean", "org.apache.camel:type=endpoints,*"));
        Object queue = ((java.util.List<?>) endpoints.get("value"))
                .stream()
                        .filter(name -> name.toString().contains("wake-check"))
                        .findFirst()
                        .orElseThrow();
        assertThat(exec(queue.toString(), "browseAllMessagesAsXml(java.lang.Boolean)"))
                .containsEntry("status", 403);
        assertThat(exec(
                        "org.apache.camel:context=claimloop,type=tracer,name=BacklogTracer",
                        "dumpAllTracedMessagesAsXml()"))
                .containsEntry("status", 403);
    }

    @Test
    void the_command_line_and_other_writes_are_closed() {
        assertThat(jolokia(Map.of("type", "read", "mbean", "java.lang:type=Runtime", "attribute", "SystemProperties")))
                .containsEntry("status", 403);
        assertThat(jolokia(Map.of("type", "write", "mbean", CONTEXT, "attribute", "Tracing", "value", "true")))
                .containsEntry("status", 403);
        assertThat(operator().getForObject("/actuator/jolokia/read/java.lang:type=Memory", String.class))
                .contains("403");
    }

    @ParameterizedTest
    @CsvSource({"Origin,https://evil.example", "Sec-Fetch-Site,cross-site", "Origin,null"})
    void another_site_cannot_give_orders_through_the_operators_browser(String header, String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(header, value);
        headers.setContentType(MediaType.TEXT_PLAIN);
        for (String path : new String[] {"/actuator/jolokia", "/api/loops/" + UUID.randomUUID() + "/withdraw"}) {
            assertThat(operator()
                            .postForEntity(path, new HttpEntity<>("{}", headers), String.class)
                            .getStatusCode())
                    .isEqualTo(HttpStatus.FORBIDDEN);
        }
    }

    private Map<String, Object> exec(String mbean, String operation) {
        return jolokia(Map.of("type", "exec", "mbean", mbean, "operation", operation, "arguments", new Object[0]));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> jolokia(Map<String, Object> request) {
        return operator().postForEntity("/actuator/jolokia", request, Map.class).getBody();
    }

    private TestRestTemplate operator() {
        return http.withBasicAuth(SimulatedWorld.OPERATOR, SimulatedWorld.OPERATOR_PASSWORD);
    }
}
