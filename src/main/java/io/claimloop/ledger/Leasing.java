package io.claimloop.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Takes due work for an instance, with all that its step needs to know of it. */
class Leasing {
    /** An attempt is counted when it begins: work that kills its worker is parked one day, too. */
    private static final String LEASE = """
            update work set lease_owner = ?, lease_until = now() + make_interval(secs => ?),
              lease_token = lease_token + 1, attempts = attempts + 1
            where id = any(array(
              select id from work where step = ? and due_at <= now() and (lease_until is null or lease_until < now())
              %s order by due_at limit ? for update skip locked))
            returning id, lease_token, attempts, away, reason, loop_uuid, submission_id, due_at
            """;

    /** While its former task is still to be taken back no new one is made of a loop: one would be written over the other. */
    private static final String NOT_BEFORE_RETRACT = """
            and (step <> 'DISPATCH' or not exists (select 1 from work r
              where r.step = 'RETRACT' and r.loop_uuid = work.loop_uuid and r.submission_id is null))
            """;

    private static final String OLDEST_FIRST = LEASE.formatted(NOT_BEFORE_RETRACT);
    private static final String NEW_FIRST = LEASE.formatted(NOT_BEFORE_RETRACT + "and attempts = 0 and away = 0");
    /** After an outage a part of each lease, one of so many, is for work that was never tried: it need not wait for all the rest. */
    private static final int SHARE_OF_NEW = 4;

    private final JdbcTemplate jdbc;
    private final Seal seal;
    private final String owner;
    /** Steps whose last lease was retries only: an outage is being made up for. */
    private final Set<Step> retrying = ConcurrentHashMap.newKeySet();

    Leasing(JdbcTemplate jdbc, Seal seal, String owner) {
        this.jdbc = jdbc;
        this.seal = seal;
        this.owner = owner;
    }

    private record Leased(
            long id, long token, int attempts, int away, Reason before, UUID loop, Long submission, Instant dueAt) {
        boolean triedBefore() {
            return attempts > 1 || away > 0;
        }
    }

    List<Due> lease(Step step, int limit, Duration lease) {
        List<Leased> leased = lease(step, limit, lease.toMillis() / 1000.0);
        if (leased.isEmpty()) {
            return List.of();
        }
        Map<UUID, Loop> loops = loops(leased);
        Map<Long, Submission> submissions = submissions(step, leased, loops);
        return leased.stream()
                .sorted(Comparator.comparing(Leased::dueAt).thenComparing(Leased::id))
                .map(l -> {
                    Loop loop = l.loop() == null ? null : loops.get(l.loop());
                    Long submission = submissionOf(step, l, loop);
                    return new Due(
                            l.id(),
                            l.token(),
                            step,
                            l.attempts(),
                            l.before(),
                            loop,
                            submission == null ? null : submissions.get(submission),
                            null,
                            null,
                            null,
                            null);
                })
                .toList();
    }

    /** Oldest first; but where all the oldest are retries, new work gets its share. */
    private List<Leased> lease(Step step, int limit, double seconds) {
        int ofNew = retrying.contains(step)
                ? (limit + ThreadLocalRandom.current().nextInt(SHARE_OF_NEW)) / SHARE_OF_NEW
                : 0;
        List<Leased> leased = lease(OLDEST_FIRST, step, limit - ofNew, seconds);
        boolean full = !leased.isEmpty() && leased.size() == limit - ofNew;
        if (full && leased.stream().allMatch(Leased::triedBefore)) {
            retrying.add(step);
        } else if (!leased.isEmpty()) {
            retrying.remove(step);
        }
        if (ofNew > 0) {
            leased.addAll(lease(NEW_FIRST, step, ofNew, seconds));
            leased.addAll(lease(OLDEST_FIRST, step, full ? limit - leased.size() : 0, seconds));
        }
        return leased;
    }

    private List<Leased> lease(String sql, Step step, int limit, double seconds) {
        return limit <= 0
                ? new ArrayList<>()
                : jdbc.query(
                        sql,
                        (row, number) -> new Leased(
                                row.getLong("id"),
                                row.getLong("lease_token"),
                                row.getInt("attempts"),
                                row.getInt("away"),
                                Rows.reason(row.getString("reason")),
                                row.getObject("loop_uuid", UUID.class),
                                row.getObject("submission_id", Long.class),
                                Rows.instant(row, "due_at")),
                        owner,
                        seconds,
                        step.name(),
                        limit);
    }

    private static Long submissionOf(Step step, Leased leased, Loop loop) {
        boolean answers = step == Step.DELIVER || step == Step.VALUE;
        return answers && loop != null ? loop.submission() : leased.submission();
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
                                "select " + Rows.SUBMISSION + ", " + Rows.BODY
                                        + " from submission s join message m on m.id = s.message_id where s.id in (:ids)",
                                Map.of("ids", ids),
                                Rows.submissionWithBody(seal))
                        .stream()
                        .collect(Collectors.toMap(Submission::id, Function.identity()));
    }

    /** Gives back what this instance holds. */
    void release() {
        jdbc.update(
                "update work set lease_owner = null, lease_until = null, attempts = greatest(attempts - 1, 0)"
                        + " where id = any(array(select id from work where lease_owner = ? and lease_until > now()"
                        + " for update skip locked))",
                owner);
    }
}
