package io.claimloop.settings;

import java.util.List;

/** What {@link StartCheck} asks for, for a test that compares it with the folders. */
public final class RequiredFiles {
    private RequiredFiles() {}

    public static List<String> routes() {
        return StartCheck.ROUTES;
    }

    public static List<String> mappings() {
        return StartCheck.MAPPINGS;
    }
}
