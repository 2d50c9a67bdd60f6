package io.claimloop.ledger;

import java.time.Instant;
import java.util.UUID;

/**
 * One claim's journey as the ledger knows it.
 *
 * @param uuid canonical: lower case, dashes
 * @param spelling the uuid as openIMIS writes it; every call uses this
 * @param code what people call the claim; not unique
 * @param version number of the last transition
 * @param insuree openIMIS's uuid of the patient
 * @param patient CHT's id of the patient, once found
 * @param chw CHT's id of the CHW's contact, once found
 * @param recordId id of the claim record in CHT
 * @param claimHash keyed hash of what of the claim went into the record
 * @param eligibility what openIMIS knew of insuree and place at the check; null before it
 * @param submission the submission whose answers count
 */
public record Loop(
        UUID uuid,
        String spelling,
        String code,
        State state,
        State parkedFrom,
        Reason reason,
        String detail,
        int version,
        String insuree,
        String patient,
        String chw,
        UUID recordId,
        String recordRev,
        Long submission,
        String claimHash,
        Eligibility eligibility,
        Instant taskUntil,
        Instant createdAt,
        Instant changedAt) {

    /** Code and uuid, as every message to a person names a claim. */
    public String name() {
        return (code == null ? "without code" : code) + " (" + uuid + ")";
    }
}
