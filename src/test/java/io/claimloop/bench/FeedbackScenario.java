package io.claimloop.bench;

import java.util.List;

/** Reports of CHWs at a rate: how soon CHT has its answer, and how soon the feedback is on the claim in openIMIS. */
final class FeedbackScenario {
    private final Rig rig;
    private final Report report;

    FeedbackScenario(Rig rig, Report report) {
        this.rig = rig;
        this.report = report;
    }

    void run() {
        Options options = rig.options();
        report.heading("Report → feedback in openIMIS at " + options.rate() + " reports a second");
        Rounds rounds = new Rounds("ClaimLoop");
        int warmUp = options.rate() * options.warmUp();
        int count = warmUp + options.rate() * options.seconds();
        for (int round = 1; round <= options.rounds(); round++) {
            try (Server server = rig.fresh(Servers.CLAIMLOOP, false)) {
                int first = rig.enter(count);
                tasks(server, first, count);
                rounds.all.add(new Load(
                                rig,
                                server,
                                Payloads.submissions(),
                                Plan.once(first, count),
                                warmUp,
                                options.rate(),
                                Load.End.FEEDBACKS)
                        .run(ClaimsScenario.PATIENCE));
                rounds.peaks.add((double) server.peakMegabytes());
            }
        }
        Rounds.latencies(report, List.of(rounds), ClaimsScenario.ANSWER_MILLIS, Long.MAX_VALUE);
        Rounds.costs(report, List.of(rounds));
    }

    /** What the reports answer to; not measured. */
    private void tasks(Server server, int first, int count) {
        Measured made = new Load(
                        rig,
                        server,
                        Payloads.notices(2_000),
                        Plan.once(first, count),
                        0,
                        rig.options().rate() / 2.0,
                        Load.End.RECORDS)
                .run(600);
        if (made.missing() > 0) {
            throw new IllegalStateException(made.missing() + " of " + count + " claims got no task in time.");
        }
    }
}
