package io.claimloop.demo;

import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Insuree;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Both simulated partners without ClaimLoop, for {@code docker-compose.scaled.yml}: a facility's claims come in at a steady
 * pace, an officer selects each for feedback, and CHWs answer. Told by the environment, as containers are.
 */
final class PartnersAlone {
    private static final int OPENIMIS_PORT = 8081;
    private static final int CHT_PORT = 8082;
    private static final int PERSONS = 200;
    /** Visits are a day apart, and none is so old that nobody asks about it. */
    private static final int DAYS = 60;

    private PartnersAlone() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        SimulatedOpenImis openimis = SimulatedOpenImis.start(OPENIMIS_PORT);
        SimulatedCht cht = SimulatedCht.start(CHT_PORT).withDemoData();
        cht.sentinelDelay(Duration.ofMillis(120));
        cht.answerTasks(Duration.ofSeconds(3));
        String pushTo = System.getenv("PARTNERS_PUSH_TO");
        if (pushTo != null) {
            Path token = Path.of(System.getenv("PARTNERS_CHT_TOKEN_FILE"));
            cht.pushTo(pushTo, "Bearer " + Files.readString(token).strip());
        }
        List<Insuree> persons = persons(openimis, cht);
        System.out.printf("openIMIS is simulated on port %d, CHT on port %d%n", OPENIMIS_PORT, CHT_PORT);

        long pause = 60_000L
                / Math.max(1, Integer.parseInt(System.getenv().getOrDefault("PARTNERS_CLAIMS_PER_MINUTE", "6")));
        for (int i = 0; i < PERSONS * DAYS; i++) {
            LocalDate day = LocalDate.now().minusDays(1 + i / PERSONS);
            Claim claim = openimis.submit(
                    openimis.enter("D" + i, persons.get(i % PERSONS).chfId(), day, day));
            openimis.selectForFeedback(claim);
            TimeUnit.MILLISECONDS.sleep(pause);
        }
        System.out.println("All claims of the demo are entered; the partners go on answering.");
        Thread.currentThread().join();
    }

    private static List<Insuree> persons(SimulatedOpenImis openimis, SimulatedCht cht) {
        List<Insuree> persons = new ArrayList<>();
        for (int i = 0; i < PERSONS; i++) {
            String number = String.valueOf(600_000_000 + i);
            persons.add(openimis.addInsuree(number, "Demo", "Person" + i, LocalDate.of(1980, 3, 4), "R1D1M1V1"));
            cht.addPerson(Map.of(
                    "id",
                    "demo-person-" + i,
                    "name",
                    "Person" + i + " Demo",
                    "parent",
                    "household-1",
                    "insurance_number",
                    number,
                    "date_of_birth",
                    "1980-03-04",
                    "sex",
                    "female"));
        }
        return persons;
    }
}
