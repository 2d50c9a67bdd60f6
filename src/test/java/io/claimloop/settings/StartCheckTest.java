package io.claimloop.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.claimloop.ClaimLoop;
import io.claimloop.support.SimulatedWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.env.MockEnvironment;

@ExtendWith(OutputCaptureExtension.class)
class StartCheckTest {
    /** Part of every secret here: no sentence may show it. */
    private static final String PLANTED = "planted";

    private final Map<String, String> good = new HashMap<>();

    @TempDir
    Path folder;

    @BeforeEach
    void good() {
        good.put("claimloop.openimis.url", "https://openimis.example.org");
        good.put("claimloop.openimis.username", "claimloop");
        good.put("claimloop.openimis.password", PLANTED + "-1");
        good.put("claimloop.cht.url", "http://cht.example.org:5988");
        good.put("claimloop.cht.username", "claimloop");
        good.put("claimloop.cht.password", PLANTED + "-2");
        good.put("claimloop.intake.openimis-token", PLANTED + "-token-of-openimis");
        good.put("claimloop.intake.cht-token", PLANTED + "-token-of-cht");
        good.put("claimloop.retention.key", "ab".repeat(32));
        good.put("claimloop.operator.username", "operator");
        good.put("claimloop.operator.password", PLANTED + "-password-of-operator");
        good.put("claimloop.openimis.zone", "Asia/Kathmandu");
        good.put("claimloop.selection.policy", "any");
        good.put("claimloop.selection.per-day", "200");
        good.put("claimloop.public-url", "https://claimloop.example.org/");
    }

    private void check() {
        MockEnvironment environment = new MockEnvironment();
        good.forEach(environment::setProperty);
        check(environment);
    }

