package io.claimloop.cht;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.ledger.Due;
import io.claimloop.openimis.Claim;
import io.claimloop.partner.PartnerRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/** One claim on its way into CHT: what was found so far, and what to ask next. Lives for one run of its route. */
public final class Dispatch {
    private final Due due;
    private final Claim claim;
    private final UUID recordId;
    private final ChtNames names;
    private String patient;
    private JsonNode person;
    private final Deque<String> places = new ArrayDeque<>();
    private String chw;
    private JsonNode stored;

    Dispatch(Due due, Claim claim, ChtNames names) {
        this.due = due;
        this.claim = claim;
        this.names = names;
        this.recordId = RecordId.of(due.loop().uuid(), RecordId.FEEDBACK);
    }

    Due due() {
        return due;
    }

    Claim claim() {
        return claim;
    }

    UUID recordId() {
        return recordId;
    }

    JsonNode person() {
        return person;
    }

    String chw() {
        return chw;
    }

    JsonNode stored() {
        return stored;
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

    String place() {
        return places.peek();
    }

    /** All places above the person. */
    List<String> lineage() {
        List<String> lineage = new ArrayList<>();
        for (JsonNode place = person.path("parent"); place.hasNonNull("_id"); place = place.path("parent")) {
            lineage.add(place.get("_id").asText());
        }
        return lineage;
    }

    void nextPlace() {
        places.poll();
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

    /** The person with the places above, nearest first. */
    public PartnerRequest readPatient() {
        return PartnerRequest.get("/api/v1/contact/" + PartnerRequest.encode(patient), "with_lineage=true");
    }

    /** Who holds the next place up. */
    public PartnerRequest readHolders() {
        return PartnerRequest.get("/api/v2/users", "facility_id=" + PartnerRequest.encode(place()));
    }

    public PartnerRequest readRecord() {
        return PartnerRequest.get("/medic/" + recordId, null);
    }

    /** Whether a CHW is still looked for, and a place is left to look at. */
    public boolean lookingForChw() {
        return chw == null && !places.isEmpty();
    }

    @Override
    public String toString() {
        return "Dispatch[" + claim + "]";
    }
}
