package io.claimloop.partner;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Why a TLS connection was refused, in words for the person who has to mend it. Java's own messages name hosts and files. */
public final class Tls {
    private Tls() {}

    /** Empty when it was something else. */
    public static Optional<String> refusal(Throwable thrown) {
        boolean tls = false;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return Optional.of("its certificate has expired");
            }
            if (cause instanceof CertificateNotYetValidException) {
                return Optional.of("its certificate is not valid yet; is the clock of this machine right?");
            }
            if (cause instanceof SSLPeerUnverifiedException) {
                return Optional.of("its certificate is for another host name");
            }
            if (cause instanceof CertPathBuilderException) {
                return Optional.of("its certificate is signed by nobody whom Java's trust store knows");
            }
            tls |= cause instanceof SSLException;
        }
        return tls ? Optional.of("no TLS connection comes about (TLS 1.2 at least is needed)") : Optional.empty();
    }
}
