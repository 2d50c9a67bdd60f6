package io.claimloop.intake;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads uuids as openIMIS may write them: with dashes or as 32 hex digits, in any letter case. */
public final class ClaimUuids {
    private static final Pattern DASHED =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{32}");

    private ClaimUuids() {}

    /** With dashes, in the letter case given: openIMIS stores uuids as text and compares them by case. */
    public static Optional<String> spelling(String text) {
        if (text == null) {
            return Optional.empty();
        }
        String value = text.strip();
        if (DASHED.matcher(value).matches()) {
            return Optional.of(value);
        }
        if (HEX.matcher(value).matches()) {
            return Optional.of(value.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
        }
        return Optional.empty();
    }

    /** The canonical form: lower case with dashes. */
    public static Optional<UUID> canonical(String text) {
        return spelling(text).map(UUID::fromString);
    }
}
