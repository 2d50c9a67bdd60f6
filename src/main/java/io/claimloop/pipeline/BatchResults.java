package io.claimloop.pipeline;

import io.claimloop.cht.Dispatch;
import io.claimloop.cht.DispatchBatch;
import io.claimloop.ledger.Completion;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.openimis.Mutation;
import io.claimloop.rules.Wanted;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What a step made of a batch: outcomes, orders to openIMIS that are still to be sent, so that one request carries all of
 * them, claims that go into CHT together, and claims of which some are chosen together. Lives for one run of a worker's route.
 */
public final class BatchResults {
    /** A mutation on behalf of leased work. */
    record Order(Due due, Mutation mutation) {}

    /** Enough for one or two bad orders in a hundred. */
    private static final int MOST_HALVINGS = 14;

    private final List<Completion> completions = new ArrayList<>();
    /** Each list is one request. */
    private final Deque<List<Order>> requests = new ArrayDeque<>();

    private final DispatchBatch dispatches = new DispatchBatch();
    private final List<Wanted> wanted = new ArrayList<>();

    private int halvings;
    private boolean understood;

    void done(Due due, Outcome outcome) {
        completions.add(new Completion(due, outcome));
    }

    void order(Due due, Mutation mutation) {
        if (requests.isEmpty()) {
            requests.add(new ArrayList<>());
        }
        requests.peek().add(new Order(due, mutation));
    }

    void dispatch(Dispatch dispatch) {
        dispatches.add(dispatch);
    }

    void wanted(Wanted claim) {
        wanted.add(claim);
    }

    /** The claims that are wanted and not decided, the oldest first. */
    public List<Wanted> wanted() {
        return wanted.stream().filter(claim -> claim.outcome() == null).toList();
    }

    /** The claims that go into CHT together. */
    public DispatchBatch dispatches() {
        return dispatches;
    }

    /** Whether orders are still to be sent. */
    public boolean hasOrders() {
        return !requests.isEmpty();
    }

    /** The orders of the next request, at most so many. */
    List<Order> next(int most) {
        if (requests.peek().size() > most) {
            List<Order> all = requests.poll();
            requests.push(all.subList(most, all.size()));
            requests.push(all.subList(0, most));
        }
        return requests.peek();
    }

    /**
     * openIMIS refused the next request as a whole, and did nothing of it: each half is tried by itself. False when that
     * was done so often that it cannot be a single order.
     */
    boolean halve() {
        if (requests.peek().size() < 2 || halvings++ >= MOST_HALVINGS) {
            return false;
        }
        List<Order> whole = requests.poll();
        int half = whole.size() / 2;
        requests.push(whole.subList(half, whole.size()));
        requests.push(whole.subList(0, half));
        return true;
    }

    /** The next request is over. */
    List<Order> poll() {
        return requests.poll();
    }

    /** openIMIS could read at least one of the requests. */
    void understood() {
        understood = true;
    }

    boolean wereUnderstood() {
        return understood;
    }

    /** All that have an outcome. */
    List<Completion> completions() {
        List<Completion> all = new ArrayList<>(completions);
        dispatches.all().stream()
                .filter(dispatch -> dispatch.outcome() != null)
                .forEach(dispatch -> all.add(new Completion(dispatch.due(), dispatch.outcome())));
        wanted.stream()
                .filter(claim -> claim.outcome() != null)
                .forEach(claim -> all.add(new Completion(claim.due(), claim.outcome())));
        return all;
    }
}
