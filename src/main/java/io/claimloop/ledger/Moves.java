package io.claimloop.ledger;

import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Moves loops along the declared arrows, writes their history and makes the work of the new state due: as many statements
 * for a batch of loops as for one. Who moves several holds them before, in the order of their uuids.
 */
class Moves {
    private static final String MOVE = """
            update loop l set state = m.state, parked_from = m.parked_from, reason = m.reason, detail = m.detail,
              version = l.version + m.lines, changed_at = case when m.lines > 0 then now() else l.changed_at end,
              code = coalesce(m.code, l.code), insuree = coalesce(m.insuree, l.insuree),
              patient = coalesce(m.patient, l.patient), chw = coalesce(m.chw, l.chw),
              record_id = coalesce(m.record_id, l.record_id), record_rev = coalesce(m.record_rev, l.record_rev),
              submission = coalesce(m.submission, l.submission), claim_hash = coalesce(m.claim_hash, l.claim_hash),
              eligibility = coalesce(m.eligibility, l.eligibility),
              task_until = case when m.forget_window then null
                else coalesce(l.task_until, now() + make_interval(secs => m.task_window)) end
            from unnest(?::uuid[], ?::int[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[],
                ?::text[], ?::text[], ?::uuid[], ?::text[], ?::bigint[], ?::text[], ?::jsonb[], ?::boolean[], ?::float8[])
              as m(uuid, version, state, parked_from, reason, detail, lines, code, insuree,
                patient, chw, record_id, record_rev, submission, claim_hash, eligibility, forget_window, task_window)
            where l.uuid = m.uuid and l.version = m.version returning l.uuid
            """;
    private static final String HISTORY = """
            insert into history (loop_uuid, seq, from_state, to_state, cause, detail, attempts, proof)
            select * from unnest(?::uuid[], ?::int[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[])
            """;
    private static final String FOUND = """
            insert into finding (loop_uuid, code, rule, detail)
            select * from unnest(?::uuid[], ?::int[], ?::text[], ?::text[])
            on conflict (loop_uuid, rule) do update set detail = excluded.detail, found_at = now()
            """;
    /** In the order of the keys, as they are reserved. */
    private static final String FREE_VISIT = """
            with freed as materialized (
              select visit_key from visit where loop_uuid = any(?::uuid[]) order by visit_key for update)
            delete from visit using freed where visit.visit_key = freed.visit_key
            """;
    /** A task that never was takes no place in the CHW's week; that the claim was selected that day stays true. */
    private static final String FREE_WEEK = "delete from place where loop_uuid = any(?::uuid[]) and kind = 'WEEK'";

    private final JdbcTemplate jdbc;
    private final Proofs proofs;
    private final NextWork nextWork;

    Moves(JdbcTemplate jdbc, Proofs proofs, NextWork nextWork) {
        this.jdbc = jdbc;
        this.proofs = proofs;
        this.nextWork = nextWork;
    }

    /**
     * @param loops those that moved; somebody else moved the others meanwhile
     * @param now the steps that became due now
     */
    record Moved(Set<UUID> loops, Set<Step> now) {}

    /**
     * @param work the work that caused it and that the caller completes itself, or -1
     * @return the steps that became due now; null when somebody else moved the loop meanwhile
     */
    Set<Step> move(Loop loop, Outcome outcome, int attempts, long work) {
        Moved moved = move(List.of(Move.of(loop, outcome, attempts, work)));
        return moved.loops().isEmpty() ? null : moved.now();
    }

    /** Moves several loops, each of them once. */
    Moved move(List<Move> moves) {
        if (moves.isEmpty()) {
            return new Moved(Set.of(), EnumSet.noneOf(Step.class));
        }
        Set<UUID> loops = new HashSet<>(write(moves));
        List<Move> moved = moves.stream()
                .filter(move -> loops.contains(move.loop().uuid()))
                .toList();
        history(moved);
        findings(moved);
        free(moved);
        Set<Step> now = nextWork.of(moved);
        afterCommit(() -> moved.forEach(Move::log));
        return new Moved(loops, now);
    }

    private List<UUID> write(List<Move> moves) {
        return jdbc.queryForList(
                MOVE,
                UUID.class,
                Columns.of(
                        moves,
                        move -> move.loop().uuid(),
                        move -> move.loop().version(),
                        Move::to,
                        Move::parkedFrom,
                        Move::reason,
                        Move::detail,
                        Move::lines,
                        move -> move.facts().code(),
                        move -> move.facts().insuree(),
                        move -> move.facts().patient(),
                        move -> move.facts().chw(),
                        move -> move.facts().recordId(),
                        move -> move.facts().recordRev(),
                        move -> move.facts().submission(),
                        move -> move.facts().claimHash(),
                        move -> Rows.json(move.facts().eligibility()),
                        // the next task has a window of its own
                        move -> move.to() == State.NEEDS_IDENTITY,
                        Move::taskWindowSeconds));
    }

    private void history(List<Move> moved) {
        List<Move.Line> lines =
                moved.stream().flatMap(move -> move.history().stream()).toList();
        if (!lines.isEmpty()) {
            jdbc.update(
                    HISTORY,
                    Columns.of(
                            lines,
                            line -> line.loop().uuid(),
                            Move.Line::seq,
                            Move.Line::from,
                            Move.Line::to,
                            Move.Line::cause,
                            Move.Line::detail,
                            Move.Line::attempts,
                            line -> proofs.keyed(line.proof())));
        }
    }

    /** The last word of a rule counts, should it have said two. */
    private void findings(List<Move> moved) {
        record Found(UUID loop, Finding finding) {}
        var found = new java.util.LinkedHashMap<List<Object>, Found>();
        moved.forEach(move -> move.outcome()
                .findings()
                .forEach(finding -> found.merge(
                        List.of(move.loop().uuid(), finding.rule()),
                        new Found(move.loop().uuid(), finding),
                        (first, last) -> new Found(
                                first.loop(), new Finding(first.finding().code(), finding.rule(), finding.detail())))));
        if (!found.isEmpty()) {
            jdbc.update(
                    FOUND,
                    Columns.of(
                            List.copyOf(found.values()),
                            Found::loop,
                            one -> one.finding().code(),
                            one -> one.finding().rule(),
                            one -> one.finding().detail()));
        }
    }

    /** Another claim may ask about the visit now. */
    private void free(List<Move> moved) {
        List<Move> asksNot = moved.stream()
                .filter(move ->
                        move.outcome().to() == State.WITHDRAWN || move.outcome().to() == State.NOT_SELECTED)
                .toList();
        if (!asksNot.isEmpty()) {
            jdbc.update(FREE_VISIT, Columns.of(asksNot, move -> move.loop().uuid()));
        }
        List<Move> neverTasked = asksNot.stream()
                .filter(move ->
                        move.outcome().to() == State.WITHDRAWN && move.loop().recordId() == null)
                .toList();
        if (!neverTasked.isEmpty()) {
            jdbc.update(FREE_WEEK, Columns.of(neverTasked, move -> move.loop().uuid()));
        }
    }

    /** Null: when the task's window is over. */
    void due(Step step, UUID uuid, Duration in) {
        nextWork.due(step, uuid, in);
    }

    /** The log tells what is so, not what was about to be. */
    private static void afterCommit(Runnable thing) {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    thing.run();
                }
            });
        } else {
            thing.run();
        }
    }

    static String name(Enum<?> value) {
        return value == null ? null : value.name();
    }
}
