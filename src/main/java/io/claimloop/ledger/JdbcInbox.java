package io.claimloop.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * Each method is one transaction with a constant number of statements. Rows are written in the order of their keys, so that
 * two writers cannot deadlock: {@code unnest} gives them in the order in which they are told, and a statement may touch a row
 * only once, so what came several times in a batch is told once, with a count.
 */
class JdbcInbox implements Inbox {
    private static final String KEEP_MESSAGES = """
            insert into message (kind, subject, content_hash, times, body, key_id)
            select ?, subject, content_hash, times, body, ?
            from unnest(?::text[], ?::bytea[], ?::int[], ?::bytea[]) as m(subject, content_hash, times, body)
            on conflict (kind, subject, content_hash) do update set times = message.times + excluded.times, last_at = now(),
              body = case when message.body is null and message.kind = 'SUBMISSION' then excluded.body else message.body end,
              key_id = case when message.body is null and message.kind = 'SUBMISSION' then excluded.key_id
                else message.key_id end
            """;
    /** There is something to erase again. */
    private static final String NOT_ERASED = """
            update loop set erased_at = null where uuid in (
              select uuid from loop where uuid = any(?::uuid[]) and erased_at is not null order by uuid for no key update)
            """;
    /** Until the claim was read, the latest spelling may be the right one. A known loop has its first line already. */
    private static final String OPEN_OR_COUNT = """
            with told as (
              insert into loop (uuid, spelling, code, state, notices)
              select uuid, spelling, code, 'NOTICED', 1 + times
              from unnest(?::uuid[], ?::text[], ?::text[], ?::int[]) as n(uuid, spelling, code, times)
              on conflict (uuid) do update set notices = loop.notices + excluded.notices - 1, erased_at = null,
                spelling = case when loop.insuree is null then excluded.spelling else loop.spelling end
              returning uuid)
            insert into history (loop_uuid, seq, to_state, cause) select uuid, 0, 'NOTICED', 'notice' from told
            on conflict (loop_uuid, seq) do nothing
            """;
    /** What a change in openIMIS may mean for a loop depends on where it stands; later states keep their course. */
    private static final String MAKE_DUE = """
            insert into work (step, loop_uuid)
            select case when state in ('NOTICED', 'WAITING', 'NOT_SELECTED') then 'CHECK'
                        when state = 'NEEDS_IDENTITY' then 'DISPATCH'
                        when state in ('TASKED', 'PARKED') then 'WATCH' else 'VALUE' end, uuid
            from loop where uuid = any(?::uuid[])
              and (state in ('NOTICED', 'WAITING', 'NOT_SELECTED', 'TASKED',
                             'DELIVERED', 'REFUSED', 'NOT_REACHED', 'EXPIRED', 'IN_REVIEW')
                or state = 'NEEDS_IDENTITY' and reason is distinct from 'WRONG_PERSON'
                or state = 'PARKED' and parked_from in ('TASKED', 'EXPIRED'))
            order by uuid
            on conflict (step, loop_uuid) where submission_id is null
            do update set due_at = least(work.due_at, now()), again = work.lease_until is not null
            """;
    /** A content that came before counts anew where another one of its report came meanwhile: the edit was taken back. */
    private static final String KEEP_SUBMISSIONS = """
            with kept as (
              insert into submission (message_id, report_id, content_hash, loop_uuid, received_at)
              select m.id, r.report_id, r.content_hash, r.loop_uuid, clock_timestamp()
              from unnest(?::text[], ?::bytea[], ?::uuid[]) with ordinality as r(report_id, content_hash, loop_uuid, place)
              join message m on m.kind = 'SUBMISSION' and m.subject = r.report_id and m.content_hash = r.content_hash
              order by r.place
              on conflict (report_id, content_hash) do update set received_at = clock_timestamp(), state = 'RECEIVED'
              where exists (select 1 from submission later
                where later.report_id = submission.report_id and later.received_at > submission.received_at)
              returning id, loop_uuid)
            insert into work (step, loop_uuid, submission_id) select 'SUBMISSION', loop_uuid, id from kept
            on conflict (submission_id) where submission_id is not null
            do update set step = 'SUBMISSION', due_at = now(), attempts = 0, again = work.lease_until is not null
            """;

