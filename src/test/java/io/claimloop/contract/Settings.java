package io.claimloop.contract;

import java.util.Locale;

/**
 * Where to and with what: system properties {@code contract.…}, passwords by the environment alone. Defaults are the
 * demo data that every openIMIS can be installed with.
 */
final class Settings {
    private Settings() {}

    /** Null where there is none. */
    static String of(String name) {
        var value = System.getProperty("contract." + name);
        return value == null || value.isBlank() ? null : value;
    }

    static String of(String name, String otherwise) {
        var value = of(name);
        return value == null ? otherwise : value;
    }

    static int number(String name, int otherwise) {
        var value = of(name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    static boolean allowed(String name) {
        return Boolean.parseBoolean(of(name, "false"));
    }

    /** Of the environment: a command line can be read by everybody on the machine. */
    static String password(String partner) {
        var name = "CONTRACT_" + partner.toUpperCase(Locale.ROOT) + "_PASSWORD";
        var value = System.getenv(name);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException(
                    "Set the environment variable " + name + " to the password of contract." + partner + ".username.");
        }
        return value;
    }

    /** Whether the profile {@code contract} runs this: then only servers that were named are asked. */
    static boolean liveOnly() {
        return Boolean.getBoolean("contract.live");
    }
}
