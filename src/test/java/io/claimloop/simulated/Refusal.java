package io.claimloop.simulated;

/** Carries openIMIS's answer out of nested reading. */
final class Refusal extends RuntimeException {
    final transient Reply reply;

    Refusal(Reply reply) {
        super(null, null, false, false);
        this.reply = reply;
    }

    static Refusal failed(String text) {
        return new Refusal(Reply.failed(text));
    }
}
