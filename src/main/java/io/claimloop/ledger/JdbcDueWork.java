package io.claimloop.ledger;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** Each method is one transaction. */
class JdbcDueWork implements DueWork {
    private final Leasing leasing;
    private final Completing completing;

    JdbcDueWork(JdbcTemplate jdbc, Moves moves, Seal seal, Backoff backoff, int maxAttempts, String owner) {
        this.leasing = new Leasing(jdbc, seal, owner);
        this.completing = new Completing(
                new LeasedWork(jdbc), moves, new SubmissionFates(jdbc, seal), new Decisions(backoff, maxAttempts));
    }

    @Override
    @Transactional
    public List<Due> lease(Step step, int limit, Duration lease) {
        return leasing.lease(step, limit, lease);
    }

    @Override
    @Transactional
    public Set<Step> complete(Collection<Completion> completions) {
        return completing.complete(completions);
    }

    @Override
    @Transactional
    public void release() {
        leasing.release();
    }
}
