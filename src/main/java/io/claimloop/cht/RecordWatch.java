package io.claimloop.cht;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Facts;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Looks at a written claim record once more: CHT validates it only in sentinel, after our answer, in a second revision. A
 * record with errors makes no task.
 */
@Component("recordWatch")
public class RecordWatch {
    /** Where the transition is not configured there is never a second revision; so we do not wait for ever. */
    private static final Duration LOOKS_FOR = Duration.ofDays(1);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);

    /** One record, to be written over; there may be one that the ledger never learned of. */
    public PartnerRequest one(Due due) {
        return PartnerRequest.get("/medic/" + RecordId.of(due.loop().uuid(), RecordId.FEEDBACK), null);
    }

    /** Whether there is a record to look at. */
    public boolean asks(List<Due> batch) {
        return !ids(batch).isEmpty();
    }

    /** The records of a whole batch. */
    public PartnerRequest request(List<Due> batch) {
        return AllDocs.request(ids(batch));
    }

    private static List<String> ids(List<Due> batch) {
        return batch.stream()
                .filter(due -> due.loop().state() == State.TASKED)
                .map(RecordWatch::id)
                .toList();
    }

    private static String id(Due due) {
        return String.valueOf(due.loop().recordId());
    }

    public List<Due> attach(List<Due> batch, PartnerAnswer answer) {
        Map<String, JsonNode> rows = AllDocs.rows(ids(batch), answer);
        return batch.stream().map(due -> due.withTold(rows.get(id(due)))).toList();
    }

    public Outcome look(Due due) {
        if (due.loop().state() != State.TASKED) {
            return Outcome.done();
        }
        if (!AllDocs.isThere(due.told())) {
            return Outcome.parked(Reason.RECORD_REFUSED, "The record is not in CHT any more.")
                    .proof(due.told().toString());
        }
        JsonNode doc = due.told().get("doc");
        if (!doc.path("errors").isEmpty()) {
            List<String> codes = new ArrayList<>();
            doc.path("errors").forEach(error -> codes.add(error.path("code").asText("unnamed")));
            return Outcome.parked(Reason.RECORD_REFUSED, "Error " + String.join(", ", codes) + ".")
                    .proof(doc.toString());
        }
        if (ClaimWatch.WITHDRAWN.equals(doc.path("fields").path("status").asText())) {
            return Outcome.parked(Reason.RECORD_REFUSED, "The record is withdrawn, though its task is open.")
                    .proof(doc.toString());
        }
        String revision = doc.path("_rev").asText();
        // still the one that we wrote: sentinel has not been there
        Duration since = Duration.between(due.loop().changedAt(), Instant.now());
        if (revision.equals(due.loop().recordRev()) && since.compareTo(LOOKS_FOR) < 0) {
            // soon at first, then as rarely as it has taken long
            Duration pause = since.isNegative() ? Duration.ZERO : since.dividedBy(2);
            return Outcome.later(
                    Reason.SENTINEL_BEHIND, pause.compareTo(LONGEST_PAUSE) < 0 ? pause.plusSeconds(2) : LONGEST_PAUSE);
        }
        return Outcome.done().learned(Facts.ofRecord(revision));
    }

    /** The window of a task is over. */
    public Outcome expire(Due due) {
        return due.loop().state() == State.TASKED
                ? Outcome.moved(State.EXPIRED, "window").because(Reason.WINDOW_OVER, null)
                : Outcome.done();
    }
}
