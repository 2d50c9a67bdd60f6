package io.claimloop.ledger;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
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
            where id in (
              select id from work where step = ? and due_at <= now() and (lease_until is null or lease_until < now())
              order by due_at limit ? for update skip locked)
            returning id, lease_token, attempts, loop_uuid, submission_id, due_at
            """;

    private static final String HOLD = "update work set lease_owner = lease_owner where id = ? and lease_token = ?";
    private static final String DELETE = "delete from work where id = ? and not again";
    private static final String DUE_AGAIN = """
            update work set due_at = case when again then now() else now() + make_interval(secs => ?) end, again = false,
              attempts = greatest(attempts + ?, 0), reason = ?, lease_owner = null, lease_until = null
            where id = ?
            """;
    private static final String SUBMISSION = """
            update submission set state = ?, reason = ?, detail = ?, feedback = coalesce(?::jsonb, feedback) where id = ?
            """;

    private final JdbcTemplate jdbc;
    private final Moves moves;
    private final Backoff backoff;
    private final int maxAttempts;
    private final String owner;

    JdbcDueWork(JdbcTemplate jdbc, Moves moves, Backoff backoff, int maxAttempts, String owner) {
        this.jdbc = jdbc;
        this.moves = moves;
        this.backoff = backoff;
        this.maxAttempts = maxAttempts;
        this.owner = owner;
    }

    private record Leased(long id, long token, int attempts, UUID loop, Long submission) {}

    @Override
    @Transactional
    public List<Due> lease(Step step, int limit, Duration lease) {
        List<Leased> leased = jdbc.query(
                LEASE,
                (row, number) -> new Leased(
                        row.getLong("id"),
                        row.getLong("lease_token"),
                        row.getInt("attempts"),
                        row.getObject("loop_uuid", UUID.class),
                        row.getObject("submission_id", Long.class)),
                owner,
                lease.toMillis() / 1000.0,
                step.name(),
                limit);
        if (leased.isEmpty()) {
            return List.of();
        }
        Map<UUID, Loop> loops = loops(leased);
        Map<Long, Submission> submissions = submissions(step, leased, loops);
        return leased.stream()
                .sorted(Comparator.comparingLong(Leased::id))
                .map(l -> {
                    Loop loop = l.loop() == null ? null : loops.get(l.loop());
                    Long submission = submissionOf(step, l, loop);
                    return new Due(
                            l.id(),
                            l.token(),
                            step,
                            l.attempts(),
                            loop,
                            submission == null ? null : submissions.get(submission),
                            null,
                            null);
                })
                .toList();
    }

    private static Long submissionOf(Step step, Leased leased, Loop loop) {
        return step == Step.DELIVER && loop != null ? loop.submission() : leased.submission();
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
                                "select " + Rows.SUBMISSION
                                        + ", m.body from submission s join message m on m.id = s.message_id where s.id in (:ids)",
                                Map.of("ids", ids),
                                Rows::submissionWithBody)
                        .stream()
                        .collect(Collectors.toMap(Submission::id, Function.identity()));
    }

    @Override
    @Transactional
    public Set<Step> complete(Collection<Completion> completions) {
        Set<Step> due = EnumSet.noneOf(Step.class);
        completions.stream()
                .sorted(Comparator.comparing(
                        c -> c.due().loop() == null ? "" : c.due().loop().uuid().toString()))
                .forEach(completion -> due.addAll(complete(completion.due(), completion.outcome())));
        return due;
    }

    private Set<Step> complete(Due due, Outcome outcome) {
        if (jdbc.update(HOLD, due.id(), due.token()) == 0) {
            log.info(
                    "an outcome of step {} came too late: somebody else has the work, or its loop moved on",
                    due.step());
            return Set.of();
        }
        return switch (outcome.kind()) {
            case LATER -> later(due, outcome, -1, pause(outcome, backoff.first()));
            case FAILED ->
                due.attempts() >= maxAttempts
                        ? done(
                                due,
                                Outcome.parked(outcome.reason(), outcome.detail())
                                        .proof(outcome.proof()))
                        : later(due, outcome, 0, pause(outcome, backoff.after(due.attempts())));
            case DONE -> done(due, outcome);
        };
    }

    private static Duration pause(Outcome outcome, Duration otherwise) {
        return outcome.after() == null ? otherwise : outcome.after();
    }

    private Set<Step> later(Due due, Outcome outcome, int attempts, Duration pause) {
        if (due.submission() != null && outcome.submission() != null) {
            submission(due, outcome);
        }
        again(due.id(), pause, attempts, outcome.reason());
        return pause.isZero() ? EnumSet.of(due.step()) : Set.of();
    }

    private Set<Step> done(Due due, Outcome outcome) {
        Set<Step> now = EnumSet.noneOf(Step.class);
        if (due.loop() != null) {
            Set<Step> moved = moves.move(due.loop(), outcome, due.attempts(), due.id());
            if (moved == null) {
                // somebody moved the loop since it was leased: look at it afresh
                again(due.id(), Duration.ZERO, -1, null);
                return EnumSet.of(due.step());
            }
            now.addAll(moved);
        }
        if (due.step() == Step.SUBMISSION && due.submission() != null) {
            submission(due, outcome);
        }
        if (outcome.after() != null) {
            again(due.id(), outcome.after(), -due.attempts(), outcome.reason());
        } else if (jdbc.update(DELETE, due.id()) == 0) {
            again(due.id(), Duration.ZERO, -due.attempts(), null);
            now.add(due.step());
        }
        return now;
    }

    private void again(long id, Duration pause, int attempts, Reason reason) {
        jdbc.update(DUE_AGAIN, pause.toMillis() / 1000.0, attempts, Moves.name(reason), id);
    }

    private void submission(Due due, Outcome outcome) {
        SubmissionState state = outcome.submission() != null
                ? outcome.submission()
                : outcome.to() == State.PARKED ? SubmissionState.PARKED : SubmissionState.KEPT;
        jdbc.update(
                SUBMISSION,
                state.name(),
                Moves.name(outcome.reason()),
                outcome.detail(),
                outcome.feedback(),
                due.submission().id());
    }

    @Override
    @Transactional
    public void release() {
        jdbc.update(
                "update work set lease_owner = null, lease_until = null, attempts = greatest(attempts - 1, 0)"
                        + " where lease_owner = ? and lease_until > now()",
                owner);
    }
}
