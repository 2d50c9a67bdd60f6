package io.claimloop.cht;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.settings.ClaimLoopProperties;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * The persons found for a batch, and the places above them. A person's document has the ids of its places only
 * (recordings 272, 274), so these are read by a second request.
 */
@Component("patients")
public class Patients {
    private final Duration lookAgain;

    public Patients(ClaimLoopProperties properties) {
        this.lookAgain = properties.steps().lookAgain();
    }

    /** The persons, and in the same request the records that CHT may hold already. */
    public PartnerRequest request(DispatchBatch batch) {
        return AllDocs.request(personsAndRecords(batch));
    }

    private static List<String> personsAndRecords(DispatchBatch batch) {
        return batch.each(dispatch -> List.of(dispatch.patient(), dispatch.recordId()));
    }

    /** Whether each person is the insuree, and may be visited. */
    public void match(DispatchBatch batch, PartnerAnswer answer) {
        Map<String, JsonNode> rows = AllDocs.rows(personsAndRecords(batch), answer);
        for (Dispatch dispatch : batch.open()) {
            JsonNode row = rows.get(dispatch.patient());
            JsonNode record = rows.get(dispatch.recordId());
            // a deleted record is none: CHT takes its id again (recording 609)
            dispatch.stored(AllDocs.isThere(record) ? record.get("doc") : null);
            if (AllDocs.isThere(row)) {
                judge(dispatch, row.get("doc"));
            } else {
                // found a moment ago and gone now
                dispatch.end(TaskDispatch.notInCht(lookAgain).proof(row.toString()));
            }
        }
    }

    private static void judge(Dispatch dispatch, JsonNode person) {
        if (!Identity.agrees(dispatch.claim().insuree(), person)) {
            dispatch.end(TaskDispatch.needsIdentity(Reason.PATIENT_DISAGREES).proof(person.toString()));
        } else if (person.hasNonNull("date_of_death")) {
            dispatch.end(Outcome.parked(Reason.PATIENT_DECEASED, null).proof(person.toString()));
        } else if (muted(person)) {
            dispatch.end(Outcome.parked(Reason.PATIENT_MUTED, null).proof(person.toString()));
        } else {
            dispatch.person(person);
        }
    }

    /** All places above those persons; districts and health centres stand there once. */
    public PartnerRequest requestPlaces(DispatchBatch batch) {
        return AllDocs.request(batch.each(Dispatch::lineage));
    }

    /** A muted place mutes whoever lives there. One that is not there mutes nobody. */
    public void places(DispatchBatch batch, PartnerAnswer answer) {
        Map<String, JsonNode> rows = AllDocs.rows(batch.each(Dispatch::lineage), answer);
        for (Dispatch dispatch : batch.open()) {
            dispatch.lineage().stream()
                    .map(place -> rows.get(place).path("doc"))
                    .filter(Patients::muted)
                    .findFirst()
                    .ifPresent(place -> dispatch.end(
                            Outcome.parked(Reason.PATIENT_MUTED, null).proof(place.toString())));
        }
    }

    private static boolean muted(JsonNode contact) {
        JsonNode muted = contact.path("muted");
        return !muted.isMissingNode() && !muted.isNull() && !(muted.isBoolean() && !muted.asBoolean());
    }
}
