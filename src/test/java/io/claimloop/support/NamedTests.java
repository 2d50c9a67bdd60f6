package io.claimloop.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tests that a page names, as {@code `ClassTest#method`}. */
public final class NamedTests {
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final Map<String, String> SOURCES = sources();

    private NamedTests() {}

    public static boolean any(String text) {
        return NAMED.matcher(text).find();
    }

    /** Those that are not there. */
    public static Set<String> missing(String text) {
        Set<String> missing = new TreeSet<>();
        for (MatchResult test : NAMED.matcher(text).results().toList()) {
            String source = SOURCES.getOrDefault(test.group(1), "");
            if (!Pattern.compile("[\\w>] " + test.group(2) + "\\(")
                    .matcher(source)
                    .find()) {
                missing.add(test.group());
            }
        }
        return missing;
    }

    private static Map<String, String> sources() {
        try (var files = Files.walk(Path.of("src", "test", "java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            NamedTests::text,
                            String::concat));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
