package io.claimloop.intake;

/** A notice that names no claim: where in the body, and why. Never with a value. */
class UnreadableNoticeException extends Exception {
    private final String field;

    UnreadableNoticeException(String field, String reason) {
        super(reason, null, false, false);
        this.field = field;
    }

    String field() {
        return field;
    }
}
