package io.claimloop.ledger;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** Writes what became of the submissions that were worked on. */
class SubmissionFates {
    private static final String SUBMISSION = """
            update submission s set state = f.state, reason = f.reason, detail = f.detail,
              feedback_sealed = coalesce(f.mapped, s.feedback_sealed),
              key_id = case when f.mapped is null then s.key_id else ? end,
              feedback = case when f.mapped is null then s.feedback end
            from (select id, state, reason, detail, decode(hex, 'hex') as mapped
              from unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[]) as t(id, state, reason, detail, hex)) f
            where s.id = f.id
            """;
    private static final String EARLIER_EDITS = """
            with earlier as (
              update submission s set state = 'KEPT', reason = 'SUBMISSION_SUPERSEDED', detail = 'A later edit came.'
              from unnest(?::text[], ?::bigint[]) as t(report_id, id)
              where s.report_id = t.report_id and s.id <> t.id and s.state = 'CORRECTION' returning s.id)
            delete from work where submission_id in (select id from earlier)
            """;
    private static final String CORRECTED = """
            update submission set state = 'KEPT', reason = 'SUBMISSION_SUPERSEDED', detail = 'Its correction was delivered.'
            where id = any(?::bigint[])
            """;

    private final JdbcTemplate jdbc;
    private final Seal seal;

    SubmissionFates(JdbcTemplate jdbc, Seal seal) {
        this.jdbc = jdbc;
        this.seal = seal;
    }

    /** Of several reports: the contents of one are told one after the other. */
    void write(List<Completion> of) {
        if (of.isEmpty()) {
            return;
        }
        jdbc.update(
                SUBMISSION,
                Columns.and(
                        new Object[] {seal.keyId()},
                        Columns.of(
                                of,
                                one -> one.due().submission().id(),
                                one -> state(one.outcome()),
                                one -> one.outcome().reason(),
                                one -> one.outcome().detail(),
                                this::sealed)));
        List<Completion> latest = of.stream()
                .filter(one -> one.outcome().reason() == Reason.CORRECTED
                        || one.outcome().reason() == Reason.SAME_ANSWERS)
                .toList();
        if (!latest.isEmpty()) {
            jdbc.update(
                    EARLIER_EDITS,
                    Columns.of(latest, one -> one.due().submission().reportId(), one -> one.due()
                            .submission()
                            .id()));
        }
        List<Completion> corrected = of.stream()
                .filter(one -> one.due().step() == Step.CORRECT && state(one.outcome()) == SubmissionState.TAKEN)
                .toList();
        if (!corrected.isEmpty()) {
            jdbc.update(CORRECTED, Columns.of(corrected, one -> one.due().loop().submission()));
        }
    }

    private static SubmissionState state(Outcome outcome) {
        return outcome.submission() != null
                ? outcome.submission()
                : outcome.to() == State.PARKED ? SubmissionState.PARKED : SubmissionState.KEPT;
    }

    private String sealed(Completion one) {
        return one.outcome().feedback() == null
                ? null
                : HexFormat.of()
                        .formatHex(seal.seal(
                                one.outcome().feedback().getBytes(StandardCharsets.UTF_8),
                                Seal.ofFeedback(one.due().submission().reportId())));
    }
}
