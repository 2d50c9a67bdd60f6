package io.claimloop.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The rounds of one target, and the table of what they showed. */
final class Rounds {
    private static final String[] LATENCIES = {"50", "99", "99.9", "100"};

    final String name;
    final List<Measured> all = new ArrayList<>();
    final List<Double> peaks = new ArrayList<>();

    Rounds(String name) {
        this.name = name;
    }

    String median(ToDoubleFunction<Measured> value) {
        return Report.median(all.stream().map(value::applyAsDouble).toList());
    }

    /** The middle one, to compare. */
    double middle(ToDoubleFunction<Measured> value) {
        double[] sorted = all.stream().mapToDouble(value).sorted().toArray();
        return sorted.length == 0 ? 0 : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    static void latencies(Report report, List<Rounds> targets, long answerMillis, long arrivalMillis) {
        report.head(
                "target",
                "offered/s",
                "achieved/s",
                "errors",
                "missing",
                "answer p50 ms",
                "p99",
                "p99.9",
                "max",
                "at the other end p50 ms",
                "p99",
                "p99.9",
                "max",
                "backlog grows/s",
                "rounds held");
        for (Rounds rounds : targets) {
            List<Object> cells = new ArrayList<>(List.of(
                    rounds.name,
                    rounds.median(Measured::offered),
                    rounds.median(Measured::achieved),
                    rounds.all.stream().mapToInt(Measured::errors).sum(),
                    rounds.all.stream().mapToInt(Measured::missing).sum()));
            for (String percentile : LATENCIES) {
                cells.add(rounds.median(m -> Measured.millis(m.answers(), Double.parseDouble(percentile))));
            }
            for (String percentile : LATENCIES) {
                cells.add(rounds.median(m -> Measured.millis(m.arrivals(), Double.parseDouble(percentile))));
            }
            cells.add(rounds.median(Measured::slope));
            cells.add(rounds.all.stream()
                            .filter(m -> m.held(answerMillis, arrivalMillis))
                            .count()
                    + " of " + rounds.all.size());
            report.row(cells.toArray());
        }
    }

    /** What a thousand claims cost. */
    static void costs(Report report, List<Rounds> targets) {
        report.line("");
        report.head(
                "per 1,000 claims",
                "CPU s: target",
                "PostgreSQL",
                "both partners",
                "generator",
                "WAL MB",
                "commits",
                "requests to openIMIS",
                "to CHT",
                "processors busy by all of it",
                "peak memory MB",
                "steal %");
        for (Rounds rounds : targets) {
            report.row(
                    rounds.name,
                    rounds.median(m -> m.use().perThousand(m.use().server())),
                    rounds.median(m -> m.use().perThousand(m.use().database())),
                    rounds.median(m -> m.use().perThousand(m.use().partners())),
                    rounds.median(m -> m.use().perThousand(m.use().generator())),
                    rounds.median(m -> m.use().perThousand(m.use().walBytes() / 1e6)),
                    rounds.median(m -> m.use().perThousand(m.use().commits())),
                    rounds.median(m -> m.use().perThousand(m.use().openimis())),
                    rounds.median(m -> m.use().perThousand(m.use().cht())),
                    rounds.median(m -> (m.use().server()
                                    + m.use().database()
                                    + m.use().partners()
                                    + m.use().generator())
                            / m.use().seconds()),
                    Report.median(rounds.peaks),
                    rounds.median(m -> 100 * m.use().steal()));
        }
    }
}