    /** A message, what tells it from others, and how often it came in this batch. */
    private record Kept<T>(T message, String subject, byte[] body, byte[] hash, int times) {
        static <T> Comparator<Kept<T>> order() {
            // as text, as PostgreSQL orders uuids; UUID.compareTo takes them for signed numbers
            return Comparator.comparing((Kept<T> kept) -> kept.subject).thenComparing(Kept::hash, Arrays::compare);
        }

        List<Object> key() {
            return List.of(subject, HexFormat.of().formatHex(hash));
        }

        static <T> Kept<T> both(Kept<T> one, Kept<T> other) {
            return new Kept<>(other.message, one.subject, one.body, one.hash, one.times + other.times);
        }
    }

    /** What a batch tells of a loop: the latest spelling, a code if any notice has one. */
    private record Told(UUID uuid, String spelling, String code, int times) {
        static Told both(Told one, Told other) {
            return new Told(
                    one.uuid, other.spelling, one.code == null ? other.code : one.code, one.times + other.times);
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
        if (notices.isEmpty()) {
            return;
        }
        keep(
                "NOTICE",
                once(notices.stream()
                        .map(n -> kept(n, n.uuid().toString(), n.body()))
                        .toList()));
        Map<UUID, Told> merged = new HashMap<>();
        notices.forEach(n -> merged.merge(n.uuid(), new Told(n.uuid(), n.spelling(), n.code(), 1), Told::both));
        List<Told> told = merged.values().stream()
                .sorted(Comparator.comparing(one -> one.uuid().toString()))
                .toList();
        jdbc.update(OPEN_OR_COUNT, Columns.of(told, Told::uuid, Told::spelling, Told::code, Told::times));
        jdbc.update(MAKE_DUE, Columns.of(told, Told::uuid));
    }

    @Override
    @Transactional
    public void receive(List<ReceivedSubmission> submissions) {
        if (submissions.isEmpty()) {
            return;
        }
        Collection<Kept<ReceivedSubmission>> kept = once(
                submissions.stream().map(s -> kept(s, s.reportId(), s.body())).toList());
        // who has the messages has the submissions: these need no order of their own, but that of a report's contents
        keep("SUBMISSION", kept);
        oneOfEachReport(kept)
                .forEach(round -> jdbc.update(
                        KEEP_SUBMISSIONS,
                        Columns.column(round, Kept::subject),
                        hashes(round),
                        Columns.column(round, one -> one.message().claim())));
        List<UUID> claims = submissions.stream()
                .map(ReceivedSubmission::claim)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        if (!claims.isEmpty()) {
            jdbc.update(NOT_ERASED, Columns.of(claims, claim -> claim));
        }
    }

    private <T> Kept<T> kept(T message, String subject, byte[] body) {
        return new Kept<>(message, subject, body, proofs.content(body), 1);
    }

    /** In the order in which they came. */
    private static <T> Collection<Kept<T>> once(List<Kept<T>> all) {
        Map<List<Object>, Kept<T>> once = new LinkedHashMap<>();
        all.forEach(kept -> once.merge(kept.key(), kept, Kept::both));
        return once.values();
    }

    private <T> void keep(String kind, Collection<Kept<T>> messages) {
        List<Kept<T>> ordered = messages.stream().sorted(Kept.order()).toList();
        jdbc.update(
                KEEP_MESSAGES,
                kind,
                seal.keyId(),
                Columns.column(ordered, Kept::subject),
                hashes(ordered),
                Columns.column(ordered, Kept::times),
                ordered.stream()
                        .map(kept -> seal.seal(kept.body(), Seal.ofMessage(kind, kept.subject())))
                        .toArray(byte[][]::new));
    }

    /** Whether a content counts anew depends on what came of its report before: several contents of one take turns. */
    private static <T> List<List<Kept<T>>> oneOfEachReport(Collection<Kept<T>> all) {
        Map<String, Integer> turns = new HashMap<>();
        List<List<Kept<T>>> rounds = new ArrayList<>();
        for (Kept<T> one : all) {
            int turn = turns.merge(one.subject(), 1, Integer::sum);
            if (rounds.size() < turn) {
                rounds.add(new ArrayList<>());
            }
            rounds.get(turn - 1).add(one);
        }
        return rounds;
    }

    private static byte[][] hashes(List<? extends Kept<?>> kept) {
        return kept.stream().map(Kept::hash).toArray(byte[][]::new);
    }
}
