package io.claimloop.openimis;

import io.claimloop.ledger.Due;
import java.util.List;

/**
 * How often one batch may still be halved. One bad claim in fifty is found by six halvings; where openIMIS fails on
 * everything, the search ends soon instead of asking about every single claim.
 */
public final class Halving {
    private static final int MOST = 20;

    private int left = MOST;

    /** Whether there is something to halve, and it may be. Counts. */
    boolean next(List<Due> batch) {
        return batch.size() > 1 && left-- > 0;
    }

    static List<List<Due>> halves(List<Due> batch) {
        int middle = batch.size() / 2;
        return List.of(batch.subList(0, middle), batch.subList(middle, batch.size()));
    }
}
