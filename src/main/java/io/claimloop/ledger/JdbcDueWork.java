package io.claimloop.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

class JdbcDueWork implements DueWork {
    private static final Logger log = LoggerFactory.getLogger(JdbcDueWork.class);

    /** An attempt is counted when it begins: work that kills its worker is parked one day, too. */
    private static final String LEASE = """
            update work set lease_owner = ?, lease_until = now() + make_interval(secs => ?),
              lease_token = lease_token + 1, attempts = attempts + 1
            where id = any(array(
              select id from work where step = ? and due_at <= now() and (lease_until is null or lease_until < now())
              %s order by due_at limit ? for update skip locked))
            returning id, lease_token, attempts, away, reason, loop_uuid, submission_id, due_at
            """;

    private static final String OLDEST_FIRST = LEASE.formatted("");
    private static final String NEW_FIRST = LEASE.formatted("and attempts = 0 and away = 0");
    /** After an outage a part of each lease, one of so many, is for work that was never tried: it need not wait for all the rest. */
    private static final int SHARE_OF_NEW = 4;

    /** In the order in which notices take them, and before any work: so that the two never wait for each other. */
    private static final String HOLD_LOOPS =
            "select uuid from loop where uuid in (:uuids) order by uuid for no key update";

    private static final String HOLD =
            "update work set lease_owner = lease_owner where id = ? and lease_token = ? returning away";
    private static final String DELETE = "delete from work where id = ? and not again";
    private static final String DUE_AGAIN = """
            update work set due_at = case when again then now() else now() + make_interval(secs => ?) end, again = false,
              attempts = greatest(attempts + ?, 0), away = ?, reason = ?, lease_owner = null, lease_until = null
            where id = ? returning due_at <= now()
            """;
    private static final String SUBMISSION = """
            update submission s set state = ?, reason = ?, detail = ?, feedback_sealed = coalesce(mapped, feedback_sealed),
              key_id = case when mapped is null then key_id else ? end, feedback = case when mapped is null then feedback end
            from (select ?::bytea as mapped) m where id = ?
            """;

    private static final String GOES_ON_AS_CORRECTION = """
            update work set step = 'CORRECT', due_at = now(), attempts = 0, away = 0, again = false, reason = null,
              lease_owner = null, lease_until = null
            where id = ?
            """;
    private static final String EARLIER_EDITS = """
            with earlier as (
              update submission set state = 'KEPT', reason = 'SUBMISSION_SUPERSEDED', detail = 'A later edit came.'
              where report_id = ? and id <> ? and state = 'CORRECTION' returning id)
            delete from work where submission_id in (select id from earlier)
            """;
    private static final String CORRECTED = """
            update submission set state = 'KEPT', reason = 'SUBMISSION_SUPERSEDED', detail = 'Its correction was delivered.'
            where id = ?
            """;

    private final JdbcTemplate jdbc;
    private final Moves moves;
    private final Seal seal;
    private final Backoff backoff;
    private final int maxAttempts;
    private final String owner;
    /** Steps whose last lease was retries only: an outage is being made up for. */
    private final Set<Step> retrying = ConcurrentHashMap.newKeySet();

    JdbcDueWork(JdbcTemplate jdbc, Moves moves, Seal seal, Backoff backoff, int maxAttempts, String owner) {
        this.jdbc = jdbc;
        this.moves = moves;
        this.seal = seal;
        this.backoff = backoff;
        this.maxAttempts = maxAttempts;
        this.owner = owner;
    }

    private record Leased(
            long id, long token, int attempts, int away, Reason before, UUID loop, Long submission, Instant dueAt) {
        boolean triedBefore() {
            return attempts > 1 || away > 0;
        }
    }

