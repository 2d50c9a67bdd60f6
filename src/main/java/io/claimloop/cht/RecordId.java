package io.claimloop.cht;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** The id of a claim record: always the same for a claim and a purpose, so that writing it twice writes it once. */
public final class RecordId {
    /** Feedback is the one purpose so far. */
    public static final String FEEDBACK = "feedback";

    /** Ours; made once, never changed: all record ids hang on it. */
    private static final UUID NAMESPACE = UUID.fromString("5b1c7d1e-3c0f-4d0b-9a53-2f6f0c1a7e11");

    private RecordId() {}

    /** UUID version 5 (RFC 9562) of the canonical claim uuid and the purpose. */
    public static UUID of(UUID claim, String purpose) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(ByteBuffer.allocate(16)
                    .putLong(NAMESPACE.getMostSignificantBits())
                    .putLong(NAMESPACE.getLeastSignificantBits())
                    .array());
            byte[] hash = sha1.digest((claim + ":" + purpose).getBytes(StandardCharsets.UTF_8));
            hash[6] = (byte) (hash[6] & 0x0f | 0x50);
            hash[8] = (byte) (hash[8] & 0x3f | 0x80);
            ByteBuffer bytes = ByteBuffer.wrap(hash);
            return new UUID(bytes.getLong(), bytes.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
