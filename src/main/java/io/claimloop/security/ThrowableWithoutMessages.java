package io.claimloop.security;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/**
 * Prints what was thrown and where, never what was said: messages of libraries quote bodies, names and numbers. Only the
 * main thread's are whole, which speaks while the application starts and has seen no patient yet.
 */
public class ThrowableWithoutMessages extends ThrowableProxyConverter {
    private static final int FRAMES = 25;

    @Override
    public String convert(ILoggingEvent event) {
        if ("main".equals(event.getThreadName())) {
            return super.convert(event);
        }
        StringBuilder text = new StringBuilder();
        for (IThrowableProxy thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
            text.append(text.isEmpty() ? "  " : "  caused by ")
                    .append(thrown.getClassName())
                    .append(System.lineSeparator());
            StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
            for (int i = 0; i < Math.min(FRAMES, frames.length - thrown.getCommonFrames()); i++) {
                text.append("    ").append(frames[i]).append(System.lineSeparator());
            }
        }
        return text.toString();
    }
}
