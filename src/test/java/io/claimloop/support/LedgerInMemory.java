package io.claimloop.support;

import io.claimloop.ledger.ClaimNotice;
import io.claimloop.ledger.Completion;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.DueWork;
import io.claimloop.ledger.Inbox;
import io.claimloop.ledger.ReceivedSubmission;
import io.claimloop.ledger.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** What routes need of the ledger, to look at them alone. The ledger itself is tested on real PostgreSQL. */
public final class LedgerInMemory implements DueWork, Inbox {
    public final List<ClaimNotice> notices = new CopyOnWriteArrayList<>();
    public final List<ReceivedSubmission> submissions = new CopyOnWriteArrayList<>();
    public final List<Completion> completions = new CopyOnWriteArrayList<>();
    public final List<Integer> limits = new CopyOnWriteArrayList<>();
    public final AtomicBoolean failing = new AtomicBoolean();
    private final Map<Step, List<Due>> due = new ConcurrentHashMap<>();

    public void clear() {
        notices.clear();
        submissions.clear();
        completions.clear();
        limits.clear();
        failing.set(false);
        due.clear();
    }

    public void makeDue(Step step, List<Due> batch) {
        due.put(step, batch);
    }

    @Override
    public List<Due> lease(Step step, int limit, Duration lease) {
        limits.add(limit);
        List<Due> batch = due.remove(step);
        return batch == null ? List.of() : batch;
    }

    @Override
    public Set<Step> complete(Collection<Completion> done) {
        completions.addAll(done);
        return EnumSet.noneOf(Step.class);
    }

    @Override
    public void release() {
        due.clear();
    }

    @Override
    public void record(List<ClaimNotice> told) {
        fail();
        notices.addAll(new ArrayList<>(told));
    }

    @Override
    public void receive(List<ReceivedSubmission> received) {
        fail();
        submissions.addAll(new ArrayList<>(received));
    }

    private void fail() {
        if (failing.get()) {
            throw new org.springframework.dao.DataAccessResourceFailureException("the disk is away");
        }
    }
}
