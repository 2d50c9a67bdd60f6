package io.claimloop.ledger;

import io.claimloop.ledger.Decisions.Again;
import io.claimloop.ledger.Decisions.Decision;
import io.claimloop.ledger.Decisions.Done;
import io.claimloop.ledger.Decisions.Waits;
import io.claimloop.ledger.Moves.Moved;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what came of leased work, a batch with a constant number of statements. Completions that may touch each other's rows,
 * those of one loop or one report, are written one after the other, in rounds; a batch of one step has one round, but where
 * several submissions are of one loop.
 */
class Completing {
    private static final Logger log = LoggerFactory.getLogger(Completing.class);

    private final LeasedWork work;
    private final Moves moves;
    private final SubmissionFates submissions;
    private final Decisions decisions;

    Completing(LeasedWork work, Moves moves, SubmissionFates submissions, Decisions decisions) {
        this.work = work;
        this.moves = moves;
        this.submissions = submissions;
        this.decisions = decisions;
    }

    Set<Step> complete(Collection<Completion> completions) {
        work.holdLoops(completions.stream()
                .map(completion -> claim(completion.due()))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet()));
        Set<Step> now = EnumSet.noneOf(Step.class);
        rounds(completions).forEach(round -> now.addAll(write(round)));
        return now;
    }

    private static String name(Due due) {
        UUID claim = claim(due);
        return due.loop() != null
                ? "claim " + due.loop().name()
                : claim != null ? "claim " + claim : "a submission that names no claim (work " + due.id() + ")";
    }

    /** The loop, or the one that its submission names. */
    private static UUID claim(Due due) {
        return due.loop() != null
                ? due.loop().uuid()
                : due.submission() == null ? null : due.submission().claim();
    }

    private static Collection<List<Completion>> rounds(Collection<Completion> completions) {
        Map<Object, Integer> rounds = new HashMap<>();
        Map<Integer, List<Completion>> ordered = new TreeMap<>();
        completions.stream()
                .sorted(Comparator.comparing(
                        c -> c.due().loop() == null ? "" : c.due().loop().uuid().toString()))
                .forEach(completion -> {
                    Due due = completion.due();
                    List<Object> touched = Stream.<Object>of(
                                    due.id(),
                                    claim(due),
                                    due.submission() == null
                                            ? null
                                            : due.submission().reportId())
                            .filter(Objects::nonNull)
                            .toList();
                    int round = 1
                            + touched.stream()
                                    .mapToInt(key -> rounds.getOrDefault(key, 0))
                                    .max()
                                    .orElse(0);
                    touched.forEach(key -> rounds.put(key, round));
                    ordered.computeIfAbsent(round, r -> new ArrayList<>()).add(completion);
                });
        return ordered.values();
    }

    private Set<Step> write(List<Completion> round) {
        Map<Long, Integer> away = work.hold(round.stream().map(Completion::due).toList());
        List<Completion> held = new ArrayList<>();
        for (Completion completion : round) {
            if (away.containsKey(completion.due().id())) {
                held.add(completion);
            } else {
                log.info(
                        "an outcome of step {} for {} came too late: somebody else has the work, or its loop moved on;"
                                + " nothing is to be done",
                        completion.due().step(),
                        name(completion.due()));
            }
        }
        if (held.isEmpty()) {
            return Set.of();
        }
        Set<Long> missed = missedTheirTask(held);
        List<Waits> waits = new ArrayList<>();
        List<Done> done = new ArrayList<>();
        for (Completion one : held) {
            Due due = one.due();
            Decision decision = decisions.decide(due, one.outcome(), away.get(due.id()), missed.contains(due.id()));
            if (decision instanceof Waits wait) {
                waits.add(wait);
            } else if (decision instanceof Done end) {
                done.add(end);
            }
        }
        return write(waits, done);
    }

    /**
     * A submission that waits for its loop is woken by the loop's move, unless it came while that move was being written: too
     * late to be woken, too early to see it. So it looks again where its loop stands otherwise than it saw.
     */
    private Set<Long> missedTheirTask(List<Completion> held) {
        List<Due> waiting = held.stream()
                .filter(one -> one.outcome().kind() == Outcome.Kind.LATER)
                .map(Completion::due)
                .filter(due -> due.step() == Step.SUBMISSION
                        && due.submission() != null
                        && due.submission().claim() != null)
                .toList();
        Map<UUID, Integer> versions = work.versions(
                waiting.stream().map(due -> due.submission().claim()).toList());
        return waiting.stream()
                .filter(due -> {
                    Integer version = versions.get(due.submission().claim());
                    int seen = due.loop() == null ? -1 : due.loop().version();
                    return version != null && version != seen;
                })
                .map(Due::id)
                .collect(Collectors.toSet());
    }

    private Set<Step> write(List<Waits> waits, List<Done> done) {
        Moved moved = moves.move(done.stream()
                .filter(one -> one.due().loop() != null)
                .map(one -> Move.of(
                        one.due().loop(),
                        one.outcome(),
                        one.due().attempts(),
                        one.due().id()))
                .toList());
        Set<Step> now = EnumSet.copyOf(moved.now());
        List<Again> agains = new ArrayList<>();
        List<Completion> fates = new ArrayList<>();
        List<Due> corrections = new ArrayList<>();
        List<Due> over = new ArrayList<>();
        for (Waits wait : waits) {
            agains.add(wait.again());
            if (wait.due().submission() != null && wait.outcome().submission() != null) {
                fates.add(new Completion(wait.due(), wait.outcome()));
            }
        }
        for (Done one : done) {
            Due due = one.due();
            Outcome outcome = one.outcome();
            if (due.loop() != null && !moved.loops().contains(due.loop().uuid())) {
                // somebody moved the loop since it was leased: look at it afresh
                agains.add(Again.afresh(due));
                now.add(due.step());
                continue;
            }
            if ((due.step() == Step.SUBMISSION || due.step() == Step.CORRECT) && due.submission() != null) {
                fates.add(new Completion(due, outcome));
                if (due.step() == Step.SUBMISSION
                        && outcome.submission() == SubmissionState.CORRECTION
                        && outcome.after() != null) {
                    corrections.add(due);
                    now.add(Step.CORRECT);
                    continue;
                }
            }
            if (outcome.after() != null && stillItsStep(due, outcome)) {
                agains.add(Again.anew(due, outcome.after(), outcome.reason()));
            } else {
                over.add(due);
            }
        }
        submissions.write(fates);
        work.goOnAsCorrections(corrections);
        for (Due onceMore : work.delete(over)) {
            agains.add(Again.anew(onceMore, Duration.ZERO, null));
            now.add(onceMore.step());
        }
        now.addAll(work.again(agains));
        return now;
    }

    private static boolean stillItsStep(Due due, Outcome outcome) {
        State standing = outcome.to() == null && due.loop() != null ? due.loop().state() : outcome.to();
        return standing == null || NextWork.steps(standing, due.loop()).contains(due.step());
    }
}
