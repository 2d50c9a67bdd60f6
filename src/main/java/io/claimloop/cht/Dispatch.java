package io.claimloop.cht;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.openimis.Claim;
import io.claimloop.partner.PartnerRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/** One claim on its way into CHT: what was found so far, and how it ended. Lives for one run of its worker's route. */
public final class Dispatch implements Part {
    private final Due due;
    private final Claim claim;
    private final UUID recordId;
    private final ChtNames names;
    private String patient;
    private JsonNode person;
    private final Deque<String> places = new ArrayDeque<>();
    private String chw;
    private JsonNode stored;
    private ObjectNode record;
    private Outcome outcome;

    Dispatch(Due due, Claim claim, ChtNames names) {
        this.due = due;
        this.claim = claim;
        this.names = names;
        this.recordId = RecordId.of(due.loop().uuid(), RecordId.FEEDBACK);
    }

    public Due due() {
        return due;
    }

    Claim claim() {
        return claim;
    }

    String recordId() {
        return recordId.toString();
    }

    String patient() {
        return patient;
    }

    JsonNode person() {
        return person;
    }

    String chw() {
        return chw;
    }

    /** What CHT holds under the record's id; null where there is nothing. */
    JsonNode stored() {
        return stored;
    }

    ObjectNode record() {
        return record;
    }

    void patient(String id) {
        this.patient = id;
    }

    void person(JsonNode doc) {
        this.person = doc;
        places.addAll(lineage());
    }

    void chw(String contact) {
        this.chw = contact;
    }

    void stored(JsonNode doc) {
        this.stored = doc;
    }

    void record(ObjectNode doc) {
        this.record = doc;
    }

    /** All places above the person, nearest first. */
    List<String> lineage() {
        List<String> lineage = new ArrayList<>();
        for (JsonNode place = person.path("parent"); place.hasNonNull("_id"); place = place.path("parent")) {
            lineage.add(place.get("_id").asText());
        }
        return lineage;
    }

    /** The next place up that may have a CHW. */
    String place() {
        return places.peek();
    }

    void nextPlace() {
        places.poll();
    }

    /** Whether a CHW is still looked for, and a place is left to look at. */
    boolean lookingForChw() {
        return chw == null && !places.isEmpty();
    }

    /** Search by insurance number: keyed, exact, lower-cased by CHT; leading zeros count. */
    public PartnerRequest search() {
        return PartnerRequest.get(
                "/api/v1/contact/uuid",
                "freetext="
                        + PartnerRequest.encode(names.insuranceNumberField() + ":"
                                + claim.insuree().insuranceNumber())
                        + "&type=" + PartnerRequest.encode(names.personType()));
    }

    @Override
    public void end(Outcome with) {
        if (outcome == null) {
            outcome = with;
        }
    }

    /** Null as long as it goes on. */
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public String toString() {
        return "Dispatch[" + claim + "]";
    }
}
