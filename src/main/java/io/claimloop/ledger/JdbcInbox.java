package io.claimloop.ledger;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** Each method is one transaction; rows are written in the order of their keys, so that two writers cannot deadlock. */
class JdbcInbox implements Inbox {
    private static final String KEEP_MESSAGE = """
            insert into message (kind, subject, sha256, body) values (?, ?, ?, ?)
            on conflict (kind, subject, sha256) do update set times = message.times + 1, last_at = now()
            """;
    private static final String OPEN_LOOP = """
            with opened as (
              insert into loop (uuid, spelling, code, state) values (?, ?, ?, 'NOTICED')
              on conflict (uuid) do nothing returning uuid)
            insert into history (loop_uuid, seq, to_state, cause) select uuid, 0, 'NOTICED', 'notice' from opened
            """;
    /** What a change in openIMIS may mean for a loop depends on where it stands; later states keep their course. */
    private static final String MAKE_DUE = """
            insert into work (step, loop_uuid)
            select case when state in ('NOTICED', 'WAITING', 'NOT_SELECTED') then 'CHECK'
                        when state = 'NEEDS_IDENTITY' then 'DISPATCH'
                        when state in ('TASKED', 'PARKED') then 'WATCH' else 'VALUE' end, uuid
            from loop where uuid = ?
              and (state in ('NOTICED', 'WAITING', 'NOT_SELECTED', 'TASKED',
                             'DELIVERED', 'REFUSED', 'NOT_REACHED', 'EXPIRED', 'IN_REVIEW')
                or state = 'NEEDS_IDENTITY' and reason is distinct from 'WRONG_PERSON'
                or state = 'PARKED' and parked_from in ('TASKED', 'EXPIRED'))
            on conflict (step, loop_uuid) where submission_id is null
            do update set due_at = least(work.due_at, now()), again = work.lease_until is not null
            """;

    /** Until the claim was read, the latest spelling may be the right one. */
    private static final String COUNT_NOTICE =
            "update loop set notices = notices + 1, spelling = case when insuree is null then ? else spelling end where uuid = ?";

    /** A content that came before counts anew where another one of its report came meanwhile: the edit was taken back. */
    private static final String KEEP_SUBMISSION = """
            with kept as (
              insert into submission (message_id, report_id, sha256, loop_uuid)
              select id, ?, ?, ? from message where kind = 'SUBMISSION' and subject = ? and sha256 = ?
              on conflict (report_id, sha256) do update set received_at = clock_timestamp(), state = 'RECEIVED'
              where exists (select 1 from submission later
                where later.report_id = submission.report_id and later.received_at > submission.received_at)
              returning id, loop_uuid)
            insert into work (step, loop_uuid, submission_id) select 'SUBMISSION', loop_uuid, id from kept
            on conflict (submission_id) where submission_id is not null
            do update set step = 'SUBMISSION', due_at = now(), attempts = 0, again = work.lease_until is not null
            """;

    // as text, as PostgreSQL orders uuids; UUID.compareTo takes them for signed numbers
    private static final Comparator<ClaimNotice> NOTICES = Comparator.comparing(
                    (ClaimNotice notice) -> notice.uuid().toString())
            .thenComparing(notice -> Proofs.sha256(notice.body()), Arrays::compare);
    private static final Comparator<ReceivedSubmission> SUBMISSIONS = Comparator.comparing(ReceivedSubmission::reportId)
            .thenComparing(submission -> Proofs.sha256(submission.body()), Arrays::compare);

    private final JdbcTemplate jdbc;

    JdbcInbox(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    @Transactional
    public void record(List<ClaimNotice> notices) {
        List<ClaimNotice> ordered = notices.stream().sorted(NOTICES).toList();
        batch(
                KEEP_MESSAGE,
                ordered.stream()
                        .map(n -> new Object[] {"NOTICE", n.uuid().toString(), Proofs.sha256(n.body()), n.body()})
                        .toList());
        batch(
                OPEN_LOOP,
                ordered.stream()
                        .map(n -> new Object[] {n.uuid(), n.spelling(), n.code()})
                        .toList());
        List<Object[]> uuids =
                ordered.stream().map(n -> new Object[] {n.uuid()}).toList();
        batch(
                COUNT_NOTICE,
                ordered.stream().map(n -> new Object[] {n.spelling(), n.uuid()}).toList());
        batch(MAKE_DUE, uuids);
    }

    @Override
    @Transactional
    public void receive(List<ReceivedSubmission> submissions) {
        List<ReceivedSubmission> ordered =
                submissions.stream().sorted(SUBMISSIONS).toList();
        batch(
                KEEP_MESSAGE,
                ordered.stream()
                        .map(s -> new Object[] {"SUBMISSION", s.reportId(), Proofs.sha256(s.body()), s.body()})
                        .toList());
        batch(
                KEEP_SUBMISSION,
                ordered.stream()
                        .map(s -> {
                            byte[] hash = Proofs.sha256(s.body());
                            return new Object[] {s.reportId(), hash, s.claim(), s.reportId(), hash};
                        })
                        .toList());
    }

    private void batch(String sql, List<Object[]> rows) {
        jdbc.batchUpdate(sql, rows);
    }
}
