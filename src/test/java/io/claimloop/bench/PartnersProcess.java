package io.claimloop.bench;

import io.claimloop.simulated.Effect;
import io.claimloop.simulated.LeanServer;
import io.claimloop.simulated.OpenImisEffect;
import io.claimloop.simulated.Policy;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Both simulated partners in a process of their own. It is asked by lines on its input and answers by lines on its output;
 * what happened in a partner is told with the time at which it happened, on the machine's clock.
 */
final class PartnersProcess {
    private final SimulatedOpenImis openimis = SimulatedOpenImis.start();
    private final SimulatedCht cht = SimulatedCht.start().withDemoData();
    private final LeanServer leanOpenImis = openimis.lean();
    private final LeanServer leanCht = cht.lean();
    private final Map<String, Integer> records = new HashMap<>();
    private int seenInCht;
    private int seenInOpenImis;
    private int doubledFeedback;
    private final Map<String, Integer> feedbacks = new HashMap<>();
    private final PrintStream out;

    private PartnersProcess(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        // whatever a library prints is no answer
        System.setOut(System.err);
        new PartnersProcess(answers).run();
    }

    private void run() throws IOException {
        populate();
        cht.sentinelDelay(Duration.ZERO);
        say(leanOpenImis.url() + " " + leanCht.url());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "enter" -> enter(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
                case "records" -> records();
                case "feedbacks" -> feedbacks();
                case "counts" ->
                    say(openimis.requests() + " " + cht.requests() + " " + doubled() + " " + doubledFeedback);
                case "limits" -> limits(words[1].equals("real"));
                default -> say("?");
            }
        }
        System.exit(0);
    }

    private void say(String line) {
        out.print(line + "\n");
        out.flush();
    }

    private void populate() {
        int households = World.PERSONS / World.HOUSEHOLD;
        Policy covering =
                new Policy(UUID.randomUUID().toString(), LocalDate.of(2000, 1, 1), LocalDate.of(2099, 12, 31));
        for (int chw = 0; chw * World.HOUSEHOLDS_OF_A_CHW < households; chw++) {
            cht.addPlace("bench-area-" + chw, "Area " + chw, "health_center", "rapti-district");
            cht.addPerson(Map.of("id", "bench-chw-" + chw, "name", "Worker " + chw, "parent", "bench-area-" + chw));
            cht.addUser("bench-chw-" + chw, "bench-area-" + chw, "bench-chw-" + chw, "chw");
        }
        for (int household = 0; household < households; household++) {
            cht.addPlace(
                    "bench-household-" + household,
                    "Household " + household,
                    "clinic",
                    "bench-area-" + household / World.HOUSEHOLDS_OF_A_CHW);
        }
        for (int person = 0; person < World.PERSONS; person++) {
            openimis.addInsuree(openimis.addInsuree(
                            World.insuranceNumber(person),
                            "Bench",
                            "Person" + person,
                            LocalDate.of(1980, 3, 4),
                            "R1D1M1V1")
                    .withPolicy(covering));
            cht.addPerson(Map.of(
                    "id",
                    World.personId(person),
                    "name",
                    "Person" + person + " Bench",
                    "parent",
                    "bench-household-" + person / World.HOUSEHOLD,
                    "insurance_number",
                    World.insuranceNumber(person),
                    "date_of_birth",
                    "1980-03-04",
                    "sex",
                    "female"));
        }
    }

    private void enter(int from, int to) {
        for (int claim = from; claim < to; claim++) {
            LocalDate day = World.visit(claim);
            openimis.submit(openimis.enter(
                    World.claim(claim).toString(), "B" + claim, World.insuranceNumber(World.person(claim)), day, day));
        }
        say("ok");
    }

    /** 150 requests a minute, and a sentinel that needs 80 ms for a document of a burst; or neither. */
    private void limits(boolean real) {
        openimis.limitRequestsPerMinute(real ? 150 : 0);
        cht.sentinelDelay(real ? Duration.ofMillis(120) : Duration.ZERO);
        say("ok");
    }

    /** New claim records since the last call: how many, and one line each. */
    private void records() {
        StringBuilder lines = new StringBuilder();
        int count = 0;
        for (Effect effect : cht.effectsAfter(seenInCht)) {
            seenInCht++;
            if (effect.kind() == Effect.Kind.CLAIM_RECORD_CREATED
                    && records.merge(effect.claimUuid(), 1, Integer::sum) == 1) {
                count++;
                line(lines, effect.claimUuid(), effect.at());
            }
        }
        say(count + "\n" + lines + ".");
    }

    private void feedbacks() {
        StringBuilder lines = new StringBuilder();
        int count = 0;
        for (OpenImisEffect effect : openimis.effectsAfter(seenInOpenImis)) {
            seenInOpenImis++;
            if (effect.kind() == OpenImisEffect.Kind.FEEDBACK_DELIVERED) {
                if (feedbacks.merge(effect.claimUuid(), 1, Integer::sum) == 1) {
                    count++;
                    line(lines, effect.claimUuid(), effect.at());
                } else {
                    doubledFeedback++;
                }
            }
        }
        say(count + "\n" + lines + ".");
    }

    private static void line(StringBuilder lines, String claim, Instant at) {
        lines.append(World.number(claim))
                .append(' ')
                .append(at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000)
                .append('\n');
    }

    private long doubled() {
        return records.values().stream().filter(times -> times > 1).count();
    }
}
