package io.claimloop.settings;

/** The start ends here: one sentence that says what is wrong, and a hint that says what to do. */
public class StartRefusedException extends RuntimeException {
    private final String hint;

    public StartRefusedException(String sentence, String hint) {
        super(sentence);
        this.hint = hint;
    }

    public StartRefusedException(String sentence, String hint, Throwable cause) {
        super(sentence, cause);
        this.hint = hint;
    }

    public String hint() {
        return hint;
    }
}