    @Override
    @Transactional
    public List<Due> lease(Step step, int limit, Duration lease) {
        List<Leased> leased = lease(step, limit, lease.toMillis() / 1000.0);
        if (leased.isEmpty()) {
            return List.of();
        }
        Map<UUID, Loop> loops = loops(leased);
        Map<Long, Submission> submissions = submissions(step, leased, loops);
        return leased.stream()
                .sorted(Comparator.comparing(Leased::dueAt).thenComparing(Leased::id))
                .map(l -> {
                    Loop loop = l.loop() == null ? null : loops.get(l.loop());
                    Long submission = submissionOf(step, l, loop);
                    return new Due(
                            l.id(),
                            l.token(),
                            step,
                            l.attempts(),
                            l.before(),
                            loop,
                            submission == null ? null : submissions.get(submission),
                            null,
                            null,
                            null,
                            null);
                })
                .toList();
    }

    /** Oldest first; but where all the oldest are retries, new work gets its share. */
    private List<Leased> lease(Step step, int limit, double seconds) {
        int ofNew = retrying.contains(step)
                ? (limit + ThreadLocalRandom.current().nextInt(SHARE_OF_NEW)) / SHARE_OF_NEW
                : 0;
        List<Leased> leased = lease(OLDEST_FIRST, step, limit - ofNew, seconds);
        boolean full = !leased.isEmpty() && leased.size() == limit - ofNew;
        if (full && leased.stream().allMatch(Leased::triedBefore)) {
            retrying.add(step);
        } else if (!leased.isEmpty()) {
            retrying.remove(step);
        }
        if (ofNew > 0) {
            leased.addAll(lease(NEW_FIRST, step, ofNew, seconds));
            leased.addAll(lease(OLDEST_FIRST, step, full ? limit - leased.size() : 0, seconds));
        }
        return leased;
    }

    private List<Leased> lease(String sql, Step step, int limit, double seconds) {
        return limit <= 0
                ? new ArrayList<>()
                : jdbc.query(
                        sql,
                        (row, number) -> new Leased(
                                row.getLong("id"),
                                row.getLong("lease_token"),
                                row.getInt("attempts"),
                                row.getInt("away"),
                                Rows.reason(row.getString("reason")),
                                row.getObject("loop_uuid", UUID.class),
                                row.getObject("submission_id", Long.class),
                                Rows.instant(row, "due_at")),
                        owner,
                        seconds,
                        step.name(),
                        limit);
    }

    private static Long submissionOf(Step step, Leased leased, Loop loop) {
        boolean answers = step == Step.DELIVER || step == Step.VALUE;
        return answers && loop != null ? loop.submission() : leased.submission();
    }

    private Map<UUID, Loop> loops(List<Leased> leased) {
        Set<UUID> uuids =
                leased.stream().map(Leased::loop).filter(Objects::nonNull).collect(Collectors.toSet());
        if (uuids.isEmpty()) {
            return Map.of();
        }
        return new NamedParameterJdbcTemplate(jdbc)
                        .query(
                                "select " + Rows.LOOP + " from loop where uuid in (:uuids)",
                                Map.of("uuids", uuids),
                                Rows::loop)
                        .stream()
                        .collect(Collectors.toMap(Loop::uuid, Function.identity()));
    }

    private Map<Long, Submission> submissions(Step step, List<Leased> leased, Map<UUID, Loop> loops) {
        Set<Long> ids = leased.stream()
                .map(l -> submissionOf(step, l, l.loop() == null ? null : loops.get(l.loop())))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        if (ids.isEmpty()) {
            return Map.of();
        }
        return new NamedParameterJdbcTemplate(jdbc)
                        .query(
                                "select " + Rows.SUBMISSION + ", " + Rows.BODY
                                        + " from submission s join message m on m.id = s.message_id where s.id in (:ids)",
                                Map.of("ids", ids),
                                Rows.submissionWithBody(seal))
                        .stream()
                        .collect(Collectors.toMap(Submission::id, Function.identity()));
    }

