package io.claimloop.ledger;

import java.time.Duration;
import java.util.UUID;

/** What a step learned; null leaves what the ledger has. */
public record Facts(
        String code,
        String insuree,
        String patient,
        String chw,
        UUID recordId,
        String recordRev,
        Long submission,
        Duration taskWindow,
        String claimHash,
        Eligibility eligibility) {

    public static final Facts NONE = new Facts(null, null, null, null, null, null, null, null, null, null);

    public static Facts ofClaim(String code, String insuree, Eligibility eligibility) {
        return new Facts(code, insuree, null, null, null, null, null, null, null, eligibility);
    }

    /** @param claimHash keyed hash of what of the claim went into the record */
    public static Facts ofTask(
            String insuree,
            String patient,
            String chw,
            UUID recordId,
            String recordRev,
            Duration window,
            String claimHash) {
        return new Facts(null, insuree, patient, chw, recordId, recordRev, null, window, claimHash, null);
    }

    public static Facts ofRecord(String recordRev) {
        return new Facts(null, null, null, null, null, recordRev, null, null, null, null);
    }

    public static Facts ofSubmission(long submission) {
        return new Facts(null, null, null, null, null, null, submission, null, null, null);
    }
}
