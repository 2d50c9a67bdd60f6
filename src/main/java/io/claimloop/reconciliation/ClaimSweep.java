package io.claimloop.reconciliation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.intake.ClaimUuids;
import io.claimloop.ledger.ClaimNotice;
import io.claimloop.ledger.Inbox;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.WakeUp;
import io.claimloop.openimis.Claim;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerGate;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.ClaimLoopProperties.Policy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Lists claims in openIMIS, page by page, and takes up those that the ledger does not know or knows otherwise. Most claims
 * are never pushed: 24.04 cannot subscribe to claims, claims typed in the web UI never fire, and nothing says that feedback
 * was selected or a claim submitted later. A status change moves no date: so the whole window is listed each time. What is
 * missing from a list never ends a loop.
 */
@Component("claimSweep")
public class ClaimSweep {
    private static final Logger log = LoggerFactory.getLogger(ClaimSweep.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** openIMIS refuses more. */
    private static final int PAGE = 100;

    private static final int BEGIN_ANEW = 3;

    private final Loops loops;
    private final Inbox inbox;
    private final WakeUp wakeUp;
    private final PartnerGate openimis;
    private final Policy policy;
    private final int window;
    private final ZoneId zone;
    private final Duration grace;
    private final Counter gap;

    private final LocalDate from;
    private final Duration every;
    private Sweep current = new Sweep();
    private Instant next = Instant.EPOCH;
    private int failures;

    /** How far a sweep has come. One that stops early goes on where it was. */
    private static final class Sweep {
        private String after;
        private int read;
        private int found;
        private boolean done;
    }

    public ClaimSweep(
            Loops loops,
            Inbox inbox,
            WakeUp wakeUp,
            PartnerGate openimis,
            ClaimLoopProperties properties,
            MeterRegistry meters) {
        this.loops = loops;
        this.inbox = inbox;
        this.wakeUp = wakeUp;
        this.openimis = openimis;
        this.policy = properties.selection().policy();
        this.window = properties.reconciliation().window();
        this.zone = properties.openimis().zone();
        this.grace = properties.reconciliation().grace();
        this.every = properties.reconciliation().every();
        LocalDate configured = properties.selection().from();
        this.from = configured != null ? configured : LocalDate.ofInstant(loops.firstStart(), zone);
        this.gap = Counter.builder("claimloop.reconciliation.gap")
                .description("claims that only the sweep found")
                .register(meters);
    }

    /** Whether there is a page to read, and openIMIS has calls to spare. */
    public boolean goesOn() {
        if (current.done) {
            return false;
        }
        boolean spare = openimis.spare();
        if (!spare) {
            next = Instant.now();
        }
        return spare;
    }

    /** The next page: what waits for feedback, or what was claimed within the window, as the policy wants it. */
    public String query() {
        LocalDate since = LocalDate.now(zone).minusDays(window);
        String filter = policy == Policy.SELECTED
                ? "feedbackStatus: " + Claim.FEEDBACK_SELECTED + ", dateClaimed_Gte: \"" + from + "\""
                : "dateClaimed_Gte: \"" + (from.isAfter(since) ? from : since) + "\"";
        String after =
                current.after == null ? "" : ", after: " + JSON.getNodeFactory().textNode(current.after);
        return JSON.createObjectNode()
                .put(
                        "query",
                        "{ claims(" + filter + ", first: " + PAGE + after + ", orderBy: [\"id\"]) {"
                                + " pageInfo { hasNextPage endCursor }"
                                + " edges { node { uuid code status feedbackStatus validityFrom } } } }")
                .toString();
    }

    /** Compares a page with the ledger. */
    public void take(PartnerAnswer answer) {
        JsonNode claims = answer.json().path("data").path("claims");
        if (!claims.isObject()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no list of claims");
        }
        Map<UUID, JsonNode> page = new LinkedHashMap<>();
        for (JsonNode edge : claims.path("edges")) {
            // a row that openIMIS cannot show is null, and harms no other
            ClaimUuids.canonical(edge.path("node").path("uuid").asText(""))
                    .ifPresent(uuid -> page.put(uuid, edge.path("node")));
        }
        Map<UUID, Loop> known =
                loops.find(page.keySet()).stream().collect(Collectors.toMap(Loop::uuid, Function.identity()));
        List<ClaimNotice> news = new ArrayList<>();
        page.forEach((uuid, row) -> {
            Loop loop = known.get(uuid);
            if (loop == null && justMade(row)) {
                return;
            }
            if (loop == null) {
                gap.increment();
                current.found++;
            }
            if (loop == null || changed(loop, row)) {
                news.add(new ClaimNotice(
                        uuid,
                        row.path("uuid").asText(),
                        row.path("code").asText(null),
                        row.toString().getBytes(StandardCharsets.UTF_8)));
            }
        });
        if (!news.isEmpty()) {
            inbox.record(news);
            wakeUp.wake(EnumSet.of(Step.CHECK, Step.DISPATCH, Step.WATCH));
        }
        current.read += page.size();
        current.after = claims.path("pageInfo").path("endCursor").asText(null);
        current.done = !claims.path("pageInfo").path("hasNextPage").asBoolean(false) || current.after == null;
    }

    /** Its notice may be on the way; openIMIS's times are naive local. */
    private boolean justMade(JsonNode row) {
        try {
            return LocalDateTime.parse(row.path("validityFrom").asText())
                    .isAfter(LocalDateTime.now(zone).minus(grace));
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /** Only what may move the loop: each look costs a read. */
    private boolean changed(Loop loop, JsonNode row) {
        int status = row.path("status").asInt();
        int feedback = row.path("feedbackStatus").asInt();
        return switch (loop.state()) {
            case WAITING -> status != Claim.ENTERED && loop.reason() != Reason.WAITS_FOR_A_DAY;
            case NOT_SELECTED ->
                (loop.reason() == Reason.FEEDBACK_NOT_REQUESTED || loop.reason() == Reason.DAY_FULL)
                        && feedback == Claim.FEEDBACK_SELECTED;
            case TASKED, EXPIRED ->
                status == Claim.REJECTED || feedback == Claim.FEEDBACK_DELIVERED || feedback == Claim.FEEDBACK_BYPASSED;
            default -> false;
        };
    }

    /** Ends a finished sweep, and says what only it found. */
    public void end() {
        if (!current.done) {
            return;
        }
        if (current.found > 0) {
            log.info(
                    "reconciliation read {} claims and found {} that openIMIS never told us about",
                    current.read,
                    current.found);
        }
        current = new Sweep();
        failures = 0;
        next = Instant.now().plus(every);
    }

    /** Whether it is time for a sweep, or for going on with one that stopped; after a failure not before its pause. */
    public boolean due() {
        return !Instant.now().isBefore(next);
    }

    /** A sweep that fails goes on where it was; after some failures it begins anew. */
    public void failed(Exception why) {
        failures++;
        log.warn(
                "reconciliation stopped after {} claims ({}); it is tried again. Check the health of openIMIS and the"
                        + " account's rights if it stays so.",
                current.read,
                why instanceof PartnerException partner
                        ? partner.getMessage()
                        : why.getClass().getSimpleName());
        if (failures % BEGIN_ANEW == 0) {
            current = new Sweep();
        }
        next = Instant.now().plusSeconds(30L * failures);
    }
}
