package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.claimloop.settings.RequiredFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.Yaml;

/** What holds for all route files, whoever edits them. */
class RouteFilesTest {
    private static final String TO_CALLER = "errors-to-caller";

    private static final Path FOLDER = Path.of("routes");
    private static final Pattern KEBAB = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final int LONGEST = 90;
    private static final Set<String> PARTNER_CALLS = Set.of("call-openimis", "call-cht");

    /** Its own workers, its own files, its own part of CHT's pace. */
    private static final Set<String> EACH_INSTANCE =
            Set.of("wake-workers", "reload-mappings", "sentinel-backlog", "kafka-watch");

    /** File name without ending to its text. */
    private static final Map<String, String> FILES = new TreeMap<>();
    /** Every route, template and templated route, with the file it stands in. */
    private static final List<Flow> FLOWS = new ArrayList<>();

    record Flow(String file, String kind, Map<String, Object> body) {
        String id() {
            return String.valueOf(body.getOrDefault("id", body.get("routeId")));
        }

        @Override
        public String toString() {
            return file + ".yaml " + id();
        }
    }

    @BeforeAll
    static void read() throws IOException {
        try (var files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = FOLDER.relativize(file).toString();
                assertThat(name).endsWith(".yaml");
                FILES.put(name.replace(".yaml", ""), Files.readString(file));
            }
        }
        FILES.forEach((file, text) -> {
            for (Object item : new Yaml().<List<Object>>load(text)) {
                map(item).forEach((kind, body) -> FLOWS.add(new Flow(file, kind, map(body))));
            }
        });
    }

    @Test
    void each_file_begins_with_what_it_is_for_and_is_short() {
        FILES.forEach((file, text) -> {
            assertThat(text).as(file).startsWith("# ");
            assertThat(text.lines().count()).as(file).isLessThan(LONGEST);
        });
    }

    @Test
    void each_flow_has_an_id_of_its_own_and_a_description() {
        Set<String> ids = new HashSet<>();
        for (Flow flow : FLOWS) {
            if (flow.kind().equals("routeConfiguration")) {
                continue;
            }
            assertThat(flow.id()).as(flow.toString()).matches(KEBAB);
            assertThat(ids.add(flow.id())).as("%s: id used once", flow).isTrue();
            if (!flow.kind().equals("templatedRoute")) {
                assertThat(flow.body().get("description")).as(flow.toString()).isNotNull();
            }
            walk(flow.body(), (key, value) -> {
                if (key.equals("id")) {
                    assertThat(String.valueOf(value)).as(flow.toString()).matches(KEBAB);
                }
            });
        }
    }

    @Test
    void step_ids_are_used_once() {
        Set<String> ids = new HashSet<>();
        FLOWS.forEach(flow -> walk(flow.body(), (key, value) -> {
            if (key.equals("id")) {
                assertThat(ids.add(String.valueOf(value)))
                        .as("%s: %s", flow, value)
                        .isTrue();
            }
        }));
    }

    @Test
    void the_error_policy_holds_for_every_route_that_leaves_its_errors_to_nobody_else() {
        List<Flow> configurations = FLOWS.stream()
                .filter(flow -> flow.kind().equals("routeConfiguration"))
                .toList();
        assertThat(configurations).hasSize(2);
        // with an id it would hold only where it is named
        assertThat(configurations.get(0).body()).doesNotContainKey("id").containsKey("onException");
        assertThat(configurations.get(1).body())
                .containsEntry("id", TO_CALLER)
                .containsEntry("errorHandler", Map.of("noErrorHandler", Map.of()));
        assertThat(FLOWS).allSatisfy(flow -> assertThat(flow.body().getOrDefault("routeConfigurationId", TO_CALLER))
                .as(flow.toString())
                .isEqualTo(TO_CALLER));
        // Hawtio 5.2 draws no diagram at all where a route has one of its own
        assertThat(FLOWS)
                .filteredOn(flow -> flow.kind().equals("route"))
                .allSatisfy(flow -> assertThat(flow.body()).as(flow.toString()).doesNotContainKey("errorHandler"));
    }

    @Test
    void no_file_holds_a_credential() {
        Pattern credential =
                Pattern.compile("(?i)password|secret|token|bearer|basic |authorization|apikey|://[^/\\s]*@");
        FILES.forEach((file, text) -> assertThat(withoutComments(text)).as(file).doesNotContainPattern(credential));
    }

    @Test
    void no_log_shows_a_body_or_a_header() {
        FLOWS.forEach(flow -> walk(flow.body(), (key, value) -> {
            if (key.equals("log")) {
                String message = value instanceof Map<?, ?> log ? String.valueOf(log.get("message")) : value.toString();
                assertThat(message.replace("${body.size()}", ""))
                        .as(flow.toString())
                        .doesNotContainIgnoringCase("body")
                        .doesNotContainIgnoringCase("header")
                        .doesNotContainIgnoringCase("variable")
                        .doesNotContainIgnoringCase("exception");
            }
            if (key.equals("uri") || key.equals("to") && value instanceof String) {
                assertThat(value.toString()).as(flow.toString()).doesNotStartWith("log:");
            }
        }));
    }

    @Test
    void a_route_holds_flow_and_no_program() {
        FLOWS.forEach(flow -> walk(flow.body(), (key, value) -> {
            assertThat(key)
                    .as(flow.toString())
                    .isNotIn(
                            "toD",
                            "recipientList",
                            "dynamicRouter",
                            "routingSlip",
                            "script",
                            "groovy",
                            "js",
                            "joor",
                            "java",
                            "mvel",
                            "ognl",
                            "spel",
                            "python",
                            "xpath",
                            "jsonpath",
                            "jq",
                            "process",
                            "sql");
            if (value instanceof String text) {
                assertThat(text.toLowerCase())
                        .as(flow.toString())
                        .doesNotContainPattern("\\b(select .* from|insert into|update \\w+ set|delete from)\\b")
                        .doesNotStartWith("sql:")
                        .doesNotStartWith("jdbc:")
                        .doesNotStartWith("language:");
            }
        }));
    }

    /** No name of a file comes of a message: a path is the operator's folder and a plain name that the file itself tells. */
    @Test
    void every_file_that_a_route_reads_has_a_fixed_plain_name_below_a_folder_of_the_operators() throws Exception {
        java.util.regex.Pattern plain = java.util.regex.Pattern.compile(
                "(jslt|json-validator):file:\\{\\{claimloop\\.mappings}}/[a-z0-9-]+(\\.schema)?\\.(jslt|json)");
        List<String> read = new ArrayList<>();
        try (var files = java.nio.file.Files.walk(java.nio.file.Path.of("routes"))) {
            for (var file : files.filter(java.nio.file.Files::isRegularFile).toList()) {
                assertThat(file.getFileName().toString()).matches("[a-z0-9-]+\\.yaml");
                java.util.regex.Pattern.compile("uri: *\"?([^\"\\s]+)")
                        .matcher(java.nio.file.Files.readString(file))
                        .results()
                        .map(uri -> uri.group(1))
                        .filter(uri -> uri.contains("file:"))
                        .forEach(read::add);
            }
        }
        assertThat(read).hasSizeGreaterThan(8).allMatch(uri -> plain.matcher(uri)
                .matches());
    }

    @Test
    void every_outward_endpoint_is_told_by_a_property() {
        FLOWS.forEach(flow -> uris(flow, uri -> {
            assertThat(uri).as(flow.toString()).doesNotContainPattern("^https?:");
            if (uri.startsWith("jslt:") || uri.startsWith("json-validator:")) {
                assertThat(uri)
                        .as(flow.toString())
                        .startsWith(uri.replaceFirst(":.*", "") + ":file:{{claimloop.mappings}}/");
            }
            if (uri.contains("?")) {
                assertThat(uri).as("%s: options belong under parameters", flow).doesNotContain("?");
            }
            assertThat(uri)
                    .as(flow.toString())
                    .matches(
                            "(direct:|seda:wake-|kafka:\\{\\{claimloop\\.kafka\\.|quartz:claimloop/|servlet:/|jslt:|json-validator:|\\{\\{).*");
        }));
    }

    @Test
    void an_edge_forgets_the_callers_headers_first_and_sets_its_own_last() {
        List<Flow> edges =
                FLOWS.stream().filter(flow -> from(flow).startsWith("servlet:")).toList();
        assertThat(edges).isNotEmpty();
        for (Flow edge : edges) {
            List<Map<String, Object>> steps = steps(edge);
            assertThat(map(steps.get(0).get("removeHeaders")).get("pattern"))
                    .as(edge.toString())
                    .isEqualTo("*");
            assertThat(map(steps.get(0).get("removeHeaders")))
                    .as(edge.toString())
                    .doesNotContainKey("excludePattern");
            List<Object> set = steps.subList(steps.size() - 3, steps.size()).stream()
                    .map(step -> step.containsKey("setHeader")
                            ? map(step.get("setHeader")).get("name")
                            : step.keySet().iterator().next())
                    .toList();
            assertThat(set).as(edge.toString()).containsExactly("CamelHttpResponseCode", "Content-Type", "setBody");
            assertThat(map(map(edge.body().get("from")).get("parameters")))
                    .as(edge.toString())
                    .containsEntry("httpMethodRestrict", "POST")
                    .containsEntry("muteException", true);
        }
    }

    /** Otherwise the thread that came goes back for more while the parts are on their way: nothing bounds what is in hand. */
    @Test
    void a_parallel_split_holds_its_thread_until_all_parts_are_back() {
        List<Map<String, Object>> parallel = new ArrayList<>();
        FLOWS.forEach(flow -> walk(flow.body(), (key, value) -> {
            if (key.equals("split") && Boolean.TRUE.equals(map(value).get("parallelProcessing"))) {
                parallel.add(map(value));
            }
        }));
        assertThat(parallel).isNotEmpty().allSatisfy(split -> assertThat(split).containsEntry("synchronous", true));
    }

    @Test
    void a_schedule_runs_on_the_leader_or_is_named_as_one_that_each_instance_needs() {
        List<Flow> schedules =
                FLOWS.stream().filter(flow -> from(flow).startsWith("quartz:")).toList();
        assertThat(schedules).extracting(Flow::id).containsAll(EACH_INSTANCE);
        for (Flow schedule : schedules) {
            Map<String, Object> first = steps(schedule).get(0);
            Map<String, Object> condition = first.containsKey("filter")
                    ? map(first.get("filter"))
                    : first.get("choice") == null
                            ? Map.of()
                            : map(((List<?>) map(first.get("choice")).get("when")).get(0));
            boolean leads = Map.of("ref", "leadership", "method", "held").equals(condition.get("method"))
                    && steps(schedule).size() == 1;
            assertThat(leads)
                    .as("%s: its one step is a filter of leadership.held, unless each instance needs it", schedule)
                    .isEqualTo(!EACH_INSTANCE.contains(schedule.id()));
        }
    }

    @Test
    void a_record_of_kafka_loses_its_headers_first_and_nothing_is_committed_before_the_database() {
        List<Flow> consumers =
                FLOWS.stream().filter(flow -> from(flow).startsWith("kafka:")).toList();
        assertThat(consumers).isNotEmpty();
        for (Flow consumer : consumers) {
            assertThat(map(steps(consumer).get(0).get("removeHeaders")))
                    .as(consumer.toString())
                    .containsEntry("pattern", "*")
                    .containsEntry("excludePattern", "CamelKafkaManualCommit|kafka\\.LAST_POLL_RECORD|kafka\\.KEY");
            assertThat(map(map(consumer.body().get("from")).get("parameters")))
                    .as(consumer.toString())
                    .containsEntry("autoCommitEnable", false)
                    .containsEntry("allowManualCommit", true)
                    .containsEntry("kafkaManualCommitFactory", "#recordPositions")
                    .containsEntry("breakOnFirstError", false)
                    .containsEntry("autoOffsetReset", "earliest")
                    .doesNotContainKey("batching");
        }
    }

    @Test
    void what_goes_to_kafka_waits_for_all_replicas() {
        FLOWS.forEach(flow -> walk(flow.body(), (key, value) -> {
            if (key.equals("to")
                    && value instanceof Map<?, ?> to
                    && String.valueOf(to.get("uri")).startsWith("kafka:")) {
                assertThat(map(to.get("parameters")))
                        .as(flow.toString())
                        .containsEntry("requestRequiredAcks", "all")
                        .containsEntry("enableIdempotence", true)
                        .containsEntry("synchronous", true)
                        .containsKeys("maxBlockMs", "deliveryTimeoutMs");
            }
        }));
    }

    @Test
    void a_partner_is_called_in_one_place_with_limits_and_without_following_redirects() {
        Map<String, Map<String, Object>> calls = new HashMap<>();
        FLOWS.forEach(flow -> walk(flow.body(), (key, value) -> {
            if (key.equals("to")
                    && value instanceof Map<?, ?> to
                    && String.valueOf(to.get("uri")).startsWith("{{")) {
                if (String.valueOf(to.get("uri")).contains(".url}}")) {
                    calls.put(String.valueOf(to.get("id")), map(to.get("parameters")));
                }
            }
        }));
        assertThat(calls.keySet()).isEqualTo(PARTNER_CALLS);
        calls.forEach((id, parameters) -> assertThat(parameters)
                .as(id)
                .containsEntry("throwExceptionOnFailure", false)
                .containsEntry("followRedirects", false)
                .containsKeys("connectTimeout", "responseTimeout"));
    }

    @Test
    void whatever_is_called_exists() {
        Set<String> there = FLOWS.stream()
                .map(RouteFilesTest::from)
                .filter(uri -> uri.startsWith("direct:"))
                .collect(Collectors.toSet());
        Set<String> called = new HashSet<>();
        FILES.values().forEach(text -> {
            Matcher uri = Pattern.compile("direct:[a-z0-9-]+").matcher(withoutComments(text));
            while (uri.find()) {
                called.add(uri.group());
            }
        });
        // logins are called from Java
        assertThat(there).isEqualTo(called);
        FLOWS.stream().filter(flow -> flow.kind().equals("templatedRoute")).forEach(flow -> assertThat(
                        FLOWS.stream().map(Flow::id))
                .contains(String.valueOf(flow.body().get("routeTemplateRef"))));
    }

    @Test
    void every_bean_that_a_route_names_exists_with_that_method() {
        Map<String, JavaClass> beans = beans();
        FLOWS.forEach(flow -> walk(flow.body(), (key, value) -> {
            if (value instanceof Map<?, ?> step && step.get("ref") instanceof String ref) {
                assertThat(beans).as(flow.toString()).containsKey(ref);
                if (step.get("method") instanceof String method) {
                    assertMethod(flow, beans.get(ref), method.replaceFirst("\\(.*", ""));
                }
            }
            if (value instanceof String text) {
                Matcher inline =
                        Pattern.compile("\\$\\{bean:(\\w+)\\?method=(\\w+)").matcher(text);
                while (inline.find()) {
                    assertThat(beans).as(flow.toString()).containsKey(inline.group(1));
                    assertMethod(flow, beans.get(inline.group(1)), inline.group(2));
                }
                Matcher reference = Pattern.compile("^#(\\w+)$").matcher(text);
                if (reference.find()) {
                    assertThat(beans).as(flow.toString()).containsKey(reference.group(1));
                }
            }
            if (key.equals("circuitBreaker") && value instanceof String breaker) {
                assertThat(beans).as(flow.toString()).containsKey(breaker);
            }
        }));
    }

    @Test
    void the_start_asks_for_exactly_the_files_that_are_there() throws IOException {
        assertThat(RequiredFiles.routes()).containsExactlyInAnyOrderElementsOf(FILES.keySet());
        assertThat(RequiredFiles.routes())
                .filteredOn(name -> name.contains("/"))
                .allMatch(name -> name.startsWith("kafka/"));
        try (var files = Files.list(Path.of("mappings"))) {
            assertThat(RequiredFiles.mappings())
                    .containsAll(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".jslt"))
                            .map(name -> name.replace(".jslt", ""))
                            .toList());
        }
    }

    private static void assertMethod(Flow flow, JavaClass bean, String method) {
        List<JavaMethod> methods = bean.getAllMethods().stream()
                .filter(candidate -> candidate.getName().equals(method))
                .toList();
        assertThat(methods).as("%s: %s.%s", flow, bean.getSimpleName(), method).isNotEmpty();
        assertThat(methods)
                .as("%s: %s.%s is public", flow, bean.getSimpleName(), method)
                .allMatch(candidate -> candidate.getModifiers().contains(JavaModifier.PUBLIC));
    }

    /** Name to class of what Spring makes of our sources. */
    private static Map<String, JavaClass> beans() {
        JavaClasses classes = new ClassFileImporter().importPath(Path.of("target", "classes"));
        Map<String, JavaClass> beans = new HashMap<>();
        for (JavaClass type : classes) {
            type.tryGetAnnotationOfType(Component.class)
                    .map(Component::value)
                    .filter(name -> !name.isEmpty())
                    .ifPresent(name -> beans.put(name, type));
            for (JavaMethod method : type.getMethods()) {
                method.tryGetAnnotationOfType(Bean.class).ifPresent(bean -> {
                    beans.put(method.getName(), method.getRawReturnType());
                    Arrays.stream(bean.value()).forEach(name -> beans.put(name, method.getRawReturnType()));
                });
            }
        }
        return beans;
    }

    private static void uris(Flow flow, java.util.function.Consumer<String> consumer) {
        walk(flow.body(), (key, value) -> {
            if (value instanceof String uri && (key.equals("uri") || key.equals("to") || key.equals("from"))) {
                consumer.accept(uri);
            }
        });
    }

    private static String from(Flow flow) {
        Object body = flow.kind().equals("routeTemplate") && flow.body().containsKey("route")
                ? map(flow.body().get("route")).get("from")
                : flow.body().get("from");
        return body == null ? "" : String.valueOf(map(body).get("uri"));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> steps(Flow flow) {
        return (List<Map<String, Object>>) map(flow.body().get("from")).get("steps");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    /** Every key with its value, however deep. */
    private static void walk(Object node, BiConsumer<String, Object> visitor) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                visitor.accept(String.valueOf(key), value);
                walk(value, visitor);
            });
        } else if (node instanceof List<?> list) {
            list.forEach(value -> walk(value, visitor));
        }
    }

    private static String withoutComments(String text) {
        return text.lines().filter(line -> !line.strip().startsWith("#")).collect(Collectors.joining("\n"));
    }
}
