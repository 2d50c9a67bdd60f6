package io.claimloop.bench;

import java.util.Arrays;
import java.util.List;

/**
 * What is to be measured, and for how long: the system properties {@code bench.*}. An empty one is its default, so that
 * Maven can hand on what was not given.
 *
 * @param flags of ClaimLoop's JVM; empty for those of the Dockerfile
 */
record Options(
        List<String> scenarios,
        List<String> targets,
        int rounds,
        int seconds,
        int warmUp,
        int rate,
        int highest,
        int claims,
        boolean quick,
        boolean profile,
        List<String> flags) {

    static Options given() {
        boolean quick = Boolean.parseBoolean(text("quick", "false"));
        return new Options(
                words(text("scenario", quick ? "ceilings,claims" : "boot,ceilings,claims,ack,limit,feedback,day,real")),
                words(text("targets", "claimloop,relay")),
                number("rounds", quick ? 1 : 5),
                number("seconds", quick ? 8 : 30),
                number("warmup", quick ? 6 : 60),
                number("rate", quick ? 50 : 500),
                number("highest", 4000),
                number("claims", quick ? 2_000 : 40_000),
                quick,
                Boolean.parseBoolean(text("profile", "false")),
                words(text("flags", "")));
    }

    boolean measures(String scenario) {
        return scenarios.contains(scenario);
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split("[,\\s]+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static int number(String name, int otherwise) {
        return Integer.parseInt(text(name, String.valueOf(otherwise)));
    }

    private static String text(String name, String otherwise) {
        String given = System.getProperty("bench." + name, "").strip();
        return given.isEmpty() ? otherwise : given;
    }
}
