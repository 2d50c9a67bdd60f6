package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.SubmissionState;
import io.claimloop.settings.ClaimLoopProperties;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** The documents name what the code has, and nothing else. */
class DocsTest {
    private static final Pattern SETTING = Pattern.compile("^\\| `(claimloop\\.[a-z0-9.-]+)` \\|");
    private static final Pattern FIRST_CELL = Pattern.compile("(?m)^\\| ([A-Z][A-Z_]+) \\|");

    private static Map<String, Object> openapi;
    private static String handbook;
    private static String readme;

    @BeforeAll
    static void read() throws IOException {
        openapi = new Yaml().load(Files.readString(Path.of("docs/api/openapi.yaml")));
        handbook = Files.readString(Path.of("docs/handbook.md"));
        readme = Files.readString(Path.of("README.md"));
    }

    static Stream<Arguments> enums() {
        return Stream.of(
                Arguments.of("State", State.values()),
                Arguments.of("Step", Step.values()),
                Arguments.of("Reason", Reason.values()),
                Arguments.of("SubmissionState", SubmissionState.values()));
    }

    @ParameterizedTest(name = "The API description knows each {0}, in the order of the code, and no other")
    @MethodSource("enums")
    void theApiDescriptionHasTheWordsOfTheCode(String schema, Enum<?>[] values) {
        Map<?, ?> schemas = (Map<?, ?>) ((Map<?, ?>) openapi.get("components")).get("schemas");
        List<String> described = ((List<?>) ((Map<?, ?>) schemas.get(schema)).get("enum"))
                .stream().map(String::valueOf).toList();

        assertThat(described).containsExactlyElementsOf(names(values));
    }

    @ParameterizedTest(name = "The handbook tells what to do about {0}")
    @EnumSource(Reason.class)
    void theHandbookNamesEachReason(Reason reason) {
        List<String> rows = handbook.lines()
                .filter(line -> line.startsWith("| " + reason.name() + " |"))
                .toList();

        assertThat(rows)
                .as("rows of %s in the tables of docs/handbook.md", reason)
                .hasSize(1);
        assertThat(rows.get(0)).contains(reason.whatHappened());
    }

    @Test
    @DisplayName("The handbook tells of no reason that the code does not have")
    void theHandbookInventsNoReason() {
        Matcher cells = FIRST_CELL.matcher(handbook);
        Set<String> told = new TreeSet<>();
        while (cells.find()) {
            told.add(cells.group(1));
        }
        // the first column of the table of queues names steps
        told.removeAll(names(Step.values()));

        assertThat(names(Reason.values())).containsAll(told);
    }

    @Test
    @DisplayName("The README's table of settings has each setting of the code")
    void theReadmeNamesEachSetting() {
        assertThat(settings(ClaimLoopProperties.class, "claimloop."))
                .hasSizeGreaterThan(30)
                .allSatisfy(name -> assertThat(tableOfSettings()).contains(name));
    }

    @Test
    @DisplayName("The README's table of settings has no setting twice, and none that nobody reads")
    void theReadmeInventsNoSetting() throws IOException {
        Set<String> read = new TreeSet<>(settings(ClaimLoopProperties.class, "claimloop."));
        Matcher placeholders =
                Pattern.compile("\\{\\{(claimloop\\.[a-z0-9.-]+)}}").matcher(routes());
        while (placeholders.find()) {
            read.add(placeholders.group(1));
        }

        assertThat(tableOfSettings()).doesNotHaveDuplicates().allSatisfy(name -> assertThat(read)
                .contains(name));
    }

    private static List<String> tableOfSettings() {
        return readme.lines()
                .dropWhile(line -> !line.equals("## Configuration"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .map(SETTING::matcher)
                .filter(Matcher::find)
                .map(row -> row.group(1))
                .toList();
    }

    private static List<String> settings(Class<?> group, String prefix) {
        List<String> names = new ArrayList<>();
        for (RecordComponent component : group.getRecordComponents()) {
            String name = prefix + kebab(component.getName());
            Class<?> type = component.getType();
            if (type.isRecord() && type.getEnclosingClass() == ClaimLoopProperties.class) {
                names.addAll(settings(type, name + "."));
            } else {
                names.add(name);
            }
        }
        return names;
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String routes() throws IOException {
        try (var files = Files.walk(Path.of("routes"))) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                all.append(Files.readString(file));
            }
            return all.toString();
        }
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).collect(Collectors.toList());
    }
}
