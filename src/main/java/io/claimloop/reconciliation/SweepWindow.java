package io.claimloop.reconciliation;

import io.claimloop.ledger.Loops;
import io.claimloop.openimis.Claim;
import io.claimloop.settings.ClaimLoopProperties;
import java.time.LocalDate;
import java.time.ZoneId;
import org.springframework.stereotype.Component;

/** Which claims are listed: never those before {@code claimloop.selection.from}, which are never taken up. */
@Component
public class SweepWindow {
    private final ZoneId zone;
    private final LocalDate from;
    private final int days;

    public SweepWindow(Loops loops, ClaimLoopProperties properties) {
        this.zone = properties.openimis().zone();
        this.days = properties.reconciliation().window();
        LocalDate configured = properties.selection().from();
        this.from = configured != null ? configured : LocalDate.ofInstant(loops.firstStart(), zone);
    }

    /** All claims made within the window. A status change moves no date: so all of them are listed each time. */
    String all() {
        LocalDate since = LocalDate.now(zone).minusDays(days);
        return "dateClaimed_Gte: \"" + (from.isAfter(since) ? from : since) + "\"";
    }

    /** All that wait for feedback, however old: whatever their status, for openIMIS selects rejected ones, too (950). */
    String waitingForFeedback() {
        return "feedbackStatus: " + Claim.FEEDBACK_SELECTED + ", dateClaimed_Gte: \"" + from + "\"";
    }
}