    @Override
    @Transactional
    public Set<Step> complete(Collection<Completion> completions) {
        holdLoops(completions);
        Set<Step> due = EnumSet.noneOf(Step.class);
        completions.stream()
                .sorted(Comparator.comparing(
                        c -> c.due().loop() == null ? "" : c.due().loop().uuid().toString()))
                .forEach(completion -> due.addAll(complete(completion.due(), completion.outcome())));
        return due;
    }

    private void holdLoops(Collection<Completion> completions) {
        Set<UUID> uuids = completions.stream()
                .map(Completion::due)
                .map(due -> due.loop() != null
                        ? due.loop().uuid()
                        : due.submission() == null ? null : due.submission().claim())
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        if (!uuids.isEmpty()) {
            new NamedParameterJdbcTemplate(jdbc).queryForList(HOLD_LOOPS, Map.of("uuids", uuids), UUID.class);
        }
    }

    private Set<Step> complete(Due due, Outcome outcome) {
        List<Integer> away = jdbc.queryForList(HOLD, Integer.class, due.id(), due.token());
        if (away.isEmpty()) {
            log.info(
                    "an outcome of step {} came too late: somebody else has the work, or its loop moved on",
                    due.step());
            return Set.of();
        }
        return switch (outcome.kind()) {
            case LATER -> later(due, outcome, -1, missedItsTask(due) ? Duration.ZERO : pause(outcome, backoff.first()));
            case FAILED -> failed(due, outcome, away.get(0));
            case DONE -> outcome.to() == State.PARKED ? park(due, outcome) : done(due, outcome);
        };
    }

    /**
     * A submission that waits for its loop is woken by the loop's move, unless it came while that move was being written: too
     * late to be woken, too early to see it. So it looks again where its loop stands otherwise than it saw.
     */
    private boolean missedItsTask(Due due) {
        if (due.step() != Step.SUBMISSION
                || due.submission() == null
                || due.submission().claim() == null) {
            return false;
        }
        int seen = due.loop() == null ? -1 : due.loop().version();
        return jdbc
                .queryForList(
                        "select version from loop where uuid = ?",
                        Integer.class,
                        due.submission().claim())
                .stream()
                .anyMatch(version -> version != seen);
    }

    /** A partner that is away is waited for, however long, and that is not held against the work. */
    private Set<Step> failed(Due due, Outcome outcome, int away) {
        if (outcome.reason() == Reason.PARTNER_AWAY) {
            Duration pause = pause(outcome, backoff.after(away + 1));
            return again(due.id(), pause, -1, away + 1, outcome.reason()) ? EnumSet.of(due.step()) : Set.of();
        }
        return due.attempts() >= maxAttempts
                ? park(
                        due,
                        Outcome.parked(outcome.reason(), outcome.detail())
                                .learned(outcome.facts())
                                .proof(outcome.proof()))
                : later(due, outcome, 0, pause(outcome, backoff.after(due.attempts())));
    }

    /**
     * Parks the loop; but a loop that is over stays what it is, and one that waits for no submission is not disturbed by
     * one. Work that a loop leaves behind when it is over (a task to take back) is tried for ever, and shown as pending.
     */
    private Set<Step> park(Due due, Outcome parked) {
        if (due.step() == Step.CORRECT) {
            // the loop is well; what the correction needs is shown with it
            return done(
                    due,
                    Outcome.done()
                            .because(parked.reason(), parked.detail())
                            .submission(SubmissionState.CORRECTION, null));
        }
        State state = due.loop() == null ? null : due.loop().state();
        boolean over = state != null && state.isFinal();
        if (due.step() == Step.SUBMISSION && state != null && (over || !awaits(due.loop()))) {
            return done(
                    due,
                    Outcome.done()
                            .because(parked.reason(), parked.detail())
                            .submission(SubmissionState.PARKED, parked.feedback()));
        }
        return over ? later(due, parked, 0, backoff.after(due.attempts())) : done(due, parked);
    }

