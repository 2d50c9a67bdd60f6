package io.claimloop.partner;

import java.time.Duration;

/** A partner gave no answer to the question. Says class and status only: texts of partners carry names and numbers. */
public class PartnerException extends RuntimeException {
    /** What to do about it. */
    public enum Kind {
        /** No connection, no answer in time, or a gateway's 502, 503, 504. Tried again after a pause. */
        AWAY,
        /** Its limit is reached or we spare it. No attempt is used. */
        BUSY,
        /** It refuses our login. Nothing is sent for a while, so that the account is not locked. */
        LOGIN_REFUSED,
        /** It knows us and refuses this call: a right is missing. */
        NO_ACCESS,
        /** It answered something that we do not know. */
        UNEXPECTED
    }

    private final String partner;
    private final Kind kind;
    private final Duration after;

    private PartnerException(String partner, Kind kind, String what, Duration after) {
        super(partner + " " + what, null, false, false);
        this.partner = partner;
        this.kind = kind;
        this.after = after;
    }

    public static PartnerException away(String partner, String what) {
        return new PartnerException(partner, Kind.AWAY, what, null);
    }

    /** It was away just now and is not asked before {@code after} is over. */
    public static PartnerException spared(String partner, Duration after) {
        return new PartnerException(partner, Kind.AWAY, "was away just now and is left alone", after);
    }

    public static PartnerException busy(String partner, String what, Duration after) {
        return new PartnerException(partner, Kind.BUSY, what, after);
    }

    public static PartnerException loginRefused(String partner, Duration after) {
        return new PartnerException(partner, Kind.LOGIN_REFUSED, "refuses our login", after);
    }

    public static PartnerException noAccess(String partner, int status) {
        return new PartnerException(partner, Kind.NO_ACCESS, "refuses this call (" + status + ")", null);
    }

    public static PartnerException unexpected(String partner, int status, String what) {
        return new PartnerException(partner, Kind.UNEXPECTED, "answered " + status + ": " + what, null);
    }

    public String partner() {
        return partner;
    }

    public Kind kind() {
        return kind;
    }

    /** When to come back, where that is known; else null. */
    public Duration after() {
        return after;
    }
}
