package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.support.MeterTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** What no engine has run here is at least read: names that must agree, what must be closed, what must not be in a file. */
class DeploymentFilesTest {
    private static final Path KUBERNETES = Path.of("deploy", "kubernetes");
    private static final Pattern METRIC =
            Pattern.compile("\\b(?:claimloop|jvm|hikaricp|process|http|tomcat)_[a-z_]+\\b");
    private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(password|token|secret|key)(?<!_file)$");

    // ---- metrics

    @Test
    void alerts_and_dashboard_name_only_meters_of_the_table() throws IOException {
        Set<String> named = new TreeSet<>(metrics(Files.readString(Path.of("deploy/prometheus/alerts.yml"))));
        named.addAll(metrics(Files.readString(Path.of("deploy/grafana/dashboards/claimloop.json"))));

        assertThat(named).hasSizeGreaterThan(20);
        assertThat(MeterTable.all()).containsAll(named);
    }

    @Test
    void the_autoscaler_reads_a_meter_of_the_table() throws IOException {
        String adapter = Files.readString(KUBERNETES.resolve("prometheus-adapter.values.yaml"));
        Map<String, Object> autoscaler = kubernetes("horizontalpodautoscaler.yaml");
        String metric = text(list(autoscaler, "spec", "metrics").get(0), "external", "metric", "name");

        assertThat(adapter).contains("as: " + metric);
        assertThat(metrics(adapter.replace(metric, ""))).isNotEmpty().isSubsetOf(MeterTable.all());
    }

