package io.claimloop.reconciliation;

import io.claimloop.ledger.ClaimNotice;
import io.claimloop.ledger.Inbox;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.WakeUp;
import io.claimloop.openimis.Claim;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.ClaimLoopProperties.Policy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Compares rows of openIMIS with the ledger and takes up what the ledger does not know, or knows otherwise. What is missing
 * from a list is no news: an empty or partial answer never ends a loop.
 */
@Component
public class Comparison {
    private final Loops loops;
    private final Inbox inbox;
    private final WakeUp wakeUp;
    private final Policy policy;
    private final ZoneId zone;
    private final Duration grace;
    private final Counter gap;

    public Comparison(Loops loops, Inbox inbox, WakeUp wakeUp, ClaimLoopProperties properties, MeterRegistry meters) {
        this.loops = loops;
        this.inbox = inbox;
        this.wakeUp = wakeUp;
        this.policy = properties.selection().policy();
        this.zone = properties.openimis().zone();
        this.grace = properties.reconciliation().grace();
        this.gap = Counter.builder("claimloop.reconciliation.gap")
                .description("claims that only the sweep found")
                .register(meters);
    }

    /**
     * @param found claims that nobody told us about
     * @param taken how many rows were news, those included
     * @param left number of the oldest claim that was left to its notice; {@link Long#MAX_VALUE} when none was
     */
    record Result(int found, int taken, long left) {}

    /** One at a time: two lists that show the same claim would both count it as found. */
    synchronized Result take(List<ClaimRow> rows) {
        Map<UUID, ClaimRow> page = new LinkedHashMap<>();
        rows.forEach(row -> page.put(row.uuid(), row));
        Map<UUID, Loop> known =
                loops.find(page.keySet()).stream().collect(Collectors.toMap(Loop::uuid, Function.identity()));
        List<ClaimNotice> news = new ArrayList<>();
        List<ClaimNotice> once = new ArrayList<>();
        int found = 0;
        long left = Long.MAX_VALUE;
        for (ClaimRow row : page.values()) {
            Loop loop = known.get(row.uuid());
            if (loop != null) {
                switch (ClaimChanges.changed(loop, row)) {
                    case YES -> news.add(row.notice());
                    case ONCE -> once.add(row.notice());
                    case NO -> {}
                }
            } else if (justMade(row)) {
                left = Math.min(left, row.number());
            } else if (policy != Policy.SELECTED || row.feedbackStatus() == Claim.FEEDBACK_SELECTED) {
                found++;
                news.add(row.notice());
            }
        }
        if (!once.isEmpty()) {
            Set<UUID> told = loops.told(once);
            once.removeIf(notice -> told.contains(notice.uuid()));
            news.addAll(once);
        }
        if (!news.isEmpty()) {
            inbox.record(news);
            gap.increment(found);
            wakeUp.wake(EnumSet.of(Step.CHECK, Step.DISPATCH, Step.WATCH, Step.VALUE));
        }
        return new Result(found, news.size(), left);
    }

    /** Its notice may be on the way; openIMIS's times are naive local. */
    private boolean justMade(ClaimRow row) {
        return row.made() != null && row.made().isAfter(LocalDateTime.now(zone).minus(grace));
    }
}
