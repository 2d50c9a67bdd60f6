package io.claimloop.simulated;

import java.time.Instant;

/** Something that really happened in CHT, whatever the caller was told. For tests that count what was done. */
public record Effect(Instant at, Kind kind, String docId, String claimUuid) {

    public enum Kind {
        CLAIM_RECORD_CREATED,
        CLAIM_RECORD_UPDATED,
        CLAIM_RECORD_DELETED,
        CONTACT_WRITTEN,
        REPORT_UPLOADED,
        REPORT_EDITED,
        REPORT_DELETED
    }
}
