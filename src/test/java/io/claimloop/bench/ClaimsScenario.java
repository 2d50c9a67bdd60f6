package io.claimloop.bench;

import java.util.ArrayList;
import java.util.List;

/** Claim notices at a rate: how soon they are answered, and how soon their claim records are in CHT. */
final class ClaimsScenario {
    static final long ANSWER_MILLIS = 50;
    static final long RECORD_MILLIS = 500;
    static final int USUAL = 10_000;
    static final int PATIENCE = 60;

    private final Rig rig;
    private final Report report;

    ClaimsScenario(Rig rig, Report report) {
        this.rig = rig;
        this.report = report;
    }

    /** Each notice is a new claim. The targets take turns. */
    void held() {
        Options options = rig.options();
        report.heading("Claim → CHT record at " + options.rate() + " claims a second, notices of 10 kB");
        report.line("Wanted: answer p99 < " + ANSWER_MILLIS + " ms, record p99 < " + RECORD_MILLIS + " ms.");
        report.line("");
        List<Rounds> targets = options.targets().stream().map(Rounds::new).toList();
        for (int round = 1; round <= options.rounds(); round++) {
            for (Rounds target : targets) {
                try (Server server = rig.fresh(target.name, false)) {
                    Profile profile = Profile.of(rig, server, target.name, options.profile());
                    target.all.add(once(server, USUAL, options.rate(), false, profile));
                    target.peaks.add((double) server.peakMegabytes());
                    profile.tell(report);
                }
            }
        }
        Rounds.latencies(report, targets, ANSWER_MILLIS, RECORD_MILLIS);
        Rounds.costs(report, targets);
    }

    /** With duplicates, late updates and invalid notices, in three sizes; ClaimLoop alone. */
    void answers() {
        Options options = rig.options();
        report.heading("The answer to a notice: 30 % duplicates, 10 % updates out of order, 1 % invalid");
        report.line("Of 200 kB a tenth of the rate is sent. Claims behind the notices are handled meanwhile.");
        report.line("");
        List<Rounds> sizes = new ArrayList<>();
        for (int bytes : new int[] {2_000, 10_000, 200_000}) {
            Rounds size = new Rounds("ClaimLoop, " + bytes / 1000 + " kB");
            for (int round = 1; round <= options.rounds(); round++) {
                try (Server server = rig.fresh(Servers.CLAIMLOOP, false)) {
                    double rate = bytes > 100_000 ? options.rate() / 10.0 : options.rate();
                    size.all.add(once(server, bytes, rate, true, Profile.none()));
                    size.peaks.add((double) server.peakMegabytes());
                }
            }
            sizes.add(size);
        }
        Rounds.latencies(report, sizes, ANSWER_MILLIS, Long.MAX_VALUE);
        Rounds.costs(report, sizes);
    }

    private Measured once(Server server, int bytes, double rate, boolean mixed, Profile profile) {
        Options options = rig.options();
        int warmUp = (int) (rate * options.warmUp());
        int count = warmUp + (int) (rate * options.seconds());
        int first = rig.enter(count);
        Plan plan = mixed ? Plan.mixed(first, count) : Plan.once(first, count);
        return new Load(rig, server, Payloads.notices(bytes), plan, warmUp, rate, Load.End.RECORDS)
                .run(PATIENCE, profile::begin);
    }
}
