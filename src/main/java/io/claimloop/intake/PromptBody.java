package io.claimloop.intake;

import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;

/**
 * Reads a body that has to be there in time, and no more of it than is allowed. Tomcat bounds the gap between two bytes
 * only: who sends one every few seconds would hold a thread for hours. And Camel would read all of it into memory, however
 * large, before the first step of a route.
 */
final class PromptBody {
    /** CHT gives up after ten seconds itself, and openIMIS calls inside a user's click. */
    static final Duration TIME = Duration.ofSeconds(10);

    /** It came, and took too long. */
    static final class TooSlowException extends IOException {
        TooSlowException() {
            super("too slow");
        }
    }

    private PromptBody() {}

    /** At most so many bytes, and one more where there are more. */
    static byte[] read(ServletInputStream body, int most, Duration time) throws IOException {
        long until = System.nanoTime() + time.toNanos();
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] part = new byte[8192];
        int n = 0;
        while (n >= 0 && read.size() <= most) {
            n = body.read(part, 0, Math.min(part.length, most + 1 - read.size()));
            if (n > 0) {
                read.write(part, 0, n);
            }
            if (n >= 0 && !body.isFinished() && System.nanoTime() - until > 0) {
                throw new TooSlowException();
            }
        }
        return read.toByteArray();
    }
}
