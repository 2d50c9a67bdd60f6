package io.claimloop.ledger;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/** Makes the work of a loop's new state due, and drops what it waited for before. */
class NextWork {
    /** The database's clock decides, whatever ours says. Without seconds: when the task's window is over. */
    private static final String MAKE_DUE = """
            insert into work (step, loop_uuid, due_at)
            select d.step, l.uuid, coalesce(now() + make_interval(secs => d.seconds), l.task_until, now())
            from unnest(?::text[], ?::uuid[], ?::float8[]) with ordinality as d(step, uuid, seconds, place)
              join loop l on l.uuid = d.uuid
            order by d.place
            on conflict (step, loop_uuid) where submission_id is null
            do update set due_at = excluded.due_at, attempts = 0, again = work.lease_until is not null
            """;

    static final String DROP_OTHER_WORK = """
            delete from work w using unnest(?::uuid[], ?::text[], ?::bigint[]) as m(uuid, steps, work)
            where w.loop_uuid = m.uuid and w.submission_id is null
              and w.step <> all(string_to_array(m.steps, ',')) and w.id <> m.work
            """;
    /** Submissions that waited so long for their task that they were parked. */
    private static final String TAKE_UP_PARKED = """
            insert into work (step, loop_uuid, submission_id)
            select 'SUBMISSION', loop_uuid, id from submission
            where loop_uuid = any(?::uuid[]) and state = 'PARKED' and reason = 'CLAIM_NOT_TASKED'
            on conflict (submission_id) where submission_id is not null do nothing
            """;
    /** Also the one that is just worked on: it may have been looked at before the task was there. */
    private static final String WAKE_SUBMISSIONS = """
            update work w set due_at = now(), again = w.lease_until is not null
            from unnest(?::uuid[], ?::bigint[]) as m(uuid, work)
            where w.loop_uuid = m.uuid and w.submission_id is not null and w.id <> m.work
            """;

    private static final Duration LOOK_FOR_PATIENT = Duration.ofHours(1);

    /** @param in null: when the task's window is over */
    private record Work(Step step, UUID loop, Duration in) {
        boolean now() {
            return in != null && in.isZero();
        }

        Double seconds() {
            return in == null ? null : in.toMillis() / 1000.0;
        }
    }

    private final JdbcTemplate jdbc;
    private final Duration lease;
    private final Duration recordLookAgain;
    private final Duration watch;
    private final Duration firstLookAtValue;

    /**
     * @param lease after which no worker writes a claim record any more that it began with
     * @param firstLookAtValue when a loop whose question is answered is first looked at for its value
     */
    NextWork(JdbcTemplate jdbc, Duration lease, Duration recordLookAgain, Duration watch, Duration firstLookAtValue) {
        this.jdbc = jdbc;
        this.lease = lease;
        this.recordLookAgain = recordLookAgain;
        this.watch = watch;
        this.firstLookAtValue = firstLookAtValue;
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
            case PARKED -> loop != null && taskIsOpen(loop) ? List.of(Step.WATCH) : List.of();
            default -> List.of();
        };
    }

    /** Whether the loop's task is there to be answered, or was when it was parked. */
    static boolean taskIsOpen(Loop loop) {
        State state = loop.state() == State.PARKED ? loop.parkedFrom() : loop.state();
        return state == State.TASKED || state == State.EXPIRED;
    }

    /** Returns the steps that became due now. */
    Set<Step> of(List<Move> moved) {
        List<Move> moves = moved.stream().filter(move -> !move.stays()).toList();
        if (moves.isEmpty()) {
            return EnumSet.noneOf(Step.class);
        }
        jdbc.update(
                DROP_OTHER_WORK,
                Columns.of(
                        moves,
                        move -> move.loop().uuid(),
                        move -> steps(move.to(), move.loop()).stream()
                                .map(Step::name)
                                .collect(Collectors.joining(",")),
                        Move::work));
        List<Work> works = moves.stream().flatMap(this::works).toList();
        makeDue(works);
        Set<Step> now = works.stream()
                .filter(Work::now)
                .map(Work::step)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Step.class)));
        List<Move> tasked =
                moves.stream().filter(move -> move.to() == State.TASKED).toList();
        if (!tasked.isEmpty() && wakeSubmissions(tasked)) {
            now.add(Step.SUBMISSION);
        }
        return now;
    }

    private boolean wakeSubmissions(List<Move> tasked) {
        Object[] columns = Columns.of(tasked, move -> move.loop().uuid(), Move::work);
        return jdbc.update(TAKE_UP_PARKED, columns[0]) + jdbc.update(WAKE_SUBMISSIONS, columns) > 0;
    }

    private Stream<Work> works(Move move) {
        UUID loop = move.loop().uuid();
        Duration now = Duration.ZERO;
        return switch (move.to()) {
            case NOTICED -> Stream.of(new Work(Step.CHECK, loop, now));
            case SELECTED -> Stream.of(new Work(Step.DISPATCH, loop, now));
            case ANSWERED -> Stream.of(new Work(Step.DELIVER, loop, now));
            case TASKED ->
                Stream.of(
                        new Work(Step.LOOK_AGAIN, loop, recordLookAgain),
                        new Work(Step.WATCH, loop, watch),
                        new Work(Step.EXPIRE, loop, null));
            case NEEDS_IDENTITY -> {
                if (!move.taskIsOpen() || move.outcome().reason() == Reason.WRONG_PERSON) {
                    yield Stream.empty();
                }
                // the open task names the patient as he was: it is taken back, and the new one is looked for
                Work retract = new Work(Step.RETRACT, loop, now);
                yield move.outcome().reason() == Reason.PATIENT_NOT_IN_CHT
                        ? Stream.of(retract, new Work(Step.DISPATCH, loop, LOOK_FOR_PATIENT))
                        : Stream.of(retract);
            }
            case DELIVERED, REFUSED, NOT_REACHED, EXPIRED -> Stream.of(new Work(Step.VALUE, loop, firstLookAtValue));
            case PARKED -> move.taskIsOpen() ? Stream.of(new Work(Step.WATCH, loop, watch)) : Stream.empty();
            case WITHDRAWN ->
                move.loop().recordId() != null
                        ? Stream.of(new Work(Step.RETRACT, loop, now))
                        // a dispatch may have written what nobody could read back, or may be on its way
                        : mayBeInCht(move.loop()) ? Stream.of(new Work(Step.RETRACT, loop, lease)) : Stream.empty();
            // a state that waits keeps the work that brought it here, when its outcome says so
            default -> Stream.empty();
        };
    }

    private static boolean mayBeInCht(Loop loop) {
        State state = loop.state() == State.PARKED ? loop.parkedFrom() : loop.state();
        return state == State.SELECTED || state == State.NEEDS_IDENTITY;
    }

    /** Null: when the task's window is over. */
    void due(Step step, UUID loop, Duration in) {
        makeDue(List.of(new Work(step, loop, in)));
    }

    private void makeDue(List<Work> works) {
        if (!works.isEmpty()) {
            jdbc.update(MAKE_DUE, Columns.of(works, Work::step, Work::loop, Work::seconds));
        }
    }
}
