package io.claimloop.failure;

import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Effect;
import io.claimloop.simulated.Insuree;
import io.claimloop.simulated.Push;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * What the partners' people do while the application is killed: facilities send claims, with a notice, with the same
 * notice several times or with none; CHWs answer, and now and then edit what they sent; officers reject a claim whose
 * task is open. Everything is remembered here, outside of the process.
 */
final class Load implements AutoCloseable {
    static final String LAST_NAME = "Canaryvogel";
    private static final Duration VISIT_TAKES = Duration.ofMillis(700);

    final SimulatedOpenImis openimis = SimulatedOpenImis.start();
    final SimulatedCht cht = SimulatedCht.start().withDemoData();
    final List<Claim> claims = new CopyOnWriteArrayList<>();
    final List<Insuree> persons = new CopyOnWriteArrayList<>();
    /** Claims whose notice was answered 2xx. */
    final Set<String> answered = ConcurrentHashMap.newKeySet();
    /** Claims that somebody rejected after their task was made. */
    final Set<String> rejected = ConcurrentHashMap.newKeySet();

    private final Set<String> toReject = ConcurrentHashMap.newKeySet();
    private final Set<String> toEdit = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final ExecutorService senders = Executors.newFixedThreadPool(8);
    private final Thread people = new Thread(this::live, "people");

    Load() {
        cht.sentinelDelay(Duration.ofMillis(20));
        cht.retryEvery(Duration.ofMillis(300));
        cht.answerTasks(VISIT_TAKES);
        people.setDaemon(true);
        people.start();
    }

    /** Six claims: two with one notice, one with four at once, one that is rejected, one whose answers are edited, one untold. */
    void round(Instance application) {
        List<Claim> made = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            made.add(claim());
        }
        toReject.add(made.get(3).uuid());
        toEdit.add(made.get(4).uuid());
        for (int i = 0; i < 5; i++) {
            Claim claim = made.get(i);
            for (int times = 0; times < (i == 2 ? 4 : 1); times++) {
                senders.execute(() -> tell(application, claim));
            }
        }
    }

    private void tell(Instance application, Claim claim) {
        if (application.notice(openimis.notificationOf(claim)) == 200) {
            answered.add(claim.uuid());
        }
    }

    /** For a person of its own whom CHT knows. */
    Claim claim() {
        int number = count.incrementAndGet();
        Insuree insuree = openimis.addInsuree(
                String.valueOf(771_000_000 + number), LAST_NAME, "P" + number, LocalDate.of(1980, 3, 4), "R1D1M1V1");
        persons.add(insuree);
        Map<String, Object> person = new HashMap<>();
        person.put("id", "person-" + insuree.uuid().substring(0, 13));
        person.put("name", insuree.otherNames() + " " + insuree.lastName());
        person.put("parent", "household-1");
        person.put("insurance_number", insuree.chfId());
        person.put("date_of_birth", insuree.dob().toString());
        person.put("sex", "female");
        person.put("patient_id", insuree.uuid().substring(0, 6));
        cht.addPerson(person);
        LocalDate day = LocalDate.now().minusDays(5 + number % 50);
        Claim claim = openimis.submit(openimis.enter("K" + number, insuree.chfId(), day, day));
        claims.add(claim);
        return claim;
    }

    /** Officers and CHWs see what happens, and act. */
    private void live() {
        int seen = 0;
        while (!Thread.currentThread().isInterrupted()) {
            List<Effect> effects = cht.effects();
            for (; seen < effects.size(); seen++) {
                act(effects.get(seen));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private void act(Effect effect) {
        String uuid = effect.claimUuid();
        if (effect.kind() == Effect.Kind.CLAIM_RECORD_CREATED && toReject.remove(uuid)) {
            rejected.add(uuid);
            openimis.reject(openimis.claim(uuid));
        } else if (effect.kind() == Effect.Kind.REPORT_UPLOADED && toEdit.remove(uuid)) {
            try {
                cht.edit(effect.docId(), Answer.content().with("payment_asked", "yes"));
            } catch (IllegalStateException e) {
                // sentinel was faster: this edit is not made
            }
        }
    }

    /** How often the claim got a record in CHT, or feedback in openIMIS, more than once. */
    List<String> doubled() {
        List<String> doubled = new ArrayList<>();
        for (Claim claim : claims) {
            long created = cht.effects().stream()
                    .filter(effect -> effect.kind() == Effect.Kind.CLAIM_RECORD_CREATED)
                    .filter(effect -> effect.claimUuid().equals(claim.uuid()))
                    .count();
            if (created > 1 || cht.records(claim.uuid()).size() > 1) {
                doubled.add(claim.code() + ": claim records");
            }
            if (openimis.deliveries(claim.uuid()) > 1) {
                doubled.add(claim.code() + ": feedback "
                        + openimis.effects().stream()
                                .filter(effect -> effect.claimUuid().equals(claim.uuid()))
                                .map(effect -> effect.kind() + " at " + effect.at())
                                .toList());
            }
        }
        return doubled;
    }

    /** Lines that begin with a claim's code: what became of these claims is told, and not waited for again. */
    void forget(List<String> lines) {
        claims.removeIf(claim -> lines.stream().anyMatch(line -> line.startsWith(claim.code() + ",")));
    }

    /** The reports whose push was answered 2xx. */
    Set<String> pushed() {
        return cht.pushes().stream()
                .filter(push -> push.verdict() == Push.Verdict.DELIVERED)
                .map(Push::reportId)
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        people.interrupt();
        senders.shutdownNow();
        cht.close();
        openimis.close();
    }
}