    private static void check(org.springframework.core.env.ConfigurableEnvironment environment) {
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            context.setEnvironment(environment);
            new StartCheck().initialize(context);
        }
    }

    private StartRefusedException refused() {
        StartRefusedException refused = catchThrowableOfType(StartRefusedException.class, this::check);
        assertThat(refused).as("a refused start").isNotNull();
        assertThat(refused.getMessage()).as("one sentence").endsWith(".").doesNotContain("\n", ". ", PLANTED);
        assertThat(refused.hint()).as("a hint").isNotBlank().doesNotContain(PLANTED);
        assertThat(refused).hasNoCause();
        return refused;
    }

    @Test
    void a_good_configuration_passes() {
        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void what_has_a_default_need_not_be_told() {
        good.keySet()
                .removeAll(List.of("claimloop.openimis.zone", "claimloop.selection.policy", "claimloop.public-url"));
        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "claimloop.intake.openimis-token",
                "claimloop.intake.cht-token",
                "claimloop.retention.key",
                "claimloop.operator.username",
                "claimloop.operator.password",
                "claimloop.openimis.url",
                "claimloop.openimis.username",
                "claimloop.openimis.password",
                "claimloop.cht.url",
                "claimloop.cht.username",
                "claimloop.cht.password"
            })
    void what_is_missing_or_blank_is_named_with_the_ways_to_set_it(String name) {
        good.remove(name);
        StartRefusedException missing = refused();
        assertThat(missing).hasMessage(name + " is not set.");
        assertThat(missing.hint())
                .contains(name.replace('.', '_').replace("-", "").toUpperCase(java.util.Locale.ROOT), "configtree:");

        good.put(name, "  ");
        assertThat(refused()).hasMessage(name + " is not set.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"claimloop.intake.openimis-token", "claimloop.intake.cht-token", "claimloop.operator.password"})
    void a_secret_of_our_own_that_can_be_guessed_is_refused(String name) {
        good.put(name, PLANTED + "-short"); // 13
        assertThat(refused()).hasMessageContaining(name).hasMessageContaining("shorter than 16");
        assertThat(refused().hint()).contains("openssl rand");

        good.put(name, PLANTED + "-15-char" + "          ");
        assertThat(refused()).as("blanks do not count").hasMessageContaining("shorter than 16");

        good.put(name, PLANTED + "-16-chars");
        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void the_partners_do_not_share_a_secret() {
        good.put("claimloop.intake.cht-token", good.get("claimloop.intake.openimis-token"));
        assertThat(refused())
                .hasMessageContaining("claimloop.intake.openimis-token")
                .hasMessageContaining("claimloop.intake.cht-token")
                .hasMessageContaining("same secret");
    }

    static Stream<Arguments> addresses() {
        return Stream.of(
                        "claimloop.openimis.url",
                        "claimloop.cht.url",
                        "claimloop.public-url",
                        "claimloop.openimis.web-url")
                .flatMap(name -> Stream.of(
                                "openimis.example.org",
                                "ftp://example.org",
                                "http://",
                                "https:///api",
                                "http://exa mple.org",
                                "http://user:" + PLANTED + "@example.org",
                                "http://user:" + PLANTED + "@%@example.org",
                                "http://example.org?token=" + PLANTED,
                                "jdbc:postgresql://example.org/x",
                                "http://[::1")
                        .map(address -> Arguments.of(name, address)));
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void an_address_that_is_none_or_holds_a_password_is_refused(String name, String address) {
        good.put(name, address);
        assertThat(refused()).hasMessage(name + " is not a plain http or https address.");
    }

    @ParameterizedTest
    @CsvSource({
        "claimloop.openimis.zone, Kathmandu, is not a time zone",
        "claimloop.openimis.zone, UTC+99, is not a time zone",
        "claimloop.selection.policy, all, is not a policy",
        "claimloop.selection.policy, '', is not a policy",
        "claimloop.subscription.days, 0, is not a number of days",
        "claimloop.subscription.days, P90D, is not a number of days"
    })
    void an_unknown_zone_policy_or_number_of_days_is_refused(String name, String value, String why) {
        good.put(name, value);
        assertThat(refused()).hasMessageContaining(name).hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({
        "claimloop.selection.per-day, 0",
        "claimloop.selection.per-day, -1",
        "claimloop.selection.per-day, many",
        "claimloop.selection.per-chw-per-week, 0",
        "claimloop.selection.max-visit-age, soon",
        "claimloop.selection.max-visit-age, 1h",
        "claimloop.selection.from, yesterday",
        "claimloop.selection.exclude.ages, 17",
        "claimloop.selection.exclude.ages, '0-17,-5'",
        "claimloop.selection.exclude.ages, 17-0"
    })
    void a_limit_of_selection_that_cannot_be_read_is_refused(String name, String value) {
        good.put(name, value);
        assertThat(refused()).hasMessageStartingWith(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"any", "submitted", "SUBMITTED"})
    void following_up_without_a_limit_is_refused(String policy) {
        good.put("claimloop.selection.policy", policy);
        good.remove("claimloop.selection.per-day");
        StartRefusedException refused = refused();
        assertThat(refused).hasMessageStartingWith("claimloop.selection.policy");
        assertThat(refused.hint()).contains("per-day", "per-chw-per-week", "selected");

        good.put("claimloop.selection.per-chw-per-week", "5");
        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void what_officers_select_needs_no_limit_and_neither_does_the_demo() {
        good.remove("claimloop.selection.per-day");
        good.put("claimloop.selection.policy", "selected");
        assertThatCode(this::check).doesNotThrowAnyException();

        good.put("claimloop.selection.policy", "submitted");
        MockEnvironment demo = new MockEnvironment();
        demo.setActiveProfiles("demo");
        good.forEach(demo::setProperty);
        assertThatCode(() -> check(demo)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"claimloop.retention.key", "claimloop.retention.old-key"})
    void a_key_is_32_bytes_in_hex_or_base64(String name) {
        for (String key : List.of("0a".repeat(32), java.util.Base64.getEncoder().encodeToString(new byte[32]))) {
            good.put(name, key);
            assertThatCode(this::check).doesNotThrowAnyException();
        }
        for (String bad : List.of("0a".repeat(31), "0a".repeat(33), PLANTED, "zz".repeat(32))) {
            good.put(name, bad);
            assertThat(refused()).hasMessage(name + " is not a key of 32 bytes in hex or base64.");
            assertThat(refused().hint()).contains("openssl rand -hex 32");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "claimloop.routes, routes, task-dispatch.yaml",
        "claimloop.routes, routes, error-policy.yaml",
        "claimloop.mappings, mappings, claim-record.jslt",
        "claimloop.mappings, mappings, communication.schema.json",
        "claimloop.mappings, mappings, tables/outcome.json"
    })
    void a_missing_route_or_mapping_is_named(String name, String source, String file) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(source))) {
            for (Path one : files.filter(Files::isRegularFile).toList()) {
                Files.copy(one, folder.resolve(one.getFileName()));
            }
        }
        Files.createDirectories(folder.resolve("tables"));
        for (String table : new String[] {"assessment.json", "outcome.json", "officers.json", "review.json"}) {
            Files.copy(
                    Path.of("mappings", "tables", table),
                    folder.resolve("tables").resolve(table));
        }
        good.put(name, folder.toString());
        assertThatCode(this::check).doesNotThrowAnyException();

        Files.delete(folder.resolve(file));

        assertThat(refused()).hasMessage(file + " is missing in the folder of " + name + ".");
        assertThat(refused().hint()).contains("set " + name);
    }

    @Test
    void with_the_profile_kafka_brokers_and_its_routes_are_looked_for() {
        good.put("spring.profiles.active", "kafka");
        assertThat(refused()).hasMessage("camel.component.kafka.brokers is not set.");
        good.put("camel.component.kafka.brokers", "127.0.0.1:9092");
        assertThatCode(this::check).doesNotThrowAnyException();
        assertThat(StartCheck.KAFKA_ROUTES).allMatch(name -> Files.exists(Path.of("routes", name + ".yaml")));
    }

    @Test
    void every_route_and_mapping_that_is_there_is_looked_for() throws IOException {
        assertThat(names("routes", ".yaml")).containsExactlyInAnyOrderElementsOf(StartCheck.ROUTES);
        assertThat(names("mappings", ".jslt")).containsExactlyInAnyOrderElementsOf(StartCheck.MAPPINGS);
    }

    private static List<String> names(String folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(ending))
                    .map(file -> file.substring(0, file.length() - ending.length()))
                    .toList();
        }
    }

    @Test
    void secrets_may_stand_in_files() throws IOException {
        List<String> secrets = good.keySet().stream()
                .filter(name -> good.get(name).contains(PLANTED))
                .toList();
        for (String name : secrets) {
            Files.writeString(folder.resolve(name), good.remove(name) + "\n");
        }
        StartRefusedException without = refused();
        assertThat(without).hasMessageEndingWith("is not set.");

        good.put("spring.config.import", "configtree:" + folder + "/");
        good.put("spring.config.location", "optional:file:" + folder + "/none/");
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .properties(new HashMap<>(good))
                .run()) {
            assertThat(context.getEnvironment().getProperty("claimloop.operator.password"))
                    .as("without the line's end")
                    .isEqualTo(PLANTED + "-password-of-operator");
        }
    }

    /** An application of nothing but the start check, which is found as the real one finds it. */
    @Configuration(proxyBeanMethods = false)
    static class Nothing {}

    @Test
    void secrets_may_stand_in_the_environment() {
        StandardEnvironment environment = new StandardEnvironment();
        Map<String, Object> variables = new HashMap<>();
        good.forEach((name, value) ->
                variables.put(name.replace('.', '_').replace("-", "").toUpperCase(java.util.Locale.ROOT), value));
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new org.springframework.core.env.SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        org.springframework.boot.context.properties.source.ConfigurationPropertySources.attach(environment);
        assertThatCode(() -> check(environment)).doesNotThrowAnyException();
    }

    @Test
    void a_refused_start_ends_quickly_with_the_sentence_and_the_hint_and_no_stack_trace(CapturedOutput output) {
        Map<String, Object> properties = new HashMap<>(SimulatedWorld.properties());
        properties.put("claimloop.operator.password", PLANTED + "-short");
        long started = System.nanoTime();

        StartRefusedException refused =
                catchThrowableOfType(StartRefusedException.class, () -> new SpringApplicationBuilder(ClaimLoop.class)
                        .properties(properties)
                        .run());

        assertThat(refused).isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(15));
        assertThat(output.getAll())
                .contains(
                        "APPLICATION FAILED TO START",
                        "claimloop.operator.password is shorter than 16 characters.",
                        "Make one with: openssl rand -hex 32")
                .doesNotContain("\tat ", "StartRefusedException", PLANTED);
    }
}
