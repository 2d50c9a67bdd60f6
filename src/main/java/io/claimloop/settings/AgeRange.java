package io.claimloop.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ages in whole years, both ends included: {@code 0-17}, or {@code 90-} without an upper end. */
public record AgeRange(int from, int to) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,3})-(\\d{1,3})?");

    /** Spring binds a text by this. */
    public static AgeRange valueOf(String text) {
        Matcher ends = FORM.matcher(text.strip());
        if (!ends.matches()) {
            throw new IllegalArgumentException("not a range of ages");
        }
        int from = Integer.parseInt(ends.group(1));
        int to = ends.group(2) == null ? Integer.MAX_VALUE : Integer.parseInt(ends.group(2));
        if (to < from) {
            throw new IllegalArgumentException("the range ends before it begins");
        }
        return new AgeRange(from, to);
    }

    public boolean holds(long years) {
        return years >= from && years <= to;
    }
}
