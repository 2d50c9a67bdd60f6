package io.claimloop.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

class JdbcLoops implements Loops {
    private final JdbcTemplate jdbc;
    private final LoopOrders orders;
    private final Proofs proofs;
    private final Seal seal;

    JdbcLoops(JdbcTemplate jdbc, Moves moves, Proofs proofs, Seal seal) {
        this.seal = seal;
        this.jdbc = jdbc;
        this.orders = new LoopOrders(jdbc, moves);
        this.proofs = proofs;
    }

    @Override
    public Optional<Loop> find(UUID uuid) {
        return jdbc.query("select " + Rows.LOOP + " from loop where uuid = ?", Rows::loop, uuid).stream()
                .findFirst();
    }

    @Override
    public List<Loop> find(Collection<UUID> uuids) {
        return uuids.isEmpty()
                ? List.of()
                : new NamedParameterJdbcTemplate(jdbc)
                        .query(
                                "select " + Rows.LOOP + " from loop where uuid in (:uuids)",
                                Map.of("uuids", uuids),
                                Rows::loop);
    }

    @Override
    public Instant firstStart() {
        return jdbc.queryForObject(
                "select created_at from installation", (row, number) -> Rows.instant(row, "created_at"));
    }

    @Override
    public List<Loop> find(String code, State state, int limit) {
        return jdbc.query(
                "select " + Rows.LOOP
                        + " from loop where (?::text is null or code = ?) and (?::text is null or state = ?)"
                        + " order by created_at desc, uuid limit ?",
                Rows::loop,
                code,
                code,
                Moves.name(state),
                Moves.name(state),
                limit);
    }

    @Override
    public List<Loop> waiting(Step step, int limit) {
        return jdbc.query(
                "select " + Rows.LOOP + " from loop join (select loop_uuid, min(id) as since from work where step = ?"
                        + " and reason is not null group by loop_uuid) w on w.loop_uuid = uuid order by since limit ?",
                Rows::loop,
                step.name(),
                limit);
    }

    @Override
    public List<Transition> history(UUID uuid) {
        return jdbc.query(
                "select * from history where loop_uuid = ? order by seq",
                (row, number) -> new Transition(
                        row.getInt("seq"),
                        Rows.instant(row, "at"),
                        Rows.state(row.getString("from_state")),
                        Rows.state(row.getString("to_state")),
                        row.getString("cause"),
                        row.getString("detail"),
                        row.getObject("attempts", Integer.class),
                        row.getString("proof")),
                uuid);
    }

    @Override
    public List<Pending> pending(UUID uuid) {
        return jdbc.query(
                "select step, due_at, attempts, reason from work where " + Rows.WORK_OF_LOOP + " order by due_at, id",
                (row, number) -> new Pending(
                        Step.valueOf(row.getString("step")),
                        Rows.instant(row, "due_at"),
                        row.getInt("attempts"),
                        Rows.reason(row.getString("reason"))),
                uuid,
                uuid);
    }

    @Override
    public List<Finding> findings(UUID uuid) {
        return jdbc.query(
                "select code, rule, detail from finding where loop_uuid = ? order by rule",
                (row, number) -> new Finding(
                        row.getObject("code", Integer.class), row.getString("rule"), row.getString("detail")),
                uuid);
    }

    @Override
    public List<Submission> submissions(UUID uuid) {
        return jdbc.query(
                "select " + Rows.SUBMISSION + " from submission s where loop_uuid = ? order by id",
                Rows.submission(seal),
                uuid);
    }

    @Override
    public List<Submission> submissions(SubmissionState state, int limit) {
        return jdbc.query(
                "select " + Rows.SUBMISSION + " from submission s where (?::text is null or state = ?)"
                        + " order by id desc limit ?",
                Rows.submission(seal),
                Moves.name(state),
                Moves.name(state),
                limit);
    }

    @Override
    public Optional<Instant> erasedAt(UUID uuid) {
        return jdbc
                .query(
                        "select erased_at from loop where uuid = ? and erased_at is not null",
                        (row, number) -> Rows.instant(row, "erased_at"),
                        uuid)
                .stream()
                .findFirst();
    }

    @Override
    public Optional<Submission> submission(long id) {
        return jdbc
                .query("select " + Rows.SUBMISSION + " from submission s where id = ?", Rows.submission(seal), id)
                .stream()
                .findFirst();
    }

    @Override
    @Transactional
    public Map<UUID, Loop> reserveVisits(Map<UUID, String> visits) {
        Map<UUID, UUID> others = Visits.reserve(jdbc, visits);
        Map<UUID, Loop> asking =
                find(Set.copyOf(others.values())).stream().collect(Collectors.toMap(Loop::uuid, Function.identity()));
        return others.keySet().stream()
                .collect(Collectors.toMap(Function.identity(), loop -> asking.get(others.get(loop))));
    }

    @Override
    @Transactional
    public boolean retry(UUID uuid, String cause, Duration wait) {
        return orders.retry(uuid, cause, wait);
    }

    @Override
    @Transactional
    public boolean withdraw(UUID uuid, String by) {
        return orders.withdraw(uuid, by);
    }

    @Override
    public Map<State, Long> count() {
        Map<State, Long> counts = new EnumMap<>(State.class);
        jdbc.query("select state, count(*) as loops from loop group by state", row -> {
            counts.put(State.valueOf(row.getString("state")), row.getLong("loops"));
        });
        return counts;
    }

    @Override
    public Map<Step, Long> backlog() {
        Map<Step, Long> counts = new EnumMap<>(Step.class);
        jdbc.query("select step, count(*) as works from work where due_at <= now() group by step", row -> {
            counts.put(Step.valueOf(row.getString("step")), row.getLong("works"));
        });
        return counts;
    }

    @Override
    public Set<UUID> told(Collection<ClaimNotice> notices) {
        return notices.isEmpty()
                ? Set.of()
                : Set.copyOf(new NamedParameterJdbcTemplate(jdbc)
                        .query(
                                "select subject from message where kind = 'NOTICE' and (subject, content_hash) in (:told)",
                                Map.of(
                                        "told",
                                        notices.stream()
                                                .map(n -> new Object[] {n.uuid().toString(), proofs.content(n.body())})
                                                .toList()),
                                (row, number) -> UUID.fromString(row.getString("subject"))));
    }

    @Override
    public Map<String, List<byte[]>> contents(Collection<String> reportIds) {
        Map<String, List<byte[]>> contents = new HashMap<>();
        if (!reportIds.isEmpty()) {
            new NamedParameterJdbcTemplate(jdbc)
                    .query(
                            "select s.report_id, s.loop_uuid, " + Rows.BODY
                                    + " from submission s join message m on m.id = s.message_id"
                                    + " where s.report_id in (:ids) order by s.id",
                            Map.of("ids", reportIds),
                            row -> {
                                contents.computeIfAbsent(row.getString("report_id"), id -> new ArrayList<>())
                                        .add(Rows.body(row, seal));
                            });
        }
        return contents;
    }

    @Override
    public Optional<String> watermark(String feed) {
        return jdbc.queryForList("select value from watermark where name = ?", String.class, feed).stream()
                .findFirst();
    }

    @Override
    public void watermark(String feed, String value) {
        jdbc.update(
                "insert into watermark (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
                feed,
                value);
    }

    @Override
    public String keyed(String text) {
        return proofs.keyed(text);
    }
}
