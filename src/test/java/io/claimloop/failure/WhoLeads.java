package io.claimloop.failure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks each instance again and again whether it believes to lead. One thread each: who stands still holds up no other. */
final class WhoLeads implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Believed at some moment between {@code asked} and {@code answered}. */
    private record Belief(long asked, long answered, boolean leads) {}

    private final Map<Instance, List<Belief>> beliefs = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();

    WhoLeads(List<Instance> instances) {
        for (Instance instance : instances) {
            beliefs.put(instance, new CopyOnWriteArrayList<>());
            Thread thread = new Thread(() -> ask(instance), "who-leads");
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private void ask(Instance instance) {
        while (!Thread.currentThread().isInterrupted()) {
            long asked = System.nanoTime();
            try {
                boolean leads = standing(instance).path("leads").asBoolean();
                beliefs.get(instance).add(new Belief(asked, System.nanoTime(), leads));
            } catch (UncheckedIOException e) {
                if (e.getCause() instanceof ConnectException) {
                    // a dead process leads nothing, and a new one begins anew
                    beliefs.get(instance).add(new Belief(asked, System.nanoTime(), false));
                }
            } catch (IllegalStateException e) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
        }
    }

    /** What {@code GET /api/instances} answers. */
    static JsonNode standing(Instance instance) {
        try {
            return JSON.readTree(instance.get("/api/instances"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moments in which one believed to lead while another, before and after, did so, too. */
    List<String> together() {
        List<String> together = new ArrayList<>();
        beliefs.forEach((one, ofOne) -> beliefs.forEach((other, ofOther) -> {
            if (one == other) {
                return;
            }
            for (int i = 1; i < ofOne.size(); i++) {
                Belief before = ofOne.get(i - 1);
                Belief after = ofOne.get(i);
                ofOther.stream()
                        .filter(between -> before.leads() && after.leads() && between.leads())
                        .filter(between ->
                                between.asked() - before.answered() > 0 && after.asked() - between.answered() > 0)
                        .forEach(between -> together.add(one.url() + " and " + other.url()));
            }
        }));
        return together;
    }

    /** How many of these ever led. */
    long everLed() {
        return beliefs.values().stream()
                .filter(all -> all.stream().anyMatch(Belief::leads))
                .count();
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
