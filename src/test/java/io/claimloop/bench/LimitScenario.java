package io.claimloop.bench;

import java.util.ArrayList;
import java.util.List;

/** The highest rate that is held: upwards in steps until one is not, on one warm server; the targets take turns. */
final class LimitScenario {
    private static final double UP = 1.25;
    private static final int LOWEST = 2;

    private final Rig rig;
    private final Report report;

    LimitScenario(Rig rig, Report report) {
        this.rig = rig;
        this.report = report;
    }

    void run() {
        Options options = rig.options();
        report.heading("The highest rate that is held, claim → CHT record");
        report.line("Steps of " + options.seconds()
                + " s, each a quarter faster. Held: 99.5 % achieved, no error, nothing"
                + " missing, no growing backlog, answer p99 < " + ClaimsScenario.ANSWER_MILLIS + " ms, record p99 < "
                + ClaimsScenario.RECORD_MILLIS + " ms.");
        report.line("");
        List<Rounds> highest = options.targets().stream().map(Rounds::new).toList();
        for (int round = 1; round <= options.rounds(); round++) {
            for (Rounds target : highest) {
                Measured best = search(target);
                if (best != null) {
                    target.all.add(best);
                }
            }
        }
        Rounds.latencies(report, highest, ClaimsScenario.ANSWER_MILLIS, ClaimsScenario.RECORD_MILLIS);
        Rounds.costs(report, highest);
        double claimLoop = middle(highest, Servers.CLAIMLOOP);
        double relay = middle(highest, Servers.RELAY);
        if (claimLoop > 0 && relay > 0) {
            report.line("");
            report.line("ClaimLoop holds " + Report.number(claimLoop / relay) + " of what the relay holds.");
        }
    }

    private static double middle(List<Rounds> targets, String name) {
        return targets.stream()
                .filter(target -> target.name.equals(name))
                .mapToDouble(target -> target.middle(Measured::offered))
                .findFirst()
                .orElse(0);
    }

    private Measured search(Rounds target) {
        Options options = rig.options();
        List<String> steps = new ArrayList<>();
        Measured best = null;
        try (Server server = rig.fresh(target.name, false)) {
            double rate = options.rate() / 2.0;
            step(server, rate, options.warmUp());
            boolean goesDown = false;
            while (rate >= LOWEST && rate <= options.highest()) {
                Measured step = step(server, rate, options.seconds());
                boolean held = step.held(ClaimsScenario.ANSWER_MILLIS, ClaimsScenario.RECORD_MILLIS);
                steps.add((held ? "" : "not ") + Report.number(rate) + " (answer p99 "
                        + Report.number(Measured.millis(step.answers(), 99)) + " ms, record p99 "
                        + Report.number(Measured.millis(step.arrivals(), 99)) + " ms, backlog "
                        + Report.number(step.slope()) + "/s)");
                if (held) {
                    best = step;
                    if (goesDown) {
                        break;
                    }
                    rate *= UP;
                } else if (best == null) {
                    goesDown = true;
                    rate /= UP;
                } else {
                    break;
                }
            }
            target.peaks.add((double) server.peakMegabytes());
        }
        report.line("<!-- " + target.name + ": " + String.join(", ", steps) + " -->");
        return best;
    }

    private Measured step(Server server, double rate, int seconds) {
        // the first tenth runs in
        int count = (int) (rate * seconds);
        return new Load(
                        rig,
                        server,
                        Payloads.notices(ClaimsScenario.USUAL),
                        Plan.once(rig.enter(count), count),
                        count / 10,
                        rate,
                        Load.End.RECORDS)
                .run(ClaimsScenario.PATIENCE);
    }
}
