package io.claimloop.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a person orders of a loop. The caller has a transaction. */
class LoopOrders {
    private static final String BEFORE = """
            select count(*) filter (where cause like 'retried by %' or cause like 'redriven by %') as orders,
              coalesce(sum(attempts) filter (where to_state = 'PARKED'), 0) as attempts, min(at) as first
            from history where loop_uuid = ?
            """;
    private static final String NOT_BEFORE =
            "update work set due_at = t.then from (select now() + make_interval(secs => ?) as then) t where "
                    + Rows.WORK_OF_LOOP + " and due_at < t.then and lease_until is null";

    private final JdbcTemplate jdbc;
    private final Moves moves;

    LoopOrders(JdbcTemplate jdbc, Moves moves) {
        this.jdbc = jdbc;
        this.moves = moves;
    }

    boolean retry(UUID uuid, String cause, Duration wait) {
        Loop loop = hold(uuid).orElse(null);
        if (loop == null || !Reason.actions(loop.state()).contains("retry")) {
            return false;
        }
        boolean parked = loop.state() == State.PARKED;
        State back = parked ? loop.parkedFrom() : loop.state();
        Before before = before(uuid);
        Outcome ordered = (parked ? Outcome.moved(back, cause) : Outcome.noted(cause)).because(null, before.chain());
        if (moves.move(loop, ordered, before.attempts(), -1) == null) {
            return false;
        }
        jdbc.update(
                "insert into work (step, loop_uuid, submission_id) select 'SUBMISSION', loop_uuid, id from submission"
                        + " where loop_uuid = ? and state = 'PARKED' order by id desc limit 1"
                        + " on conflict (submission_id) where submission_id is not null do update set due_at = now()",
                uuid);
        switch (back) {
            case NOTICED, WAITING, NOT_SELECTED -> moves.due(Step.CHECK, uuid, Duration.ZERO);
            case SELECTED, NEEDS_IDENTITY -> moves.due(Step.DISPATCH, uuid, Duration.ZERO);
            case TASKED -> {
                // the record is written anew where it is missing, differs or has errors
                jdbc.update(
                        "update loop set claim_hash = null, task_until = greatest(task_until, now() + interval '7 days')"
                                + " where uuid = ?",
                        uuid);
                moves.due(Step.EXPIRE, uuid, null);
                moves.due(Step.WATCH, uuid, Duration.ZERO);
                // not before it is written anew
                moves.due(Step.LOOK_AGAIN, uuid, Duration.ofMinutes(2));
            }
            case ANSWERED -> moves.due(Step.DELIVER, uuid, Duration.ZERO);
            case DELIVERED, REFUSED, NOT_REACHED, EXPIRED, IN_REVIEW -> moves.due(Step.VALUE, uuid, Duration.ZERO);
            default -> {
                // the move made its work due
            }
        }
        if (!wait.isZero()) {
            jdbc.update(NOT_BEFORE, wait.toMillis() / 1000.0, uuid, uuid);
        }
        return true;
    }

    private record Before(int orders, int attempts, Instant first) {
        /** How this order hangs together with the first attempt. */
        String chain() {
            return "Order no. " + (orders + 1) + " for this loop, known since " + first + "; " + attempts
                    + " attempts ended in a parked loop before.";
        }
    }

    private Before before(UUID uuid) {
        return jdbc.queryForObject(
                BEFORE,
                (row, number) -> new Before(row.getInt("orders"), row.getInt("attempts"), Rows.instant(row, "first")),
                uuid);
    }

    boolean withdraw(UUID uuid, String by) {
        Loop loop = hold(uuid).orElse(null);
        return loop != null
                && Reason.actions(loop.state()).contains("withdraw")
                && moves.move(loop, Outcome.moved(State.WITHDRAWN, "withdrawn by " + by), 0, -1) != null;
    }

    /** Nobody else moves it until this transaction is over. */
    private Optional<Loop> hold(UUID uuid) {
        return jdbc
                .query("select " + Rows.LOOP + " from loop where uuid = ? for no key update", Rows::loop, uuid)
                .stream()
                .findFirst();
    }
}
