package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.support.NamedTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/partners.md} has every finding, with a test that exists or a reason. */
class PartnersDocTest {
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
        assertThat(rows().stream().flatMap(row -> NamedTests.missing(row.tests()).stream()))
                .as("tests that docs/partners.md names")
                .isEmpty();
    }

    @Test
    void a_row_without_a_test_says_why() throws IOException {
        for (var row : rows()) {
            boolean named = NamedTests.any(row.tests);
            boolean reason = row.behaviour.startsWith("– ");
            assertThat(named || reason).as("row " + row.number).isTrue();
        }
    }
}
