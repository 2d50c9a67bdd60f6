package io.claimloop.failure;

import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import io.claimloop.support.AfterApplications;
import io.claimloop.support.SimulatedWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A world in which every line is bad: to openIMIS, to CHT, and to the database, which crashes besides. */
public class ChaosWorld extends SimulatedWorld {
    static final SimulatedOpenImis OPENIMIS = SimulatedOpenImis.start();
    static final SimulatedCht CHT = SimulatedCht.start().withDemoData();
    static final RestartableDatabase DATABASE = new RestartableDatabase(folder());
    static final ChaosProxy OPENIMIS_LINE = new ChaosProxy(OPENIMIS.port());
    static final ChaosProxy CHT_LINE = new ChaosProxy(CHT.port());
    static final ChaosProxy DATABASE_LINE = new ChaosProxy(DATABASE.port());

    static {
        // the application stops first, so that it can give its leases back
        AfterApplications.run(DATABASE::close);
    }

    public ChaosWorld() {
        super(OPENIMIS, CHT);
    }

    static void heal() {
        OPENIMIS_LINE.heal();
        CHT_LINE.heal();
        DATABASE_LINE.heal();
        DATABASE.startIfDown();
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of(
                // four times openIMIS's 150: rows 5 and 56 compress its minute to 15 seconds
                "claimloop.openimis.requests-per-minute", "600",
                "claimloop.openimis.url", OPENIMIS_LINE.url(),
                "claimloop.cht.url", CHT_LINE.url(),
                "claimloop.openimis.read-timeout", "2000",
                "claimloop.cht.read-timeout", "2000",
                "spring.datasource.url", "jdbc:postgresql://127.0.0.1:" + DATABASE_LINE.port() + "/postgres",
                "claimloop.steps.lease", "4s",
                "claimloop.steps.retry-limit", "2s");
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("claimloop-chaos").resolve("postgres");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
