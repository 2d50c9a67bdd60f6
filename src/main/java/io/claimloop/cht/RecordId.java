package io.claimloop.cht;

import io.claimloop.ledger.NamedUuid;
import java.util.UUID;

/** The id of a claim record: always the same for a claim and a purpose, so that writing it twice writes it once. */
public final class RecordId {
    /** Feedback is the one purpose so far. */
    public static final String FEEDBACK = "feedback";

    /** Ours; made once, never changed: all record ids hang on it. */
    private static final UUID NAMESPACE = UUID.fromString("5b1c7d1e-3c0f-4d0b-9a53-2f6f0c1a7e11");

    private RecordId() {}

    /** Made of the canonical claim uuid and the purpose. */
    public static UUID of(UUID claim, String purpose) {
        return NamedUuid.of(NAMESPACE, claim + ":" + purpose);
    }
}
