package io.claimloop.support;

import org.springframework.boot.SpringApplication;

/**
 * What the applications of the tests need until their end: it is stopped after them, or, where none ran, when the JVM ends.
 * Spring runs its handlers only where there was an application.
 */
public final class AfterApplications {
    private static volatile boolean any;

    private AfterApplications() {}

    static void oneStarts() {
        any = true;
    }

    public static void run(Runnable stop) {
        SpringApplication.getShutdownHandlers().add(stop);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!any) {
                stop.run();
            }
        }));
    }
}
