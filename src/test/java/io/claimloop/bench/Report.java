package io.claimloop.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Markdown, on the console and in a file; a line is there as soon as it is known. */
final class Report {
    private final Path file;

    Report(Path file) {
        this.file = file;
    }

    void line(String line) {
        System.out.println(line);
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void heading(String text) {
        line("");
        line("## " + text);
        line("");
    }

    void row(Object... cells) {
        StringBuilder row = new StringBuilder("|");
        for (Object cell : cells) {
            row.append(' ').append(cell).append(" |");
        }
        line(row.toString());
    }

    void head(String... cells) {
        row((Object[]) cells);
        line("|" + "---|".repeat(cells.length));
    }

    static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }

    /** The middle one, and the range where there are several. */
    static String median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        if (sorted.isEmpty()) {
            return "–";
        }
        int size = sorted.size();
        double middle = (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
        return size == 1
                ? number(middle)
                : number(middle) + " (" + number(sorted.get(0)) + "–" + number(sorted.get(size - 1)) + ")";
    }
}
