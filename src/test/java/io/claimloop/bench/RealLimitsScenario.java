package io.claimloop.bench;

import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/**
 * The same day where the partners have their real limits and ClaimLoop paces itself by its defaults: openIMIS allows 150
 * requests a minute, CHT's sentinel works through about twelve documents a second. Some minutes are measured, with more
 * claims than they suffice for; the day is computed from them.
 */
final class RealLimitsScenario {
    private static final int PER_MINUTE = 150;

    private final Rig rig;
    private final Report report;

    RealLimitsScenario(Rig rig, Report report) {
        this.rig = rig;
        this.report = report;
    }

    void run() {
        Options options = rig.options();
        int minutes = options.quick() ? 1 : 10;
        report.heading(String.format(
                "%,d claims at the partners' real limits, computed from %d minutes", options.claims(), minutes));
        try (Server server = rig.fresh(Servers.CLAIMLOOP, true)) {
            int claims = options.claims();
            int first = rig.enter(claims);
            String checked = "select count(*) from loop where state <> 'NOTICED'";
            new Load(
                            rig,
                            server,
                            Payloads.notices(2_000),
                            Plan.once(first, claims),
                            0,
                            options.rate(),
                            Load.End.NOWHERE)
                    .run(60);
            long begin = System.nanoTime();
            Snapshot before = Snapshot.of(rig, server);
            long checkedBefore = Long.parseLong(Database.first(rig.newest(), checked));
            BitSet written = new BitSet();
            rig.partners().records((claim, micros) -> {});
            Load.sleepUntil(begin + TimeUnit.MINUTES.toNanos(minutes));
            rig.partners().records((claim, micros) -> written.set(claim - first));
            Snapshot after = Snapshot.of(rig, server);
            double seconds = (after.nanos() - before.nanos()) / 1e9;
            double checks = (Long.parseLong(Database.first(rig.newest(), checked)) - checkedBefore) / seconds;
            double records = written.cardinality() / seconds;
            double requests = (after.requests().openimis() - before.requests().openimis()) / seconds * 60;
            report.head("part", "claims/s", "hours for the day", "requests to openIMIS a minute");
            report.row(
                    "claims read and checked", Report.number(checks), hours(claims, checks), Report.number(requests));
            report.row("claim records written", Report.number(records), hours(claims, records), "");
            report.line("");
            report.line("openIMIS allows " + PER_MINUTE
                    + " requests a minute to everybody together. A claim that CHT cannot"
                    + " take yet waits on disk; it costs openIMIS nothing meanwhile.");
        }
    }

    private static String hours(int claims, double perSecond) {
        return perSecond == 0 ? "–" : Report.number(claims / perSecond / 3600);
    }
}
