package io.claimloop.ledger;

import com.zaxxer.hikari.HikariDataSource;
import io.claimloop.support.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionInterceptor;
import org.springframework.transaction.support.TransactionTemplate;

/** The ledger of one test class: the real tables, and transactions where the application has them. */
final class Ledger implements AutoCloseable {
    static final Duration LEASE = Duration.ofMinutes(1);
    static final Duration LOOK_AGAIN = Duration.ofSeconds(30);
    static final Duration WATCH = Duration.ofHours(6);
    static final int MAX_ATTEMPTS = 3;
    static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(8), Duration.ofMinutes(1));

    final HikariDataSource pool = new HikariDataSource();
    final Counted asked;
    final JdbcTemplate jdbc;
    final TransactionTemplate transaction;
    final Proofs proofs;
    final Seal seal = new Seal(new byte[32], null);
    final Moves moves;
    final Inbox inbox;
    final Loops loops;
    final Places places;
    final DueWork dueWork;
    private final JdbcTransactionManager transactions;

    Ledger() {
        // nobody pulls the plug here; what is durable, EmbeddedDatabaseTest asks
        this(TestDatabase.url(), "set synchronous_commit = off");
    }

    /** @param first what each connection begins with; null for nothing */
    Ledger(String url, String first) {
        pool.setJdbcUrl(url);
        pool.setUsername("postgres");
        pool.setMaximumPoolSize(8);
        pool.setConnectionInitSql(first);
        asked = new Counted(pool);
        jdbc = new JdbcTemplate(asked);
        transactions = new JdbcTransactionManager(asked);
        transaction = new TransactionTemplate(transactions);
        proofs = new Proofs(jdbc.queryForObject("select proof_key from installation", byte[].class));
        moves = new Moves(jdbc, proofs, new NextWork(jdbc, LEASE, LOOK_AGAIN, WATCH, WATCH));
        inbox = transactional(new JdbcInbox(jdbc, proofs, seal));
        loops = transactional(new JdbcLoops(jdbc, moves, proofs, seal));
        places = transactional(new JdbcPlaces(jdbc));
        dueWork = instance("this instance");
    }

    /** Due work as another instance sees it. */
    DueWork instance(String owner) {
        return transactional(new JdbcDueWork(jdbc, moves, seal, BACKOFF, MAX_ATTEMPTS, owner));
    }

    /** Places as another instance sees them. */
    Places otherPlaces() {
        return transactional(new JdbcPlaces(jdbc));
    }

    @SuppressWarnings("unchecked")
    private <I, T extends I> I transactional(T target) {
        ProxyFactory proxy = new ProxyFactory(target);
        proxy.addAdvice(new TransactionInterceptor(
                (TransactionManager) transactions, new AnnotationTransactionAttributeSource(false)));
        return (I) proxy.getProxy();
    }

    void nothingDue() {
        jdbc.update("delete from work");
        jdbc.update("delete from visit");
    }

    void empty() {
        jdbc.execute("truncate loop, history, message, submission, work, visit, finding, place");
    }

    static ClaimNotice notice(UUID claim) {
        return notice(claim, "notice of " + claim);
    }

    static ClaimNotice notice(UUID claim, String body) {
        return new ClaimNotice(
                claim, claim.toString(), "CHT-" + claim.toString().substring(0, 4), bytes(body));
    }

    /** A new loop, just noticed. */
    UUID noticed() {
        UUID claim = UUID.randomUUID();
        inbox.record(List.of(notice(claim)));
        return claim;
    }

    /** A new loop that went all the way to this state along the declared arrows. */
    UUID at(State state) {
        UUID claim = noticed();
        way(state).forEach(next -> move(claim, Outcome.moved(next, "test").learned(facts(next))));
        return claim;
    }

    private static List<State> way(State to) {
        return switch (to) {
            case NOTICED -> List.of();
            case WAITING, NOT_SELECTED, SELECTED, WITHDRAWN, PARKED -> List.of(to);
            case NEEDS_IDENTITY, TASKED -> List.of(State.SELECTED, to);
            case EXPIRED, ANSWERED, NOT_REACHED -> List.of(State.SELECTED, State.TASKED, to);
            case DELIVERED, REFUSED -> List.of(State.SELECTED, State.TASKED, State.ANSWERED, to);
            case IN_REVIEW, VALUED -> List.of(State.SELECTED, State.TASKED, State.ANSWERED, State.DELIVERED, to);
        };
    }

    private static Facts facts(State state) {
        return state == State.TASKED
                ? Facts.ofTask(null, "patient", "chw", UUID.randomUUID(), "1-a", Duration.ofDays(28), null)
                : Facts.NONE;
    }

    Loop loop(UUID claim) {
        return loops.find(claim).orElseThrow();
    }

    void move(UUID claim, Outcome outcome) {
        transaction.executeWithoutResult(status -> {
            if (moves.move(loop(claim), outcome, 1, -1) == null) {
                throw new IllegalStateException("somebody else moved it");
            }
        });
    }

    void submission(String reportId, UUID claim, String body) {
        inbox.receive(List.of(new ReceivedSubmission(reportId, claim, bytes(body))));
    }

    List<Due> lease(Step step) {
        return dueWork.lease(step, 100, LEASE);
    }

    Due leaseOne(Step step) {
        List<Due> leased = lease(step);
        if (leased.size() != 1) {
            throw new AssertionError("expected one work of " + step + ", leased " + leased.size());
        }
        return leased.get(0);
    }

    void complete(Due due, Outcome outcome) {
        dueWork.complete(List.of(new Completion(due, outcome)));
    }

    /** Time passes: every lease is over. */
    void leasesRunOut() {
        jdbc.update("update work set lease_until = now() - interval '1 second' where lease_until is not null");
    }

    /** Time passes: whatever waits is due. */
    void pausesPass() {
        jdbc.update("update work set due_at = now() where due_at > now()");
    }

    Map<String, Object> work(UUID claim, Step step) {
        return jdbc.queryForMap(
                "select *, extract(epoch from due_at - now())::float8 as due_in from work"
                        + " where loop_uuid = ? and step = ?",
                claim,
                step.name());
    }

    List<Step> steps(UUID claim) {
        return loops.pending(claim).stream().map(Loops.Pending::step).toList();
    }

    long count(String table) {
        return jdbc.queryForObject("select count(*) from " + table, Long.class);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        pool.close();
    }
}
