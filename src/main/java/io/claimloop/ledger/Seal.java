package io.claimloop.ledger;

import io.claimloop.settings.StartRefusedException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AES-256-GCM with keys that are not in the database. The first key writes; a former one still reads, until everything is
 * sealed anew. What is sealed is bound to where it belongs: moved to another row it does not open.
 */
final class Seal {
    private static final Logger log = LoggerFactory.getLogger(Seal.class);
    private static final String AES_GCM = "AES/GCM/NoPadding";
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
    private final String writes;

    /** @param former null where there is none */
    Seal(byte[] key, byte[] former) {
        writes = id(key);
        keys.put(writes, new SecretKeySpec(key, "AES"));
        if (former != null) {
            keys.putIfAbsent(id(former), new SecretKeySpec(former, "AES"));
        }
    }

    /** Tells keys apart and tells nothing of them. */
    private static String id(byte[] key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("claimloop.retention.key".getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(key), 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String keyId() {
        return writes;
    }

    /** @param where the row that it belongs to */
    byte[] seal(byte[] plain, String where) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, writes, nonce, where).doFinal(Packed.pack(plain));
            byte[] all = Arrays.copyOf(nonce, NONCE + sealed.length);
            System.arraycopy(sealed, 0, all, NONCE, sealed.length);
            return all;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * For one row of many, which must not hold up the others: null where it does not open, as if it were erased.
     *
     * @param whose for the log: what a person finds it by
     */
    byte[] openOrNull(byte[] sealed, String keyId, String where, String whose) {
        try {
            return open(sealed, keyId, where);
        } catch (StartRefusedException e) {
            log.error(
                    "what {} said is sealed with a key that is not told. Set the key that was used before as"
                            + " claimloop.retention.old-key, restart, and retry what is parked",
                    whose);
        } catch (IllegalStateException e) {
            log.error(
                    "what {} said does not open: it was changed in the database, or belongs elsewhere. Let the CHW save the"
                            + " report in CHT again, then retry what is parked",
                    whose);
        }
        return null;
    }

    /** Of what can be opened. */
    String[] keyIds() {
        return keys.keySet().toArray(String[]::new);
    }

    /** @param keyId null: it was never sealed */
    byte[] open(byte[] sealed, String keyId, String where) {
        if (sealed == null || keyId == null) {
            return sealed;
        }
        if (!keys.containsKey(keyId)) {
            throw new StartRefusedException(
                    "The ledger holds payloads of a key that is not told.",
                    "Set the key that was used before as claimloop.retention.old-key. Without it they are lost.");
        }
        try {
            return Packed.unpack(cipher(Cipher.DECRYPT_MODE, keyId, Arrays.copyOf(sealed, NONCE), where)
                    .doFinal(sealed, NONCE, sealed.length - NONCE));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a payload does not open: it was changed, or belongs elsewhere");
        }
    }

    private Cipher cipher(int mode, String keyId, byte[] nonce, String where) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(AES_GCM);
        cipher.init(mode, keys.get(keyId), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(where.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    static String ofMessage(String kind, String subject) {
        return "message|" + kind + "|" + subject;
    }

    static String ofFeedback(String reportId) {
        return "feedback|" + reportId;
    }
}
