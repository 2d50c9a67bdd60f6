package io.claimloop.ledger;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What is sealed cannot be compressed any more, by the database or a disk, so it is before: a FHIR claim becomes a fifth or
 * less, and so does what the database writes twice for it. By the first two bytes of gzip (RFC 1952) the packed is told from
 * what was sealed as it is.
 */
final class Packed {
    /** Shorter ones gain nothing. */
    private static final int WORTH = 200;

    private Packed() {}

    static byte[] pack(byte[] plain) {
        if (plain.length < WORTH && !isPacked(plain)) {
            return plain;
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 4);
        try (Fast gzip = new Fast(packed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.size() < plain.length || isPacked(plain) ? packed.toByteArray() : plain;
    }

    static byte[] unpack(byte[] bytes) {
        if (!isPacked(bytes)) {
            return bytes;
        }
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return gzip.readAllBytes();
        } catch (IOException e) {
            // as what does not open: one row must not stop the others
            throw new IllegalStateException("a payload does not unpack");
        }
    }

    private static boolean isPacked(byte[] bytes) {
        return bytes.length > 1 && bytes[0] == (byte) 0x1f && bytes[1] == (byte) 0x8b;
    }

    /** A notice of 10 kB: the first level needs a third of the time of the usual one. */
    private static final class Fast extends GZIPOutputStream {
        Fast(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
