package io.claimloop.bench;

/** All counters at one moment. */
record Snapshot(
        long nanos,
        double server,
        double database,
        double partners,
        double generator,
        Database.Counters counters,
        Partners.Counts requests,
        long[] machine) {

    static Snapshot of(Rig rig, Server server) {
        return new Snapshot(
                System.nanoTime(),
                Proc.cpuSeconds(server.pid()),
                Proc.cpuSecondsOfAll(rig.database().pid()),
                Proc.cpuSeconds(rig.partners().pid()),
                Proc.cpuSeconds(ProcessHandle.current().pid()),
                rig.database().counters(),
                rig.partners().counts(),
                Proc.stealAndAll());
    }

    Measured.Use since(Snapshot before, int claims) {
        long all = machine[1] - before.machine[1];
        return new Measured.Use(
                claims,
                server - before.server,
                database - before.database,
                partners - before.partners,
                generator - before.generator,
                (nanos - before.nanos) / 1e9,
                counters.walBytes() - before.counters.walBytes(),
                counters.commits() - before.counters.commits(),
                requests.openimis() - before.requests.openimis(),
                requests.cht() - before.requests.cht(),
                all == 0 ? 0 : (double) (machine[0] - before.machine[0]) / all);
    }
}
