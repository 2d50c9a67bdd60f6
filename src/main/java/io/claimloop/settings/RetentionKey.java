package io.claimloop.settings;

import java.util.Base64;
import java.util.HexFormat;

/** A key for AES-256 as an operator writes it: 32 bytes, in hex or base64. */
public final class RetentionKey {
    private static final int BYTES = 32;

    private RetentionKey() {}

    /** Throws {@link IllegalArgumentException}, without the value, when it is no such key. */
    public static byte[] parse(String text) {
        String value = text.strip();
        byte[] key;
        try {
            key = value.length() == 2 * BYTES
                    ? HexFormat.of().parseHex(value)
                    : Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not hex, not base64");
        }
        if (key.length != BYTES) {
            throw new IllegalArgumentException("not 32 bytes");
        }
        return key;
    }
}
