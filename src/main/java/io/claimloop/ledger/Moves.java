package io.claimloop.ledger;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.jdbc.core.JdbcTemplate;

/** Moves loops along the declared arrows, writes their history and makes the work of the new state due. */
class Moves {
    private static final Logger log = LoggerFactory.getLogger("claimloop.loop");

    private static final String MOVE = """
            update loop set state = ?, parked_from = ?, reason = ?, detail = ?, version = version + ?,
              changed_at = case when ? > 0 then now() else changed_at end,
              code = coalesce(?, code), insuree = coalesce(?, insuree), patient = coalesce(?, patient),
              chw = coalesce(?, chw), record_id = coalesce(?, record_id), record_rev = coalesce(?, record_rev),
              submission = coalesce(?, submission), claim_hash = coalesce(?, claim_hash),
              eligibility = coalesce(?::jsonb, eligibility),
              task_until = case when ? then null else coalesce(task_until, now() + make_interval(secs => ?)) end
            where uuid = ? and version = ?
            """;
    private static final String HISTORY = """
            insert into history (loop_uuid, seq, from_state, to_state, cause, detail, attempts, proof)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String MAKE_DUE = """
            insert into work (step, loop_uuid, due_at)
            select ?, uuid, coalesce(?, task_until, now()) from (select uuid, task_until from loop where uuid = ?) l
            on conflict (step, loop_uuid) where submission_id is null
            do update set due_at = excluded.due_at, attempts = 0, again = work.lease_until is not null
            """;
    /** Submissions that waited so long for their task that they were parked. */
    private static final String TAKE_UP_PARKED = """
            insert into work (step, loop_uuid, submission_id)
            select 'SUBMISSION', loop_uuid, id from submission
            where loop_uuid = ? and state = 'PARKED' and reason = 'CLAIM_NOT_TASKED'
            on conflict (submission_id) where submission_id is not null do nothing
            """;

    private static final Duration LOOK_FOR_PATIENT = Duration.ofHours(1);
    private static final String DROP_OTHER_WORK =
            "delete from work where loop_uuid = ? and submission_id is null and step <> all (?) and id <> ?";
    /** Also the one that is just worked on: it may have been looked at before the task was there. */
    private static final String WAKE_SUBMISSIONS = """
            update work set due_at = now(), again = lease_until is not null
            where loop_uuid = ? and submission_id is not null and id <> ?
            """;

    private static final String FREE_VISIT = "delete from visit where loop_uuid = ?";
    /** A task that never was takes no place in the CHW's week; that the claim was selected that day stays true. */
    private static final String FREE_WEEK = "delete from place where loop_uuid = ? and kind = 'WEEK'";

    private final JdbcTemplate jdbc;
    private final Proofs proofs;
    private final Duration recordLookAgain;
    private final Duration watch;
    private final Duration firstLookAtValue;

    /** @param firstLookAtValue when a loop whose question is answered is first looked at for its value */
    Moves(JdbcTemplate jdbc, Proofs proofs, Duration recordLookAgain, Duration watch, Duration firstLookAtValue) {
        this.jdbc = jdbc;
        this.proofs = proofs;
        this.recordLookAgain = recordLookAgain;
        this.watch = watch;
        this.firstLookAtValue = firstLookAtValue;
    }

    /**
     * @param work the work that caused it and that the caller completes itself, or -1
     * @return the steps that became due now; null when somebody else moved the loop meanwhile
     */
    Set<Step> move(Loop loop, Outcome outcome, int attempts, long work) {
        State to = outcome.to() == null ? loop.state() : outcome.to();
        State from = loop.state() == State.PARKED && !outcome.isNote() && to != State.WITHDRAWN && to != State.PARKED
                ? loop.parkedFrom()
                : loop.state();
        boolean stays = to == loop.state();
        boolean sameReason = outcome.to() == null || outcome.reason() == loop.reason();
        int lines = outcome.isNote() ? 1 : stays && sameReason ? 0 : from == loop.state() || from == to ? 1 : 2;
        if (!allowed(loop.state(), from, to, outcome)) {
            throw new IllegalStateException("no arrow from " + from + " to " + to + " for claim " + loop.name());
        }
        if (!write(loop, to, outcome, lines)) {
            return null;
        }
        int seq = loop.version();
        if (lines == 2) {
            history(loop.uuid(), ++seq, loop.state(), from, "unparked", null, null, null);
        }
        if (lines > 0) {
            history(
                    loop.uuid(),
                    ++seq,
                    lines == 2 ? from : loop.state(),
                    to,
                    outcome.cause(),
                    text(outcome),
                    attempts,
                    outcome.proof());
            log.atLevel(to == State.PARKED ? Level.WARN : Level.INFO)
                    .log(
                            "claim {} {} -> {}{}",
                            loop.code() == null && outcome.facts().code() != null
                                    ? outcome.facts().code() + " (" + loop.uuid() + ")"
                                    : loop.name(),
                            loop.state(),
                            to,
                            outcome.reason() == null ? "" : ": " + text(outcome));
        }
        for (Finding finding : outcome.findings()) {
            jdbc.update(
                    "insert into finding (loop_uuid, code, rule, detail) values (?, ?, ?, ?)"
                            + " on conflict (loop_uuid, rule) do update set detail = excluded.detail, found_at = now()",
                    loop.uuid(),
                    finding.code(),
                    finding.rule(),
                    finding.detail());
        }
        if (outcome.to() == State.WITHDRAWN || outcome.to() == State.NOT_SELECTED) {
            // another claim may ask about the visit now
            jdbc.update(FREE_VISIT, loop.uuid());
        }
        if (outcome.to() == State.WITHDRAWN && loop.recordId() == null) {
            jdbc.update(FREE_WEEK, loop.uuid());
        }
        return stays ? EnumSet.noneOf(Step.class) : makeDue(loop, to, outcome.reason(), work);
    }

    /** An outcome that names no state leaves the loop where it is; a parked loop may be parked for another reason. */
    private static boolean allowed(State state, State from, State to, Outcome outcome) {
        boolean back = state == State.PARKED && from == to;
        return outcome.to() == null || back || from.next().contains(to);
    }

    private boolean write(Loop loop, State to, Outcome outcome, int lines) {
        Facts facts = outcome.facts();
        boolean told = outcome.to() != null;
        return jdbc.update(
                        MOVE,
                        to.name(),
                        to != State.PARKED
                                ? null
                                : (loop.state() == State.PARKED ? loop.parkedFrom() : loop.state()).name(),
                        name(told ? outcome.reason() : loop.reason()),
                        told ? outcome.detail() : loop.detail(),
                        lines,
                        lines,
                        facts.code(),
                        facts.insuree(),
                        facts.patient(),
                        facts.chw(),
                        facts.recordId(),
                        facts.recordRev(),
                        facts.submission(),
                        facts.claimHash(),
                        Rows.json(facts.eligibility()),
                        // the next task has a window of its own
                        to == State.NEEDS_IDENTITY,
                        facts.taskWindow() == null
                                ? null
                                : (double) facts.taskWindow().toSeconds(),
                        loop.uuid(),
                        loop.version())
                == 1;
    }

    private void history(
            UUID uuid, int seq, State from, State to, String cause, String detail, Integer attempts, String proof) {
        jdbc.update(HISTORY, uuid, seq, name(from), to.name(), cause, detail, attempts, proofs.keyed(proof));
    }

    /** What a loop in this state waits for; {@code loop} is as it was before. */
    static List<Step> steps(State state, Loop loop) {
        return switch (state) {
            case NOTICED, WAITING, NOT_SELECTED -> List.of(Step.CHECK);
            case SELECTED -> List.of(Step.DISPATCH);
            case NEEDS_IDENTITY -> List.of(Step.DISPATCH, Step.RETRACT);
            case TASKED -> List.of(Step.LOOK_AGAIN, Step.WATCH, Step.EXPIRE);
            case ANSWERED -> List.of(Step.DELIVER);
            case DELIVERED, REFUSED, NOT_REACHED, EXPIRED, IN_REVIEW -> List.of(Step.VALUE);
            case WITHDRAWN -> List.of(Step.RETRACT);
            // its task is still open in CHT: what ends in openIMIS ends the task
            case PARKED -> loop != null && open(loop) ? List.of(Step.WATCH) : List.of();
            default -> List.of();
        };
    }

    private static boolean open(Loop loop) {
        State state = loop.state() == State.PARKED ? loop.parkedFrom() : loop.state();
        return state == State.TASKED || state == State.EXPIRED;
    }

    private Set<Step> makeDue(Loop loop, State state, Reason reason, long work) {
        UUID uuid = loop.uuid();
        List<Step> steps = steps(state, loop);
        jdbc.update(connection -> {
            var statement = connection.prepareStatement(DROP_OTHER_WORK);
            statement.setObject(1, uuid);
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "text", steps.stream().map(Step::name).toArray()));
            statement.setLong(3, work);
            return statement;
        });
        Set<Step> now = EnumSet.noneOf(Step.class);
        switch (state) {
            case NOTICED, SELECTED, ANSWERED -> {
                due(steps.get(0), uuid, Duration.ZERO);
                now.add(steps.get(0));
            }
            case TASKED -> {
                due(Step.LOOK_AGAIN, uuid, recordLookAgain);
                due(Step.WATCH, uuid, watch);
                due(Step.EXPIRE, uuid, null);
                if (jdbc.update(TAKE_UP_PARKED, uuid) + jdbc.update(WAKE_SUBMISSIONS, uuid, work) > 0) {
                    now.add(Step.SUBMISSION);
                }
            }
            case NEEDS_IDENTITY -> {
                if (open(loop) && reason != Reason.WRONG_PERSON) {
                    // the open task names the patient as he was: it is taken back, and the new one is looked for
                    due(Step.RETRACT, uuid, Duration.ZERO);
                    now.add(Step.RETRACT);
                    if (reason == Reason.PATIENT_NOT_IN_CHT) {
                        due(Step.DISPATCH, uuid, LOOK_FOR_PATIENT);
                    }
                }
            }
            case DELIVERED, REFUSED, NOT_REACHED, EXPIRED -> {
                due(Step.VALUE, uuid, firstLookAtValue);
                if (firstLookAtValue.isZero()) {
                    now.add(Step.VALUE);
                }
            }
            case PARKED -> {
                if (open(loop)) {
                    due(Step.WATCH, uuid, watch);
                }
            }
            case WITHDRAWN -> {
                if (loop.recordId() != null) {
                    due(Step.RETRACT, uuid, Duration.ZERO);
                    now.add(Step.RETRACT);
                }
            }
            default -> {
                // a state that waits keeps the work that brought it here, when its outcome says so
            }
        }
        return now;
    }

    /** Null: when the task's window is over. */
    void due(Step step, UUID uuid, Duration in) {
        jdbc.update(MAKE_DUE, step.name(), in == null ? null : at(in), uuid);
    }

    private java.sql.Timestamp at(Duration in) {
        // the database's clock decides, whatever ours says
        return jdbc.queryForObject(
                "select now() + make_interval(secs => ?)", java.sql.Timestamp.class, in.toMillis() / 1000.0);
    }

    private static String text(Outcome outcome) {
        if (outcome.reason() == null) {
            return outcome.detail();
        }
        return outcome.reason().whatHappened() + (outcome.detail() == null ? "" : " " + outcome.detail());
    }

    static String name(Enum<?> value) {
        return value == null ? null : value.name();
    }
}
