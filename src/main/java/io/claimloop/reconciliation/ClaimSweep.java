package io.claimloop.reconciliation;

import io.claimloop.ledger.Loops;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerGate;
import io.claimloop.settings.ClaimLoopProperties;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Lists the whole window of claims in openIMIS, page by page. Most claims are never pushed: 24.04 cannot subscribe to claims,
 * claims typed in the web UI never fire, and nothing says that feedback was selected, a claim edited, or submitted later. It
 * takes only what the budget leaves over; what is new is found sooner by {@link ClaimHead}.
 */
@Component("claimSweep")
public class ClaimSweep {
    private static final Logger log = LoggerFactory.getLogger(ClaimSweep.class);
    private static final String SWEPT = "openimis-claims-swept";
    private static final int BEGIN_ANEW = 3;

    private final Loops loops;
    private final Comparison comparison;
    private final PartnerGate openimis;
    private final SweepWindow window;
    private final Pace pace;

    /** How far it has come. A sweep that stops early goes on where it was. */
    private ClaimList list;

    private int found;
    private List<Integer> bad = List.of();
    private volatile Instant lastWhole;

    public ClaimSweep(
            Loops loops,
            Comparison comparison,
            PartnerGate openimis,
            SweepWindow window,
            ClaimLoopProperties properties,
            MeterRegistry meters) {
        this.loops = loops;
        this.comparison = comparison;
        this.openimis = openimis;
        this.window = window;
        this.pace = new Pace("the sweep of claims", properties.reconciliation().every());
        this.list = begin();
        this.lastWhole = loops.watermark(SWEPT).flatMap(ClaimSweep::instant).orElse(null);
        Gauge.builder("claimloop.reconciliation.age", this, sweep -> sweep.lastWhole()
                        .map(then ->
                                (double) Duration.between(then, Instant.now()).toSeconds())
                        .orElse(Double.NaN))
                .baseUnit("seconds")
                .description("since the last whole sweep of claims")
                .register(meters);
    }

    private ClaimList begin() {
        found = 0;
        return new ClaimList(window.all(), "id");
    }

    /** When the whole window was last listed to its end; empty before the first time. */
    public Optional<Instant> lastWhole() {
        try {
            // the leader writes it down; another one asks the ledger
            Optional<Instant> told = loops.watermark(SWEPT).flatMap(ClaimSweep::instant);
            return told.isPresent() ? told : Optional.ofNullable(lastWhole);
        } catch (DataAccessException e) {
            return Optional.ofNullable(lastWhole);
        }
    }

    public boolean due() {
        return pace.due();
    }

    /** Whether there is a page to read, and openIMIS has calls to spare. */
    public boolean goesOn() {
        return !list.done() && openimis.spare();
    }

    public String query() {
        return list.query();
    }

    public void take(PartnerAnswer answer) {
        found += comparison.take(list.take(answer)).found();
    }

    /** Ends a finished sweep, and says what only it found. */
    public void end() {
        if (!list.done()) {
            pace.interrupted();
            return;
        }
        if (found > 0) {
            log.info(
                    "reconciliation read {} claims and found {} that openIMIS never told us about", list.read(), found);
        }
        if (!list.bad().isEmpty() && !list.bad().equals(bad)) {
            log.warn(
                    "openIMIS cannot show {} of {} claims to us, by place in the list (oldest first): {}. They are left out;"
                            + " see openIMIS's log for the cause.",
                    list.bad().size(),
                    list.read(),
                    list.bad().subList(0, Math.min(10, list.bad().size())));
        }
        bad = list.bad();
        lastWhole = Instant.now();
        loops.watermark(SWEPT, lastWhole.toString());
        list = begin();
        pace.finished();
    }

    /** A sweep that fails goes on where it was; after some failures it begins anew. */
    public void failed(Exception why) {
        if (pace.failed(list.read(), why) % BEGIN_ANEW == 0) {
            list = begin();
        }
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
