package io.claimloop.bench;

import java.util.ArrayList;
import java.util.List;

/** From the command to the first readiness, with a database at hand, and with the classes remembered from a run before. */
final class BootScenario {
    private final Rig rig;
    private final Report report;

    BootScenario(Rig rig, Report report) {
        this.rig = rig;
        this.report = report;
    }

    void run() {
        report.heading("Boot: seconds from the command to ready, with a database at hand");
        report.head("how", "first start, which makes the tables", "later starts", "peak memory MB");
        rig.freshPartners(false);
        measure("`java -jar` of the jar", List.of("-jar", Servers.jar().toString()));

        measure("the jar extracted (`-Djarmode=tools … extract`)", rig.image().extracted());
        measure(
                "extracted, with an archive of its classes (`-XX:SharedArchiveFile`)",
                rig.image().archived());
    }

    private void measure(String how, List<String> what) {
        List<Double> later = new ArrayList<>();
        String database = rig.database().create();
        double first = 0;
        long peak = 0;
        for (int i = 0; i <= rig.options().rounds(); i++) {
            try (Server server = rig.servers().claimLoop(what, database, rig.partners(), false)) {
                double seconds = server.start();
                peak = Math.max(peak, server.peakMegabytes());
                if (i == 0) {
                    first = seconds;
                } else {
                    later.add(seconds);
                }
            }
        }
        report.row(how, Report.number(first), Report.median(later), peak);
    }
}
