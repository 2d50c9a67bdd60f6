package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code docs/failures.md} has all sixty rows, each with tests that exist or with the reason why there is none. */
class FailuresDocTest {
    private static final Path TESTS = Path.of("src", "test", "java");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

    private record Row(String number, String behaviour, String tests) {}

    private static String page() throws IOException {
        return Files.readString(Path.of("docs", "failures.md"));
    }

    private static List<Row> rows() throws IOException {
        return page().lines()
                .filter(line -> line.matches("\\| \\d+ \\|.*\\|.*\\|.*\\|"))
                .map(line -> line.split("\\|", -1))
                .filter(cells -> cells.length == 6)
                .map(cells -> new Row(cells[1].strip(), cells[3].strip(), cells[4].strip()))
                .toList();
    }

    @Test
    void all_sixty_rows_are_there() throws IOException {
        assertThat(rows())
                .extracting(Row::number)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 60).mapToObj(String::valueOf).toList());
    }

    @Test
    void a_row_names_a_test_or_the_reason_why_there_is_none() throws IOException {
        assertThat(rows())
                .allMatch(row -> NAMED.matcher(row.tests()).find()
                        || row.behaviour().startsWith("– ")
                        || row.tests().startsWith("– "));
    }

    @Test
    void each_named_test_exists() throws IOException {
        Map<String, String> sources;
        try (var files = Files.walk(TESTS)) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            FailuresDocTest::text,
                            String::concat));
        }
        var missing = new TreeSet<String>();
        for (MatchResult test : NAMED.matcher(page()).results().toList()) {
            String source = sources.getOrDefault(test.group(1), "");
            if (!source.contains("\n    void " + test.group(2) + "(")) {
                missing.add(test.group());
            }
        }
        assertThat(missing).as("tests that docs/failures.md names").isEmpty();
    }

    @Test
    void the_readme_makes_the_same_promise() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertThat(plain(readme)).contains(plain(promise()));
        assertThat(readme).contains("docs/failures.md");
    }

    private static String promise() throws IOException {
        String page = page();
        return page.substring(page.indexOf("The promise: "), page.indexOf("| clause |"));
    }

    private static String plain(String text) {
        return text.replaceAll("\\s*\\[\\d]", "")
                .replace("**", "")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
