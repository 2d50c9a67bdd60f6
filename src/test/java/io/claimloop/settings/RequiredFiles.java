package io.claimloop.settings;

import java.util.List;
import java.util.stream.Stream;

/** What {@link StartCheck} asks for, for a test that compares it with the folders. */
public final class RequiredFiles {
    private RequiredFiles() {}

    public static List<String> routes() {
        return Stream.concat(StartCheck.ROUTES.stream(), StartCheck.KAFKA_ROUTES.stream())
                .toList();
    }

    public static List<String> mappings() {
        return StartCheck.MAPPINGS;
    }
}
