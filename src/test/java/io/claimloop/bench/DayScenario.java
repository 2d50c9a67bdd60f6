package io.claimloop.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A country's claims of a day, as fast as they are taken, and the process is killed when half of the records are written.
 * What was not answered 2xx is sent again until it is. At the end each claim has one record, and none has two.
 */
final class DayScenario {
    private static final int AT_ONCE = 2_000;
    private static final int MINUTES = 30;

    private final Rig rig;
    private final Report report;

    DayScenario(Rig rig, Report report) {
        this.rig = rig;
        this.report = report;
    }

    void run() {
        int claims = rig.options().claims();
        report.heading(String.format("A national day: %,d claims, kill -9 in the middle", claims));
        report.head(
                "round",
                "seconds until the last record",
                "away s",
                "claims/s",
                "lost",
                "doubled",
                "records without claim");
        for (int round = 1; round <= rig.options().rounds(); round++) {
            try (Server server = rig.fresh(Servers.CLAIMLOOP, false)) {
                day(round, server, claims);
            }
        }
    }

    private void day(int round, Server server, int claims) {
        int first = rig.enter(claims);
        BitSet written = new BitSet(claims);
        long begin = System.nanoTime();
        Thread sender = new Thread(() -> send(server, first, claims), "sender");
        sender.start();
        records(written, first, claims / 2, begin);
        long killed = System.nanoTime();
        server.kill();
        server.start();
        double away = (System.nanoTime() - killed) / 1e9;
        records(written, first, claims, begin);
        double seconds = (System.nanoTime() - begin) / 1e9;
        int doubled = rig.partners().counts().doubledRecords();
        report.row(
                round,
                Report.number(seconds),
                Report.number(away),
                Report.number(claims / seconds),
                claims - written.cardinality(),
                doubled,
                written.length() > claims ? written.length() - claims : 0);
    }

    private void records(BitSet written, int first, int wanted, long begin) {
        while (written.cardinality() < wanted && System.nanoTime() - begin < TimeUnit.MINUTES.toNanos(MINUTES)) {
            rig.partners().records((claim, micros) -> written.set(claim - first));
            Load.sleepUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    /** In portions, each as fast as it goes; what failed goes with the next one. */
    private static void send(Server server, int first, int claims) {
        Payloads payloads = Payloads.notices(ClaimsScenario.USUAL);
        List<Integer> left = new ArrayList<>();
        for (int next = first; next < first + claims || !left.isEmpty(); ) {
            while (left.size() < AT_ONCE && next < first + claims) {
                left.add(next++);
            }
            List<Integer> portion = List.copyOf(left);
            left.clear();
            new OpenLoop(server.port, new OpenLoop.Requests() {
                        @Override
                        public ByteBuffer bytes(int number) {
                            return payloads.of(portion.get(number), 2);
                        }

                        @Override
                        public void answered(int number, int status, long intendedNanos, long nanos) {
                            if (status < 200 || status > 299) {
                                left.add(portion.get(number));
                            }
                        }
                    })
                    .run(System.nanoTime(), AT_ONCE, portion.size(), TimeUnit.SECONDS.toNanos(120));
        }
    }
}
