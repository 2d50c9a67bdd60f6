package io.claimloop.cht;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.Instances;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.partner.SharedLimit;
import io.claimloop.settings.ClaimLoopProperties;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * How many claim records CHT may be given now. Its sentinel works through about twelve documents a second, in one queue
 * that also carries the CHWs' answers (recording 701): so we write slower while that queue is long, and not at all while
 * it is very long. Reads are not in that queue and go on. Each instance looks for itself, and takes its part of the pace.
 */
@Component("sentinelBacklog")
public class SentinelBacklog {
    private static final Logger log = LoggerFactory.getLogger(SentinelBacklog.class);
    private static final Duration LOOK_LATER = Duration.ofSeconds(10);
    /** What was seen longer ago says nothing. */
    private static final int LOOKS_MISSED = 4;

    private final int writesPerSecond;
    private final int slow;
    private final int stop;
    private final Duration fresh;
    private final SharedLimit writes;
    private final Instances instances;
    private volatile int seen = -1;
    private volatile Instant seenAt = Instant.EPOCH;
    private volatile boolean stopped;

    public SentinelBacklog(ClaimLoopProperties properties, Instances instances, MeterRegistry meters) {
        ClaimLoopProperties.Cht settings = properties.cht();
        this.writesPerSecond = Math.max(1, settings.writesPerSecond());
        this.slow = settings.backlog().slow();
        this.stop = Math.max(settings.backlog().stop(), slow + 1);
        this.fresh = Duration.ofMillis(settings.backlog().look()).multipliedBy(LOOKS_MISSED);
        this.instances = instances;
        this.writes = SharedLimit.inASecond("claim-records", writesPerSecond, instances::live);
        Gauge.builder("claimloop.cht.sentinel.backlog", () -> backlog().orElse(-1))
                .description("documents that CHT's sentinel has not handled yet; -1 when not known")
                .register(meters);
        Gauge.builder("claimloop.cht.writes", this::perSecond)
                .description("claim records a second that CHT is given at most, by all instances together")
                .register(meters);
    }

    /** Public in CHT: no login is spent on it. */
    public PartnerRequest request() {
        return PartnerRequest.get("/api/v2/monitoring", null);
    }

    /** What CHT tells; where it does not tell, the fixed pace holds. */
    public void take(PartnerAnswer answer) {
        JsonNode told =
                answer.ok() && answer.jsonOrNull() != null ? answer.jsonOrNull().at("/sentinel/backlog") : null;
        // -1 is CHT's own "not known"
        seen = told != null && told.isInt() ? Math.max(-1, told.asInt()) : -1;
        seenAt = Instant.now();
        adapt();
    }

    /** There was no answer: health of CHT says so, and the fixed pace holds for what can be written at all. */
    public void unread() {
        adapt();
    }

    private void adapt() {
        int now = perSecond();
        writes.pace((double) now / writesPerSecond);
        boolean stops = now == 0;
        if (stops != stopped) {
            stopped = stops;
            if (stops) {
                log.warn(
                        "CHT's sentinel has {} documents to handle: no claim record is written until it has caught up. CHWs'"
                                + " reports wait in the same queue. Look at CHT's sentinel if it stays so.",
                        seen);
            } else {
                log.info("CHT's sentinel has caught up; claim records are written again.");
            }
        }
    }

    /** Documents that sentinel has not handled yet; empty when CHT does not tell. */
    public OptionalInt backlog() {
        boolean known = seen >= 0 && seenAt.plus(fresh).isAfter(Instant.now());
        return known ? OptionalInt.of(seen) : OptionalInt.empty();
    }

    /** Claim records a second, of all instances together: all up to {@code slow} documents, fewer the more there are, none from {@code stop} on. */
    public int perSecond() {
        int known = backlog().orElse(0);
        if (known <= slow) {
            return writesPerSecond;
        }
        return known >= stop
                ? 0
                : Math.max(1, (int) Math.round(writesPerSecond * (double) (stop - known) / (stop - slow)));
    }

    /** How many records can be written without a long wait. */
    public int permits() {
        return perSecond() == 0 ? 0 : writes.soon();
    }

    /** How many records one request may write: this instance's part of a second, so that many together are no burst either. */
    int mostTogether() {
        return Math.max(1, Math.min(perSecond(), writes.burst()));
    }

    /**
     * Lets a call pass when it writes nothing, or when it is its turn; without an attempt used otherwise. What counts is
     * documents, not requests: each is one for sentinel (100 by one {@code _bulk_docs} took it 8.4 s, recording 701).
     */
    public void permit(PartnerRequest request) {
        if (request.documents() == 0) {
            return;
        }
        if (perSecond() == 0) {
            throw PartnerException.busy("CHT", "has a backlog of its own", LOOK_LATER);
        }
        if (!writes.acquire(request.documents())) {
            throw PartnerException.busy("CHT", "has no write left in this period", Duration.ofSeconds(2));
        }
    }

    /** In words, for health. */
    public String condition() {
        String pace = perSecond() == 0 ? "no claim records" : "at most " + perSecond() + " claim records a second";
        pace += instances.live() > 1 ? " from " + instances.live() + " instances together" : "";
        OptionalInt known = backlog();
        return (known.isPresent() ? known.getAsInt() + " documents wait" : "not known") + ", " + pace;
    }
}
