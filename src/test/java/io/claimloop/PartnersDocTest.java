package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/partners.md} has every finding, with a test that exists or a reason. */
class PartnersDocTest {
    private static final Path TESTS = Path.of("src", "test", "java");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

    private record Row(String number, String behaviour, String tests) {}

    private static List<Row> rows() throws IOException {
        return Files.readString(Path.of("docs/partners.md"))
                .lines()
                .filter(line -> line.matches("\\| [CD]?\\d+ \\|.*"))
                .map(line -> line.split("\\|", -1))
                .map(cells -> new Row(cells[1].strip(), cells[3].strip(), cells[4].strip()))
                .toList();
    }

    @Test
    void each_finding_has_a_row() throws IOException {
        var wanted = Stream.of(numbers("", 36), numbers("C", 9), numbers("D", 14))
                .flatMap(Function.identity())
                .toList();
        assertThat(rows()).extracting(Row::number).containsExactlyElementsOf(wanted);
    }

    private static Stream<String> numbers(String letter, int last) {
        return IntStream.rangeClosed(1, last).mapToObj(number -> letter + number);
    }

    @Test
    void each_named_test_exists() throws IOException {
        Map<String, String> sources;
        try (var files = Files.walk(TESTS)) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            PartnersDocTest::text,
                            String::concat));
        }
        var missing = new TreeSet<String>();
        for (var row : rows()) {
            for (MatchResult test : NAMED.matcher(row.tests).results().toList()) {
                var source = sources.getOrDefault(test.group(1), "");
                if (!source.matches("(?s).*[\\w>] " + test.group(2) + "\\(.*")) missing.add(test.group(0));
            }
        }
        assertThat(missing).as("tests that docs/partners.md names").isEmpty();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_row_without_a_test_says_why() throws IOException {
        for (var row : rows()) {
            boolean named = NAMED.matcher(row.tests).find();
            boolean reason = row.behaviour.startsWith("– ");
            assertThat(named || reason).as("row " + row.number).isTrue();
        }
    }
}
