package io.claimloop.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** States, history and keyed hashes stay; bodies and answers go. Several instances share the work by skipping locked rows. */
class JdbcRetention implements Retention {
    private static final Logger log = LoggerFactory.getLogger(JdbcRetention.class);
    private static final int BATCH = 200;
    /** So that one sweep does not hold up the next for hours. */
    private static final int BATCHES = 50;
    /** Former keys leave nothing behind but what an instance that still had them wrote. */
    private static final Duration LOOK_FOR_OTHER_KEYS = Duration.ofHours(1);

    private static final String OTHER_MESSAGES = """
            select id, kind, subject, body, key_id from message
            where body is not null and key_id is distinct from ? and (key_id is null or key_id = any(?))
            limit ? for update skip locked
            """;
    private static final String OTHER_FEEDBACK = """
            select id, report_id, feedback, feedback_sealed, key_id from submission
            where feedback is not null or feedback_sealed is not null and key_id is distinct from ? and key_id = any(?)
            limit ? for update skip locked
            """;
    private static final String OF_UNKNOWN_KEY = """
            select (select count(*) from message where body is not null and key_id <> all(?))
              + (select count(*) from submission where feedback_sealed is not null and key_id <> all(?))
            """;
    /** Done, and nothing came since; a repair or a correction may need the payload. */
    private static final String OVER = """
            select uuid from loop l where erased_at is null
              and state in ('DELIVERED', 'IN_REVIEW', 'VALUED', 'WITHDRAWN', 'NOT_REACHED', 'NOT_SELECTED')
              and changed_at < now() - make_interval(secs => ?)
              and not exists (select 1 from message where kind = 'NOTICE' and subject = l.uuid::text
                and last_at >= now() - make_interval(secs => ?))
              and not exists (select 1 from submission s join message m on m.id = s.message_id
                where s.loop_uuid = l.uuid and greatest(m.last_at, s.received_at) >= now() - make_interval(secs => ?))
              and not exists (select 1 from work where loop_uuid = l.uuid and submission_id is not null)
            order by changed_at limit ? for no key update skip locked
            """;

    /** Parked without a loop: nobody repaired it in its time, and no loop's end would ever come. */
    private static final String NO_LOOP = """
            select s.id from submission s join message m on m.id = s.message_id
            where s.state = 'PARKED' and m.body is not null
              and greatest(m.last_at, s.received_at) < now() - make_interval(secs => ?)
              and not exists (select 1 from loop l where l.uuid = s.loop_uuid)
              and not exists (select 1 from work w where w.submission_id = s.id)
            order by s.id limit ? for no key update of s skip locked
            """;

    private static final List<String> ERASE_SUBMISSIONS = List.of(
            "update message set body = null, key_id = null, erased_at = now()"
                    + " where id in (select message_id from submission where id = any(?::bigint[]))",
            "update submission set feedback = null, feedback_sealed = null, key_id = null,"
                    + " detail = 'What it said is erased (claimloop.retention.payload).' where id = any(?::bigint[])");

    private static final List<String> ERASE = List.of(
            "update message set body = null, key_id = null, erased_at = now()"
                    + " where kind = 'NOTICE' and subject = any(select unnest(?::uuid[])::text) and body is not null",
            "update message set body = null, key_id = null, erased_at = now()"
                    + " where id in (select message_id from submission where loop_uuid = any(?::uuid[])) and body is not null",
            "update submission set feedback = null, feedback_sealed = null, key_id = null where loop_uuid = any(?::uuid[])",
            "update loop set erased_at = now() where uuid = any(?::uuid[])");

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Seal seal;
    private final double keep;
    private volatile Instant nextSealing = Instant.EPOCH;

