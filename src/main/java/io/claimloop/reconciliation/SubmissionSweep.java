package io.claimloop.reconciliation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.intake.ClaimUuids;
import io.claimloop.ledger.Inbox;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.ReceivedSubmission;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.WakeUp;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerGate;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.settings.ClaimLoopProperties;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads CHT's feed of changes for feedback reports, and edits of them, that were never pushed. CHT can lose a push, and a
 * report that its outbound mapping cannot map never leaves it. The feed is read on from where it was read last, by sequence: a phone's
 * dates are its own, and reports can be synced days late (recordings 361 to 366).
 */
@Component("submissionSweep")
public class SubmissionSweep {
    private static final Logger log = LoggerFactory.getLogger(SubmissionSweep.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FEED = "cht-reports";
    private static final String NOW = "now";
    private static final int PAGE = 50;

    private final Loops loops;
    private final Inbox inbox;
    private final WakeUp wakeUp;
    private final PartnerGate cht;
    private final String selector;
    private final Counter gap;

    private boolean done;
    private String lastSequence;
    private Map<String, List<byte[]>> known = Map.of();

    public SubmissionSweep(
            Loops loops,
            Inbox inbox,
            WakeUp wakeUp,
            PartnerGate cht,
            ClaimLoopProperties properties,
            MeterRegistry meters) {
        this.loops = loops;
        this.inbox = inbox;
        this.wakeUp = wakeUp;
        this.cht = cht;
        var wanted = JSON.createObjectNode();
        wanted.putObject("selector")
                .put("type", "data_record")
                .put("form", properties.cht().feedbackForm());
        this.selector = wanted.toString();
        this.gap = Counter.builder("claimloop.reconciliation.submissions")
                .description("feedback reports, and edits of them, that only the sweep found")
                .register(meters);
    }

    public void begin() {
        done = false;
    }

    /** Whether there is a page to read, and CHT is to be asked now. */
    public boolean goesOn() {
        return !done && cht.permits() > 2;
    }

    /** The next page of the feed; the first time only its end: what was before the first start is not ours. */
    public PartnerRequest request() {
        String since = loops.watermark(FEED).orElse(NOW);
        return new PartnerRequest(
                "POST",
                "/medic/_changes",
                "filter=_selector&include_docs=true&limit=" + PAGE + "&since=" + PartnerRequest.encode(since),
                selector);
    }

    /** The reports of this page, each as JSON. */
    public List<String> reports(PartnerAnswer answer) {
        JsonNode page = answer.json();
        if (!answer.ok() || !page.path("results").isArray() || !page.hasNonNull("last_seq")) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no feed of changes");
        }
        Map<String, String> reports = new LinkedHashMap<>();
        for (JsonNode change : page.path("results")) {
            JsonNode doc = change.path("doc");
            if (!change.path("deleted").asBoolean()
                    && doc.hasNonNull("_id")
                    && doc.path("errors").isEmpty()) {
                reports.put(doc.get("_id").asText(), doc.toString());
            }
        }
        known = loops.contents(reports.keySet());
        done = page.path("results").size() < PAGE;
        lastSequence = page.get("last_seq").asText();
        return List.copyOf(reports.values());
    }

    /** Of a report that the mapping refuses: what finds its loop, and the report. It has no answers, so it parks. */
    public String asItIs(String report) throws JsonProcessingException {
        JsonNode doc = JSON.readTree(report);
        ObjectNode submission = JSON.createObjectNode();
        submission.set("report_id", doc.get("_id"));
        submission.put("claim_uuid", doc.path("fields").path("claim_uuid").asText());
        submission.set("report", doc);
        log.warn(
                "report {} (claim {}) cannot be mapped by report-submission.jslt. It is kept as it is and"
                        + " parks. Correct the mapping if it is wrong; then let the CHW save the report in CHT again",
                doc.path("_id").asText(),
                submission.get("claim_uuid").asText());
        return submission.toString();
    }

    /**
     * A report, made into a submission by the mapping: stored like one that was pushed, when it never came in, or never
     * with what it says now.
     */
    public void take(String submission) throws JsonProcessingException {
        JsonNode body = JSON.readTree(submission);
        String report = body.path("report_id").asText();
        List<byte[]> before = known.getOrDefault(report, List.of());
        if ( // what it said then is erased: an edit so late is CHT's to push
        before.stream().anyMatch(pushed -> pushed == null || SameReport.saysTheSame(body, pushed))) {
            return;
        }
        inbox.receive(List.of(new ReceivedSubmission(
                report,
                ClaimUuids.canonical(body.path("claim_uuid").asText("")).orElse(null),
                submission.getBytes(StandardCharsets.UTF_8))));
        wakeUp.wake(EnumSet.of(Step.SUBMISSION));
        gap.increment();
        log.info(
                before.isEmpty()
                        ? "report {} was never pushed by CHT; the sweep found it"
                        : "report {} was edited in CHT and the edit never pushed; the sweep found it",
                report);
    }

    /** The page is on disk: next time the feed is read from here. */
    public void remember() {
        loops.watermark(FEED, lastSequence);
    }
}
