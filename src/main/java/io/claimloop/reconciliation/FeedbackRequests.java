package io.claimloop.reconciliation;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.openimis.FhirList;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerGate;
import io.claimloop.partner.PartnerRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The other way to what waits for feedback, for when GraphQL's list fails: FHIR's list of CommunicationRequest (recordings
 * 608 to 615). It has no filter: the answered and the bypassed are on it, too, and only the active ones count. In 24.04 it
 * takes the right 111010 (119).
 */
@Component("feedbackRequests")
public class FeedbackRequests {
    private static final Logger log = LoggerFactory.getLogger(ClaimSweep.class);
    private static final String PATH = "/CommunicationRequest/";

    private final Comparison comparison;
    private final PartnerGate openimis;

    private FhirList list;
    private Narrowing at = new Narrowing();
    private int found;
    private boolean done;

    public FeedbackRequests(Comparison comparison, PartnerGate openimis) {
        this.comparison = comparison;
        this.openimis = openimis;
    }

    public void begin() {
        list = FhirList.of(PATH, Instant.now());
        at = at.anew();
        found = 0;
        done = false;
    }

    public boolean goesOn() {
        return !done && openimis.permits() > 0;
    }

    /** The next page, by its number: openIMIS's links are percent-encoded as a whole. */
    public PartnerRequest request() {
        return list.page(at.position() / at.size() + 1, at.size());
    }

    public void take(PartnerAnswer answer) {
        Optional<JsonNode> bundle = bundle(answer);
        if (bundle.isPresent() && answer.status() == 404) {
            // past the end (611)
            done = true;
        } else if (bundle.isPresent() && answer.ok()) {
            page(bundle.get().path("entry"));
        } else if (answer.status() == 404 || !at.failed()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no list of feedback requests");
        }
    }

    private void page(JsonNode entries) {
        List<ClaimRow> rows = new ArrayList<>();
        entries.forEach(entry -> ClaimRow.ofRequest(entry.path("resource")).ifPresent(rows::add));
        found += comparison.take(rows).found();
        // an empty Bundle has no entry at all (437)
        done = entries.size() < at.size();
        at.read(entries.size(), List.of());
    }

    public void end() {
        log.info(
                "reconciliation read {} feedback requests by FHIR, as GraphQL's list fails, and found {} claims that"
                        + " openIMIS never told us about",
                at.position(),
                found);
        if (!at.bad().isEmpty()) {
            log.warn(
                    "openIMIS cannot show {} of its feedback requests, by place in the list: {}. They are left out; see"
                            + " openIMIS's log for the cause.",
                    at.bad().size(),
                    at.bad().subList(0, Math.min(10, at.bad().size())));
        }
    }

    public void failed(Exception why) {
        log.warn(
                "GraphQL's list of what waits for feedback fails, and FHIR's, too ({}); both are tried again. The account"
                        + " needs the right 111001, or 111010 for FHIR.",
                why instanceof PartnerException
                        ? why.getMessage()
                        : why.getClass().getSimpleName());
    }

    /** The body, when it is JSON: openIMIS answers some errors with a page. */
    private static Optional<JsonNode> bundle(PartnerAnswer answer) {
        try {
            return Optional.of(answer.json()).filter(JsonNode::isObject);
        } catch (PartnerException e) {
            return Optional.empty();
        }
    }
}
