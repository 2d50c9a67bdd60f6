package io.claimloop.cht;

import io.claimloop.ledger.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** The claims of a batch that go into CHT together, each with an outcome of its own. */
public final class DispatchBatch {
    private final List<Dispatch> all = new ArrayList<>();
    private Outcome writesEnd;

    public void add(Dispatch dispatch) {
        all.add(dispatch);
    }

    public List<Dispatch> all() {
        return all;
    }

    /** Those without an outcome so far. */
    public List<Dispatch> open() {
        return all.stream().filter(dispatch -> dispatch.outcome() == null).toList();
    }

    public boolean goesOn() {
        return all.stream().anyMatch(dispatch -> dispatch.outcome() == null);
    }

    /** Whatever goes on ends like this. */
    public void end(Outcome outcome) {
        all.forEach(dispatch -> dispatch.end(outcome));
    }

    /** Once a write has failed the next ones are not tried. */
    void endWrites(Outcome outcome) {
        writesEnd = outcome;
    }

    Outcome writesEnd() {
        return writesEnd;
    }

    /** What is to be asked for those that go on, each once. */
    List<String> each(Function<Dispatch, Collection<String>> ids) {
        return open().stream()
                .flatMap(dispatch -> ids.apply(dispatch).stream())
                .distinct()
                .toList();
    }
}
