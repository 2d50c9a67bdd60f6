package io.claimloop.ledger;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** Each method is one transaction; rows are written in the order of their keys, so that two writers cannot deadlock. */
class JdbcInbox implements Inbox {
    private static final String KEEP_MESSAGE = """
            insert into message (kind, subject, content_hash, body, key_id) values (?, ?, ?, ?, ?)
            on conflict (kind, subject, content_hash) do update set times = message.times + 1, last_at = now(),
              body = case when message.body is null and message.kind = 'SUBMISSION' then excluded.body else message.body end,
              key_id = case when message.body is null and message.kind = 'SUBMISSION' then excluded.key_id
                else message.key_id end
            """;
    /** There is something to erase again. */
    private static final String NOT_ERASED =
            "update loop set erased_at = null where uuid = ? and erased_at is not null";

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
            "update loop set notices = notices + 1, erased_at = null, spelling = case when insuree is null then ? else spelling end where uuid = ?";

    /** A content that came before counts anew where another one of its report came meanwhile: the edit was taken back. */
    private static final String KEEP_SUBMISSION = """
            with kept as (
              insert into submission (message_id, report_id, content_hash, loop_uuid)
              select id, ?, ?, ? from message where kind = 'SUBMISSION' and subject = ? and content_hash = ?
              on conflict (report_id, content_hash) do update set received_at = clock_timestamp(), state = 'RECEIVED'
              where exists (select 1 from submission later
                where later.report_id = submission.report_id and later.received_at > submission.received_at)
              returning id, loop_uuid)
            insert into work (step, loop_uuid, submission_id) select 'SUBMISSION', loop_uuid, id from kept
            on conflict (submission_id) where submission_id is not null
            do update set step = 'SUBMISSION', due_at = now(), attempts = 0, again = work.lease_until is not null
            """;

    /** A message and what tells it from others. */
    private record Kept<T>(T message, String subject, byte[] hash) {
        static <T> Comparator<Kept<T>> order() {
            // as text, as PostgreSQL orders uuids; UUID.compareTo takes them for signed numbers
            return Comparator.comparing((Kept<T> kept) -> kept.subject).thenComparing(Kept::hash, Arrays::compare);
        }
    }

    private final JdbcTemplate jdbc;
    private final Proofs proofs;
    private final Seal seal;

    JdbcInbox(JdbcTemplate jdbc, Proofs proofs, Seal seal) {
        this.jdbc = jdbc;
        this.proofs = proofs;
        this.seal = seal;
    }

    @Override
    @Transactional
    public void record(List<ClaimNotice> notices) {
        List<Kept<ClaimNotice>> ordered = notices.stream()
                .map(n -> new Kept<>(n, n.uuid().toString(), proofs.content(n.body())))
                .sorted(Kept.order())
                .toList();
        batch(
                KEEP_MESSAGE,
                ordered,
                kept -> message("NOTICE", kept, kept.message().body()));
        batch(OPEN_LOOP, ordered, kept -> {
            ClaimNotice notice = kept.message();
            return new Object[] {notice.uuid(), notice.spelling(), notice.code()};
        });
        batch(COUNT_NOTICE, ordered, kept ->
                new Object[] {kept.message().spelling(), kept.message().uuid()});
        batch(MAKE_DUE, ordered, kept -> new Object[] {kept.message().uuid()});
    }

    @Override
    @Transactional
    public void receive(List<ReceivedSubmission> submissions) {
        List<Kept<ReceivedSubmission>> ordered = submissions.stream()
                .map(s -> new Kept<>(s, s.reportId(), proofs.content(s.body())))
                .sorted(Kept.order())
                .toList();
        batch(
                KEEP_MESSAGE,
                ordered,
                kept -> message("SUBMISSION", kept, kept.message().body()));
        batch(KEEP_SUBMISSION, ordered, kept ->
                new Object[] {kept.subject(), kept.hash(), kept.message().claim(), kept.subject(), kept.hash()});
        List<UUID> claims = ordered.stream()
                .map(kept -> kept.message().claim())
                .filter(Objects::nonNull)
                .distinct()
                .sorted(Comparator.comparing(UUID::toString))
                .toList();
        batch(NOT_ERASED, claims, claim -> new Object[] {claim});
    }

    private Object[] message(String kind, Kept<?> kept, byte[] body) {
        byte[] sealed = seal.seal(body, Seal.ofMessage(kind, kept.subject()));
        return new Object[] {kind, kept.subject(), kept.hash(), sealed, seal.keyId()};
    }

    private <T> void batch(String sql, List<T> rows, Function<T, Object[]> values) {
        jdbc.batchUpdate(sql, rows.stream().map(values).toList());
    }
}
