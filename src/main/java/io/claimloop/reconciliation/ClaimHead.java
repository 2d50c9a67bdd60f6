package io.claimloop.reconciliation;

import io.claimloop.ledger.Loops;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerGate;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.ClaimLoopProperties.Policy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Lists the newest claims first, up to where it was the last time: so that a claim nobody told us about is found within
 * minutes, also where the whole window has a million. With the policy {@code selected} it lists what waits for feedback,
 * however old, for selecting a claim does not make it new.
 */
@Component("claimHead")
public class ClaimHead {
    private static final Logger log = LoggerFactory.getLogger(ClaimSweep.class);
    private static final String REACHED = "openimis-claims-head";
    /** So many pages go before other work; the rest takes what is left over. */
    private static final int BEFORE_OTHERS = 10;

    private static final int OTHER_WAY = 3;

    private final Loops loops;
    private final Comparison comparison;
    private final PartnerGate openimis;
    private final SweepWindow window;
    private final boolean selectedOnly;
    private final Pace pace;

    private ClaimList list;
    private long reachedBefore;
    private long newest;
    private long left;
    private int pages;
    private int found;
    private boolean settled;
    private boolean otherWay;

    public ClaimHead(
            Loops loops,
            Comparison comparison,
            PartnerGate openimis,
            SweepWindow window,
            ClaimLoopProperties properties) {
        this.loops = loops;
        this.comparison = comparison;
        this.openimis = openimis;
        this.window = window;
        this.selectedOnly = properties.selection().policy() == Policy.SELECTED;
        this.pace = new Pace(
                "the look at the newest claims", properties.reconciliation().every());
    }

    public boolean due() {
        return pace.due();
    }

    /** Begins a new look, or goes on with one that stopped early. */
    public void begin() {
        if (list != null) {
            return;
        }
        list = new ClaimList(selectedOnly ? window.waitingForFeedback() : window.all(), "-id");
        reachedBefore = loops.watermark(REACHED).map(Long::parseLong).orElse(-1L);
        newest = -1;
        left = Long.MAX_VALUE;
        pages = 0;
        found = 0;
        settled = false;
    }

    public boolean goesOn() {
        return !list.done() && !settled && (pages < BEFORE_OTHERS ? openimis.permits() > 0 : openimis.spare());
    }

    public String query() {
        return list.query();
    }

    public void take(PartnerAnswer answer) {
        List<ClaimRow> rows = list.take(answer);
        Comparison.Result result = comparison.take(rows);
        pages++;
        found += result.found();
        left = Math.min(left, result.left());
        for (ClaimRow row : rows) {
            newest = Math.max(newest, row.number());
        }
        settled = !selectedOnly && !rows.isEmpty() && settledBy(rows, result);
    }

    /** Behind what was reached the last time nothing is new; the first time, the first page without news ends it. */
    private boolean settledBy(List<ClaimRow> rows, Comparison.Result result) {
        return reachedBefore >= 0 && newest >= 0
                ? rows.stream().anyMatch(row -> row.number() <= reachedBefore)
                : result.taken() == 0 && result.left() == Long.MAX_VALUE;
    }

    public void end() {
        if (!list.done() && !settled) {
            pace.interrupted();
            return;
        }
        // what was left to its notice is looked at again
        long reached = Math.min(newest, left - 1);
        if (!selectedOnly && reached > reachedBefore) {
            loops.watermark(REACHED, String.valueOf(reached));
        }
        if (found > 0) {
            log.info("reconciliation found {} new claims that openIMIS never told us about", found);
        }
        list = null;
        pace.finished();
    }

    /** It goes on where it was; after some failures it begins anew. */
    public void failed(Exception why) {
        int times = pace.failed(list == null ? 0 : list.read(), why);
        if (times < OTHER_WAY) {
            return;
        }
        list = null;
        // where openIMIS is away or busy, it is so for the other way, too
        otherWay = selectedOnly
                && why instanceof PartnerException partner
                && (partner.kind() == PartnerException.Kind.UNEXPECTED
                        || partner.kind() == PartnerException.Kind.NO_ACCESS);
    }

    /** Whether the list of GraphQL fails again and again, and FHIR's feedback requests are to be read instead, once. */
    public boolean takesOtherWay() {
        boolean now = otherWay;
        otherWay = false;
        return now;
    }
}