    /** Whether a submission may move it. */
    private static boolean awaits(Loop loop) {
        State state = loop.state() == State.PARKED ? loop.parkedFrom() : loop.state();
        return state.next().contains(State.ANSWERED);
    }

    private static Duration pause(Outcome outcome, Duration otherwise) {
        return outcome.after() == null ? otherwise : outcome.after();
    }

    private Set<Step> later(Due due, Outcome outcome, int attempts, Duration pause) {
        if (due.submission() != null && outcome.submission() != null) {
            submission(due, outcome);
        }
        return again(due.id(), pause, attempts, 0, outcome.reason()) ? EnumSet.of(due.step()) : Set.of();
    }

    private Set<Step> done(Due due, Outcome outcome) {
        Set<Step> now = EnumSet.noneOf(Step.class);
        if (due.loop() != null) {
            Set<Step> moved = moves.move(due.loop(), outcome, due.attempts(), due.id());
            if (moved == null) {
                // somebody moved the loop since it was leased: look at it afresh
                again(due.id(), Duration.ZERO, -1, 0, null);
                return EnumSet.of(due.step());
            }
            now.addAll(moved);
        }
        if ((due.step() == Step.SUBMISSION || due.step() == Step.CORRECT) && due.submission() != null) {
            submission(due, outcome);
            if (due.step() == Step.SUBMISSION
                    && outcome.submission() == SubmissionState.CORRECTION
                    && outcome.after() != null) {
                jdbc.update(GOES_ON_AS_CORRECTION, due.id());
                now.add(Step.CORRECT);
                return now;
            }
        }
        State standing = outcome.to() == null && due.loop() != null ? due.loop().state() : outcome.to();
        boolean stillItsStep =
                standing == null || Moves.steps(standing, due.loop()).contains(due.step());
        if (outcome.after() != null && stillItsStep) {
            if (again(due.id(), outcome.after(), -due.attempts(), 0, outcome.reason())) {
                now.add(due.step());
            }
        } else if (jdbc.update(DELETE, due.id()) == 0) {
            again(due.id(), Duration.ZERO, -due.attempts(), 0, null);
            now.add(due.step());
        }
        return now;
    }

    /** Returns whether it is due at once: no pause, or told to be done once more while it was leased. */
    private boolean again(long id, Duration pause, int attempts, int away, Reason reason) {
        return Boolean.TRUE.equals(jdbc.queryForObject(
                DUE_AGAIN, Boolean.class, pause.toMillis() / 1000.0, attempts, away, Moves.name(reason), id));
    }

    private void submission(Due due, Outcome outcome) {
        SubmissionState state = outcome.submission() != null
                ? outcome.submission()
                : outcome.to() == State.PARKED ? SubmissionState.PARKED : SubmissionState.KEPT;
        byte[] sealed = outcome.feedback() == null
                ? null
                : seal.seal(
                        outcome.feedback().getBytes(StandardCharsets.UTF_8),
                        Seal.ofFeedback(due.submission().reportId()));
        jdbc.update(
                SUBMISSION,
                state.name(),
                Moves.name(outcome.reason()),
                outcome.detail(),
                seal.keyId(),
                sealed,
                due.submission().id());
        if (outcome.reason() == Reason.CORRECTED || outcome.reason() == Reason.SAME_ANSWERS) {
            jdbc.update(
                    EARLIER_EDITS, due.submission().reportId(), due.submission().id());
        }
        if (due.step() == Step.CORRECT && state == SubmissionState.TAKEN) {
            jdbc.update(CORRECTED, due.loop().submission());
        }
    }

    @Override
    @Transactional
    public void release() {
        jdbc.update(
                "update work set lease_owner = null, lease_until = null, attempts = greatest(attempts - 1, 0)"
                        + " where id = any(array(select id from work where lease_owner = ? and lease_until > now()"
                        + " for update skip locked))",
                owner);
    }
}
