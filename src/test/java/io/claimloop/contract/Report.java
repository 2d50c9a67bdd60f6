package io.claimloop.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/** What held, what differed, what could not be tried: {@code target/contract-report.md}, and the console's last lines. */
final class Report {
    /** One for all classes of a run, so that they write one file. */
    static final Report SHARED = new Report(Path.of("target", "contract-report.md"));

    enum Verdict {
        HELD("held"),
        DIFFERED("differed"),
        NOT_TRIED("could not be tried");

        final String words;

        Verdict(String words) {
            this.words = words;
        }
    }

    record Row(Behaviour behaviour, Verdict verdict, String detail) {}

    private final Path file;
    private final Map<String, List<Row>> partners = new LinkedHashMap<>();

    Report(Path file) {
        this.file = file;
    }

    /** A test a behaviour, in this order; one that differs stops no other. */
    Stream<DynamicTest> tests(String partner, Stream<Behaviour> behaviours) {
        return behaviours.map(behaviour -> DynamicTest.dynamicTest(behaviour.name(), () -> {
            var row = run(partner, behaviour);
            if (row.verdict == Verdict.NOT_TRIED) Assumptions.abort(row.detail);
            if (row.verdict == Verdict.DIFFERED && behaviour.reliedOn()) Assertions.fail(row.detail);
        }));
    }

    Row run(String partner, Behaviour behaviour) {
        var row = tried(behaviour);
        partners.computeIfAbsent(partner, name -> new ArrayList<>()).add(row);
        return row;
    }

    private static Row tried(Behaviour behaviour) {
        try {
            return new Row(behaviour, Verdict.HELD, behaviour.check().run());
        } catch (Behaviour.NotTried notTried) {
            return new Row(behaviour, Verdict.NOT_TRIED, notTried.getMessage());
        } catch (Behaviour.Difference difference) {
            return new Row(behaviour, Verdict.DIFFERED, difference.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Row(behaviour, Verdict.NOT_TRIED, "the run was interrupted");
        } catch (Exception e) {
            // The class alone: a library's message may hold what the partner sent.
            var came = "no answer that can be read (" + e.getClass().getSimpleName() + ")";
            return new Row(behaviour, Verdict.DIFFERED, came);
        }
    }

    List<Row> rows(String partner) {
        return partners.getOrDefault(partner, List.of());
    }

    /** Something to tell although no behaviour failed, such as what could not be cleaned up. */
    void note(String partner, String text) {
        var behaviour = new Behaviour("cleans up behind itself", "–", false, () -> null);
        partners.computeIfAbsent(partner, name -> new ArrayList<>()).add(new Row(behaviour, Verdict.DIFFERED, text));
    }

    void write() {
        var text = new StringBuilder("# What ClaimLoop relies on, and what these servers do\n");
        partners.forEach((partner, rows) -> {
            text.append("\n## ")
                    .append(partner)
                    .append("\n\n| behaviour | recordings | | verdict | detail |\n|---|---|---|---|---|\n");
            for (var row : rows) {
                text.append("| %s | %s | %s | %s | %s |\n"
                        .formatted(
                                row.behaviour.name(),
                                row.behaviour.recordings(),
                                row.behaviour.reliedOn() ? "relied on" : "asked",
                                row.verdict.words,
                                row.detail == null ? "" : row.detail.replace("|", "\\|")));
            }
        });
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For the console: the count, and by name what differed and what could not be tried. */
    String summary() {
        var text = new StringBuilder();
        partners.forEach((partner, rows) -> {
            text.append(partner).append(": ");
            for (var verdict : Verdict.values()) {
                text.append(rows.stream().filter(row -> row.verdict == verdict).count())
                        .append(' ')
                        .append(verdict.words)
                        .append(verdict == Verdict.NOT_TRIED ? ".\n" : ", ");
            }
            rows.stream()
                    .filter(row -> row.verdict != Verdict.HELD)
                    .forEach(row -> text.append(
                            "  %s: %s: %s%n".formatted(row.verdict.words, row.behaviour.name(), row.detail)));
        });
        return text.append("The whole report: ").append(file).toString();
    }
}
