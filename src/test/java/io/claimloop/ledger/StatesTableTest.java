package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that operators read and the arrows that the ledger keeps to are the same. */
class StatesTableTest {
    private static final Path PAGE = Path.of("docs/states.md");
    private static final String BEGINNING = "–";
    private static final Pattern MEANING = Pattern.compile("(?m)^\\* \\*\\*(\\w+)\\*\\*: [^.\n]+\\.$");

    @Test
    void the_page_and_the_code_draw_the_same_arrows() throws IOException {
        Map<State, Set<State>> code = new EnumMap<>(State.class);
        for (State state : State.values()) {
            code.put(state, set(state.next().stream()));
        }
        assertThat(drawn()).isEqualTo(code);
    }

    @Test
    void a_loop_begins_as_noticed() throws IOException {
        assertThat(rows().filter(cells -> cells.get(0).equals(BEGINNING)))
                .singleElement()
                .satisfies(cells -> assertThat(cells.get(1)).isEqualTo("NOTICED"));
    }

    @Test
    void every_arrow_has_a_cause_and_every_state_a_sentence() throws IOException {
        assertThat(rows()).isNotEmpty().allSatisfy(cells -> assertThat(cells.get(2))
                .isNotBlank());
        assertThat(MEANING.matcher(Files.readString(PAGE)).results().map(found -> found.group(1)))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(State.values()).map(State::name).toList());
    }

    private static Map<State, Set<State>> drawn() throws IOException {
        Map<State, Set<State>> arrows = new EnumMap<>(State.class);
        for (State state : State.values()) {
            arrows.put(state, EnumSet.noneOf(State.class));
        }
        rows().filter(cells -> !cells.get(0).equals(BEGINNING)).forEach(cells -> from(cells.get(0))
                .forEach(from -> arrows.get(from).addAll(to(cells.get(1)))));
        return arrows;
    }

    private static Stream<List<String>> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| from "))
                .map(line -> Arrays.stream(line.split("\\|"))
                        .map(String::strip)
                        .filter(cell -> !cell.isEmpty())
                        .toList());
    }

    private static Set<State> from(String cell) {
        return switch (cell) {
            // what is withdrawn is, and where a parked loop goes back to is no arrow of its own
            case "any but VALUED" -> set(states().filter(state -> state != State.VALUED && state != State.WITHDRAWN));
            case "any but final" -> set(states().filter(state -> !state.isFinal() && state != State.PARKED));
            default -> set(Arrays.stream(cell.split(", ")).map(State::valueOf));
        };
    }

    private static Set<State> to(String cell) {
        Matcher first = Pattern.compile("(\\w+) → where it came from").matcher(cell);
        return first.matches()
                ? Set.of(State.valueOf(first.group(1)))
                : set(Arrays.stream(cell.split(" · ")).map(State::valueOf));
    }

    private static Stream<State> states() {
        return Arrays.stream(State.values());
    }

    private static Set<State> set(Stream<State> states) {
        return states.collect(Collectors.toCollection(() -> EnumSet.noneOf(State.class)));
    }
}
