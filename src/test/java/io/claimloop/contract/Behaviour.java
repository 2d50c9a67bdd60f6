package io.claimloop.contract;

/**
 * One thing that a partner does. ClaimLoop relies on it, or only wants to know: then another answer than the recorded
 * one is told, and fails nothing.
 *
 * @param recordings the exchanges with a real server that it was seen in, or that it was read in the source
 */
record Behaviour(String name, String recordings, boolean reliedOn, Check check) {

    @FunctionalInterface
    interface Check {
        /** What to tell beside the verdict, or null. */
        String run() throws Exception;
    }

    @FunctionalInterface
    interface Trial {
        void run() throws Exception;
    }

    static Behaviour reliedOn(String name, String recordings, Trial trial) {
        return new Behaviour(name, recordings, true, () -> {
            trial.run();
            return null;
        });
    }

    /** The check answers the question; it throws a {@link Difference} where the answer is not the recorded one. */
    static Behaviour asked(String question, String recordings, Check check) {
        return new Behaviour(question, recordings, false, check);
    }

    /** Expected and come, in paths, types and our own values: never a partner's text, which may hold names. */
    static final class Difference extends RuntimeException {
        Difference(String expected, String came) {
            super("expected " + expected + "; came " + came, null, false, false);
        }
    }

    static final class NotTried extends RuntimeException {
        NotTried(String reason) {
            super(reason, null, false, false);
        }
    }
}
