package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.support.NamedTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code docs/failures.md} has all sixty rows, each with tests that exist or with the reason why there is none. */
class FailuresDocTest {
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
                .allMatch(row -> NamedTests.any(row.tests())
                        || row.behaviour().startsWith("– ")
                        || row.tests().startsWith("– "));
    }

    @Test
    void each_named_test_exists() throws IOException {
        assertThat(NamedTests.missing(page()))
                .as("tests that docs/failures.md names")
                .isEmpty();
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
}