    /** A histogram's or timer's parts are one meter. */
    private static Set<String> metrics(String text) {
        Set<String> all = MeterTable.all();
        return METRIC.matcher(text)
                .results()
                .map(found -> found.group())
                .map(name -> all.contains(name) ? name : name.replaceFirst("_(?:bucket|count|sum|max)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void each_alert_names_an_entry_of_the_handbook() throws IOException {
        Set<String> headings = Files.readString(Path.of("docs/handbook.md"))
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase()
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
        List<Map<String, Object>> rules = list(
                list(yaml(Path.of("deploy/prometheus/alerts.yml")), "groups").get(0), "rules");

        assertThat(rules).isNotEmpty().allSatisfy(rule -> {
            String handbook = text(rule, "annotations", "handbook");
            assertThat(handbook).as("%s", rule.get("alert")).startsWith("docs/handbook.md#");
            assertThat(headings).contains(handbook.substring(handbook.indexOf('#') + 1));
            assertThat(text(rule, "labels", "severity")).isIn("page", "ticket");
        });
    }

    @Test
    void every_panel_of_the_dashboard_asks_the_data_source_that_is_provisioned() throws IOException {
        String uid = text(
                list(yaml(Path.of("deploy/grafana/provisioning/datasources/prometheus.yml")), "datasources")
                        .get(0),
                "uid");
        JsonNode panels = new ObjectMapper()
                .readTree(Path.of("deploy/grafana/dashboards/claimloop.json").toFile())
                .path("panels");
        List<JsonNode> asking = StreamSupport.stream(panels.spliterator(), false)
                .filter(panel -> !"row".equals(panel.path("type").asText()))
                .toList();

        assertThat(asking).hasSizeGreaterThan(10).allSatisfy(panel -> {
            assertThat(panel.at("/datasource/uid").asText()).isEqualTo(uid);
            assertThat(panel.at("/targets/0/expr").asText()).isNotBlank();
        });
    }

    // ---- Docker Compose

    @ParameterizedTest
    @ValueSource(strings = {"docker-compose.yml", "docker-compose.scaled.yml"})
    void containers_are_closed_and_no_secret_has_a_default(String file) throws IOException {
        Map<String, Object> compose = yaml(Path.of(file));
        Map<String, Map<String, Object>> services = map(compose, "services");
        Set<String> declared = map(compose, "secrets").keySet();

        assertThat(services).isNotEmpty();
        services.forEach((name, service) -> {
            assertThat(texts(service, "ports")).as("ports of %s", name).allMatch(port -> port.startsWith("127.0.0.1:"));
            assertThat(texts(service, "security_opt")).as(name).contains("no-new-privileges:true");
            boolean writesItself = name.equals("postgres") || name.matches("kafka-\\d");
            assertThat(service.get("read_only"))
                    .as("root of %s", name)
                    .isEqualTo(writesItself ? service.get("read_only") : true);
            if (!name.equals("postgres")) {
                assertThat(texts(service, "cap_drop")).as(name).contains("ALL");
                assertThat(service).as(name).doesNotContainKey("user");
            }
            map(service, "environment").forEach((variable, value) -> {
                if (SECRET_NAME.matcher(variable).matches()) {
                    assertThat(String.valueOf(value))
                            .as("%s of %s", variable, name)
                            .isEmpty();
                }
            });
            assertThat(secrets(service)).as("secrets of %s", name).allMatch(declared::contains);
        });
        assertThat(map(compose, "secrets").values())
                .allSatisfy(secret -> assertThat(secret.toString()).contains("file=./secrets/"));
    }

    @Test
    void the_scaled_one_has_three_instances_and_three_brokers_that_proxy_and_prometheus_know() throws IOException {
        Map<String, Map<String, Object>> services = map(yaml(Path.of("docker-compose.scaled.yml")), "services");
        Set<String> instances = services.keySet().stream()
                .filter(name -> name.startsWith("claimloop-"))
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> brokers = services.keySet().stream()
                .filter(name -> name.matches("kafka-\\d"))
                .sorted()
                .toList();
        String proxy = Files.readString(Path.of("deploy/proxy/nginx.conf"));
        String prometheus = Files.readString(Path.of("deploy/prometheus/prometheus.yml"));

        assertThat(instances).hasSize(3).allSatisfy(name -> {
            assertThat(proxy).contains("server " + name + ":8080");
            assertThat(prometheus).contains("- " + name + ":8080");
            assertThat(map(services.get(name), "environment").get("CAMEL_COMPONENT_KAFKA_BROKERS"))
                    .isEqualTo(brokers.stream().map(broker -> broker + ":9092").collect(Collectors.joining(",")));
        });
        assertThat(brokers).hasSize(3).allSatisfy(name -> {
            Map<String, Object> environment = map(services.get(name), "environment");
            assertThat(environment.get("KAFKA_DEFAULT_REPLICATION_FACTOR")).isEqualTo(3);
            assertThat(environment.get("KAFKA_MIN_INSYNC_REPLICAS")).isEqualTo(2);
            assertThat(environment.get("KAFKA_ADVERTISED_LISTENERS")).isEqualTo("PLAINTEXT://" + name + ":9092");
        });
        assertThat(instances.stream()
                        .map(name -> map(services.get(name), "environment").get("CLAIMLOOP_METRICS_USERNAME")))
                .containsOnly(text(
                        list(yaml(Path.of("deploy/prometheus/prometheus.yml")), "scrape_configs")
                                .get(0),
                        "basic_auth",
                        "username"));
    }

    // ---- Kubernetes

    @Test
    void the_kustomization_names_files_that_are_there() throws IOException {
        assertThat(texts(kubernetes("kustomization.yaml"), "resources"))
                .hasSizeGreaterThan(5)
                .allMatch(file -> Files.isRegularFile(KUBERNETES.resolve(file)))
                .doesNotContain("secret.example.yaml");
    }

    @Test
    void what_selects_the_pods_has_the_labels_of_the_pods() throws IOException {
        Map<String, Object> deployment = kubernetes("deployment.yaml");
        Map<String, Object> labels = map(deployment, "spec", "template", "metadata", "labels");

        assertThat(map(deployment, "spec", "selector", "matchLabels")).isEqualTo(labels);
        assertThat(map(kubernetes("service.yaml"), "spec", "selector")).isEqualTo(labels);
        assertThat(map(kubernetes("poddisruptionbudget.yaml"), "spec", "selector", "matchLabels"))
                .isEqualTo(labels);
        assertThat(map(kubernetes("networkpolicy.yaml"), "spec", "podSelector", "matchLabels"))
                .isEqualTo(labels);
        assertThat(map(kubernetes("podmonitor.yaml"), "spec", "selector", "matchLabels"))
                .isEqualTo(labels);
        assertThat(list(deployment, "spec", "template", "spec", "topologySpreadConstraints"))
                .isNotEmpty()
                .allSatisfy(spread ->
                        assertThat(map(spread, "labelSelector", "matchLabels")).isEqualTo(labels));
        assertThat(text(kubernetes("horizontalpodautoscaler.yaml"), "spec", "scaleTargetRef", "name"))
                .isEqualTo(text(deployment, "metadata", "name"));
    }

    @Test
    void the_pod_is_no_root_writes_nothing_and_is_looked_at_where_health_is() throws IOException {
        Map<String, Object> pod = map(kubernetes("deployment.yaml"), "spec", "template", "spec");
        Map<String, Object> container = list(pod, "containers").get(0);

        assertThat(map(pod, "securityContext"))
                .containsEntry("runAsNonRoot", true)
                .containsEntry("runAsUser", 10001);
        assertThat(map(container, "securityContext"))
                .containsEntry("allowPrivilegeEscalation", false)
                .containsEntry("readOnlyRootFilesystem", true);
        assertThat(texts(map(container, "securityContext", "capabilities"), "drop"))
                .containsExactly("ALL");
        assertThat(Files.readString(Path.of("Dockerfile")))
                .contains("--uid 10001")
                .contains("USER 10001");
        assertThat(text(container, "startupProbe", "httpGet", "path")).isEqualTo("/actuator/health/liveness");
        assertThat(text(container, "livenessProbe", "httpGet", "path")).isEqualTo("/actuator/health/liveness");
        assertThat(text(container, "readinessProbe", "httpGet", "path")).isEqualTo("/actuator/health/readiness");
        assertThat(text(container, "resources", "limits", "memory")).isNotBlank();
        assertThat((Integer) pod.get("terminationGracePeriodSeconds")).isGreaterThan(60);
    }

    @Test
    void no_manifest_holds_a_secret() throws IOException {
        map(kubernetes("secret.example.yaml"), "stringData")
                .forEach((name, value) ->
                        assertThat(String.valueOf(value)).as(name).isEmpty());
        map(kubernetes("configmap.yaml"), "data")
                .keySet()
                .forEach(name ->
                        assertThat(SECRET_NAME.matcher(name).matches()).as(name).isFalse());
    }

    @Test
    void secrets_and_settings_are_names_that_the_readme_has() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        List<String> names = new ArrayList<>(
                map(kubernetes("secret.example.yaml"), "stringData").keySet());
        names.removeIf(name -> name.startsWith("spring."));
        Set<String> variables = readme.lines()
                .filter(line -> line.startsWith("| `claimloop."))
                .map(line ->
                        line.split("`")[1].replace(".", "_").replace("-", "").toUpperCase())
                .collect(Collectors.toSet());

        assertThat(names).allSatisfy(name -> assertThat(readme).contains("| `" + name + "`"));
        assertThat(map(kubernetes("configmap.yaml"), "data").keySet())
                .filteredOn(name -> name.startsWith("CLAIMLOOP_"))
                .isNotEmpty()
                .isSubsetOf(variables);
    }

    // ---- reading

    private static Map<String, Object> kubernetes(String file) throws IOException {
        return yaml(KUBERNETES.resolve(file));
    }

    private static Map<String, Object> yaml(Path file) throws IOException {
        return new Yaml().load(Files.readString(file));
    }

    @SuppressWarnings("unchecked")
    private static <T> Map<String, T> map(Map<String, ?> from, String... path) {
        Object value = from;
        for (String name : path) {
            value = ((Map<String, Object>) value).getOrDefault(name, Map.of());
        }
        return (Map<String, T>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> from, String... path) {
        Object value = from;
        for (String name : path) {
            value = ((Map<String, Object>) value).getOrDefault(name, List.of());
        }
        return (List<Map<String, Object>>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<String> texts(Map<String, Object> from, String name) {
        return (List<String>) from.getOrDefault(name, List.of());
    }

    private static String text(Map<String, Object> from, String... path) {
        Map<String, Object> parent = map(from, java.util.Arrays.copyOf(path, path.length - 1));
        return String.valueOf(parent.get(path[path.length - 1]));
    }

    @SuppressWarnings("unchecked")
    private static List<String> secrets(Map<String, Object> service) {
        return ((List<Object>) service.getOrDefault("secrets", List.of()))
                .stream()
                        .map(secret -> secret instanceof Map<?, ?> named
                                ? String.valueOf(named.get("source"))
                                : secret.toString())
                        .toList();
    }
}
