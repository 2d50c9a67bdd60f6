package io.claimloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * No library below the version that mended a known hole: {@code src/test/resources/dependency-floors.txt}. What is looked
 * at is the class path as Maven resolved it. Row 52 of {@code docs/failures.md}.
 */
class DependencyFloorTest {
    private static final Pattern JAR = Pattern.compile("(.+?)-(\\d[\\w.\\-]*)\\.jar");

    private record Floor(String library, String version, String why) {}

    private static List<Floor> floors() throws IOException {
        List<Floor> floors = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("src", "test", "resources", "dependency-floors.txt"))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.strip().split("\\s+", 3);
                floors.add(new Floor(parts[0], parts[1], parts[2]));
            }
        }
        return floors;
    }

    private static Map<String, String> libraries(String classPath) {
        return java.util.Arrays.stream(classPath.split(File.pathSeparator))
                .map(entry -> JAR.matcher(entry.substring(entry.lastIndexOf(File.separatorChar) + 1)))
                .filter(Matcher::matches)
                .collect(Collectors.toMap(
                        jar -> jar.group(1), jar -> jar.group(2), DependencyFloorTest::lower, TreeMap::new));
    }

    private static List<String> below(Map<String, String> libraries, List<Floor> floors) {
        return floors.stream()
                .filter(floor -> libraries.containsKey(floor.library()))
                .filter(floor -> compare(libraries.get(floor.library()), floor.version()) < 0)
                .map(floor -> floor.library() + " " + libraries.get(floor.library()) + " is below " + floor.version()
                        + ": " + floor.why())
                .toList();
    }

    private static String lower(String one, String other) {
        return compare(one, other) < 0 ? one : other;
    }

    /** By the numbers; what stands behind them (jre, Final) does not matter. */
    private static int compare(String one, String other) {
        String[] a = one.split("[.\\-]");
        String[] b = other.split("[.\\-]");
        for (int i = 0; i < Math.max(a.length, b.length); i++) {
            int difference = Integer.compare(number(a, i), number(b, i));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static int number(String[] parts, int i) {
        return i < parts.length && parts[i].matches("\\d{1,9}") ? Integer.parseInt(parts[i]) : 0;
    }

    private static Map<String, String> ours() {
        return libraries(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    }

    @Test
    void no_library_is_below_its_floor() throws IOException {
        assertThat(below(ours(), floors())).isEmpty();
    }

    @Test
    void every_floor_is_that_of_a_library_that_is_there() throws IOException {
        assertThat(ours()).containsKeys(floors().stream().map(Floor::library).toArray(String[]::new));
    }

    @Test
    void an_old_version_that_was_planted_is_found() throws IOException {
        String planted = String.join(
                File.pathSeparator,
                "/m2/snakeyaml-1.33.jar",
                "/m2/postgresql-42.7.6.jar",
                "/m2/tomcat-embed-core-10.1.9.jar",
                "/m2/camel-http-4.17.0.jar",
                "/m2/spring-core-6.2.19.jar");
        assertThat(below(libraries(planted), floors()))
                .extracting(line -> line.split(" ")[0])
                .containsExactlyInAnyOrder("snakeyaml", "postgresql", "tomcat-embed-core");
    }
}
