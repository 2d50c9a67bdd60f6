package io.claimloop.cht;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Facts;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.StepEnds;
import io.claimloop.openimis.Claim;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.rules.SelectionLimits;
import io.claimloop.settings.ClaimLoopProperties;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The claim records of a batch: written where CHT lacks them, many in one request, and read back. */
@Component("claimRecords")
public class ClaimRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> shownLines;
    private final Duration window;
    private final Duration watch;
    private final Duration lease;
    private final Loops loops;
    private final SelectionLimits limits;
    private final SentinelBacklog backlog;

    public ClaimRecords(Loops loops, SelectionLimits limits, SentinelBacklog backlog, ClaimLoopProperties properties) {
        this.loops = loops;
        this.limits = limits;
        this.backlog = backlog;
        this.shownLines = properties.cht().shownLines();
        this.window = properties.cht().taskWindow();
        this.watch = properties.steps().watch();
        this.lease = properties.steps().lease();
    }

    /** Records that one request writes. */
    public record Write(DispatchBatch batch, List<Dispatch> dispatches) implements Part {
        @Override
        public void end(Outcome outcome) {
            batch.endWrites(outcome);
            dispatches.forEach(dispatch -> dispatch.end(outcome));
        }
    }

    /** What CHT holds under the record's id: nothing yet, ours, or something else. */
    public void known(Dispatch dispatch) {
        JsonNode doc = dispatch.stored();
        if (doc != null
                && !dispatch.due()
                        .loop()
                        .uuid()
                        .toString()
                        .equals(doc.path("fields").path("claim_uuid").asText())) {
            throw new StepEnds(Outcome.parked(Reason.RECORD_DIFFERS, null).proof(doc.toString()));
        }
        // of a task that is open already the CHW gets no second one: it needs no place
        boolean open =
                doc != null && "open".equals(doc.path("fields").path("status").asText());
        if (!open
                && dispatch.due().step() == Step.DISPATCH
                && !limits.takeWeek(dispatch.chw(), dispatch.due().loop().uuid())) {
            throw new StepEnds(Outcome.later(Reason.CHW_WEEK_FULL, limits.untilNextWeek()));
        }
    }

    /** The mapping's input, as {@code mappings/claim-record.jslt} describes it. */
    public String input(Dispatch dispatch) {
        ObjectNode input = JSON.createObjectNode();
        input.set("claim", withoutDiagnoses(dispatch.claim().node()));
        ObjectNode patient = input.putObject("patient");
        patient.put("_id", dispatch.person().path("_id").asText());
        if (dispatch.person().hasNonNull("patient_id")) {
            patient.put("patient_id", dispatch.person().get("patient_id").asText());
        }
        long reported = reportedDate(dispatch);
        input.putObject("record")
                .put("_id", dispatch.recordId())
                .put("purpose", RecordId.FEEDBACK)
                // CHT counts a task's window from it; written again, it stays what it was
                .put("reported_date", reported)
                .put("answer_by", answerBy(reported))
                .put("status", "open");
        input.putObject("settings").set("shown_lines", JSON.valueToTree(shownLines));
        return input.toString();
    }

    /** They were read to exclude claims by them; no mapping gets to see them. */
    private static JsonNode withoutDiagnoses(JsonNode claim) {
        return ((ObjectNode) claim.deepCopy()).without(Claim.DIAGNOSES);
    }

    /** The last day of the task: the phone shows it as long as the loop waits, and nobody sets the window twice. */
    private String answerBy(long reported) {
        return Instant.ofEpochMilli(reported)
                .plus(window)
                .atZone(ZoneOffset.UTC)
                .toLocalDate()
                .toString();
    }

    private static long reportedDate(Dispatch dispatch) {
        return dispatch.stored() == null
                ? System.currentTimeMillis()
                : dispatch.stored().path("reported_date").asLong(System.currentTimeMillis());
    }

    /** A record that CHT holds as it should be needs no write. */
    public void mapped(Dispatch dispatch, String record) throws JsonProcessingException {
        dispatch.record((ObjectNode) JSON.readTree(record));
        JsonNode stored = dispatch.stored();
        if (stored != null && stored.path("errors").isEmpty() && same(dispatch, stored)) {
            dispatch.end(task(dispatch, stored));
        }
    }

    private static boolean same(Dispatch dispatch, JsonNode doc) {
        return doc.path("fields").equals(dispatch.record().path("fields"));
    }

    /** No request writes more than sentinel is given in a second. */
    public List<Write> writes(DispatchBatch batch) {
        List<Dispatch> open = batch.open();
        int most = backlog.mostTogether();
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < open.size(); i += most) {
            writes.add(new Write(batch, open.subList(i, Math.min(i + most, open.size()))));
        }
        return writes;
    }

    /**
     * Writes the records; one that CHT has already in another content, over that revision.
     *
     * @param leased nothing is written under a lease that somebody else may have by now
     */
    public PartnerRequest write(Write write, Instant leased) {
        if (write.batch().writesEnd() != null) {
            throw new StepEnds(write.batch().writesEnd());
        }
        if (Duration.between(leased, Instant.now()).compareTo(lease.dividedBy(2)) > 0) {
            throw new StepEnds(Outcome.later(Reason.PARTNER_BUSY, Duration.ZERO));
        }
        ArrayNode docs = JSON.createArrayNode();
        for (Dispatch dispatch : write.dispatches()) {
            ObjectNode doc = dispatch.record().deepCopy();
            if (dispatch.stored() != null) {
                doc.set("_rev", dispatch.stored().get("_rev"));
            }
            docs.add(doc);
        }
        return PartnerRequest.bulk(
                "/medic/_bulk_docs",
                JSON.createObjectNode().<ObjectNode>set("docs", docs).toString(),
                docs.size());
    }

    /** CHT answers 201 whatever became of the single documents (recordings 345, 346): each has its own result. */
    public void written(Write write, PartnerAnswer answer) {
        JsonNode results = answer.ok() ? answer.json() : null;
        if (results == null || !results.isArray()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "not what was asked for");
        }
        Map<String, JsonNode> byId = new HashMap<>();
        results.forEach(result -> byId.put(result.path("id").asText(), result));
        for (Dispatch dispatch : write.dispatches()) {
            JsonNode result = byId.get(dispatch.recordId());
            if (result == null) {
                dispatch.end(Outcome.failed(Reason.UNEXPECTED, "CHT does not say what became of the record."));
            } else if (result.has("error")) {
                dispatch.end(notWritten(result.get("error").asText()));
            }
        }
    }

    private static Outcome notWritten(String error) {
        return switch (error) {
            // somebody wrote meanwhile (sentinel does): look again and decide anew
            case "conflict" -> Outcome.later(Reason.PARTNER_BUSY, Duration.ofSeconds(1));
            // CouchDB's own words where a document may not be written (its documentation; not recorded)
            case "forbidden", "unauthorized" ->
                Outcome.failed(Reason.NO_ACCESS, "CHT refuses to write the record (" + error + ").");
            default -> Outcome.failed(Reason.UNEXPECTED, "CHT did not write the record.");
        };
    }

    public PartnerRequest readBack(DispatchBatch batch) {
        return AllDocs.request(batch.each(dispatch -> List.of(dispatch.recordId())));
    }

    /** Read back at once: what counts is what CHT holds. */
    public void tasked(DispatchBatch batch, PartnerAnswer answer) {
        Map<String, JsonNode> rows = AllDocs.rows(batch.each(dispatch -> List.of(dispatch.recordId())), answer);
        for (Dispatch dispatch : batch.open()) {
            JsonNode doc = rows.get(dispatch.recordId()).path("doc");
            dispatch.end(
                    same(dispatch, doc)
                            ? task(dispatch, doc)
                            : Outcome.failed(Reason.RECORD_DIFFERS, "The record read back is not the one written."));
        }
    }

    private Outcome task(Dispatch dispatch, JsonNode doc) {
        Facts facts = Facts.ofTask(
                dispatch.claim().insuree().uuid(),
                dispatch.person().path("_id").asText(),
                dispatch.chw(),
                UUID.fromString(dispatch.recordId()),
                doc.path("_rev").asText(),
                window,
                loops.keyed(ClaimWatch.content(dispatch.claim())));
        return dispatch.due().step() == Step.WATCH
                ? Outcome.done().learned(facts).again(watch)
                : Outcome.moved(State.TASKED, TaskDispatch.DISPATCH)
                        .learned(facts)
                        .proof(doc.toString());
    }
}