    JdbcRetention(JdbcTemplate jdbc, TransactionTemplate transaction, Seal seal, Duration keep) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.seal = seal;
        this.keep = keep.toMillis() / 1000.0;
    }

    @Override
    public void sweep() {
        eraseAll();
        if (!Instant.now().isBefore(nextSealing)) {
            int sealed = inBatches(this::sealMessages) + inBatches(this::sealFeedback);
            if (sealed > 0) {
                log.info("{} payloads were sealed with the present key", sealed);
            } else {
                nextSealing = Instant.now().plus(LOOK_FOR_OTHER_KEYS);
                sayWhatDoesNotOpen();
            }
        }
    }

    private void sayWhatDoesNotOpen() {
        String[] keys = seal.keyIds();
        Long unknown = jdbc.queryForObject(OF_UNKNOWN_KEY, Long.class, keys, keys);
        if (unknown != null && unknown > 0) {
            log.error(
                    "{} payloads are sealed with a key that is not told. Set the key that was used before as"
                            + " claimloop.retention.old-key, and restart; until then what hangs on them is parked",
                    unknown);
        }
    }

    private void eraseAll() {
        int erased = inBatches(this::erase);
        if (erased > 0) {
            log.info("the payloads of {} loops were erased; claimloop.retention.payload is over", erased);
        }
        int unclaimed = inBatches(this::eraseOfNoLoop);
        if (unclaimed > 0) {
            log.warn(
                    "the payloads of {} parked submissions of no loop were erased; claimloop.retention.payload is over."
                            + " They stay in /api/submissions?state=parked, and CHT still has the reports.",
                    unclaimed);
        }
    }

    private int inBatches(IntSupplier batch) {
        int all = 0;
        for (int i = 0; i < BATCHES; i++) {
            int done = transaction.execute(status -> batch.getAsInt());
            all += done;
            if (done < BATCH) {
                break;
            }
        }
        return all;
    }

    private int sealMessages() {
        List<Object[]> rows = jdbc.query(
                OTHER_MESSAGES,
                (row, number) -> {
                    String where = Seal.ofMessage(row.getString("kind"), row.getString("subject"));
                    byte[] body = seal.openOrNull(
                            row.getBytes("body"), row.getString("key_id"), where, "message " + row.getLong("id"));
                    return body == null ? null : new Object[] {seal.seal(body, where), seal.keyId(), row.getLong("id")};
                },
                seal.keyId(),
                seal.keyIds(),
                BATCH);
        return write("update message set body = ?, key_id = ? where id = ?", rows);
    }

    private int sealFeedback() {
        List<Object[]> rows = jdbc.query(
                OTHER_FEEDBACK,
                (row, number) -> {
                    String where = Seal.ofFeedback(row.getString("report_id"));
                    byte[] sealed = row.getBytes("feedback_sealed");
                    byte[] feedback = sealed == null
                            ? row.getString("feedback").getBytes(StandardCharsets.UTF_8)
                            : seal.openOrNull(
                                    sealed, row.getString("key_id"), where, "submission " + row.getLong("id"));
                    return feedback == null
                            ? null
                            : new Object[] {seal.seal(feedback, where), seal.keyId(), row.getLong("id")};
                },
                seal.keyId(),
                seal.keyIds(),
                BATCH);
        return write("update submission set feedback_sealed = ?, key_id = ?, feedback = null where id = ?", rows);
    }

    /** One that does not open is passed over. */
    private int write(String sql, List<Object[]> rows) {
        List<Object[]> opened = rows.stream().filter(Objects::nonNull).toList();
        jdbc.batchUpdate(sql, opened);
        return opened.size();
    }

    private int erase() {
        List<UUID> over = jdbc.queryForList(OVER, UUID.class, keep, keep, keep, BATCH);
        if (!over.isEmpty()) {
            String uuids = list(over);
            ERASE.forEach(sql -> jdbc.update(sql, uuids));
        }
        return over.size();
    }

    private int eraseOfNoLoop() {
        List<Long> over = jdbc.queryForList(NO_LOOP, Long.class, keep, BATCH);
        if (!over.isEmpty()) {
            String ids = list(over);
            ERASE_SUBMISSIONS.forEach(sql -> jdbc.update(sql, ids));
        }
        return over.size();
    }

    private static String list(List<?> keys) {
        return keys.stream().map(Object::toString).collect(Collectors.joining(",", "{", "}"));
    }
}
