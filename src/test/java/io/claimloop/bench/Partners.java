package io.claimloop.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The process with both simulated partners, seen from here. */
final class Partners implements AutoCloseable {
    /** How many requests each has had, and how many claims it got something for more than once. */
    record Counts(int openimis, int cht, int doubledRecords, int doubledFeedback) {}

    interface Arrival {
        void at(int claim, long epochMicros);
    }

    private final Process process;
    private final PrintWriter to;
    private final BufferedReader from;
    final String openimis;
    final String cht;

    Partners(Path log) {
        try {
            process = new ProcessBuilder(
                            Jvm.java(),
                            "-Xmx3g",
                            "-Xms512m",
                            "-XX:+UseSerialGC",
                            // otherwise their compiler takes from the measured, for minutes
                            "-XX:TieredStopAtLevel=1",
                            Jvm.QUIET,
                            "-cp",
                            System.getProperty("java.class.path"),
                            PartnersProcess.class.getName())
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        to = new PrintWriter(process.getOutputStream(), true);
        from = new BufferedReader(new InputStreamReader(process.getInputStream()));
        String[] urls = line().split(" ");
        openimis = urls[0];
        cht = urls[1];
    }

    long pid() {
        return process.pid();
    }

    /** Enters and submits claims in openIMIS, up to this number; nobody is told. */
    synchronized void enter(int claimsFrom, int claimsTo) {
        ask("enter " + claimsFrom + " " + claimsTo);
    }

    synchronized void realLimits(boolean real) {
        ask("limits " + (real ? "real" : "none"));
    }

    synchronized Counts counts() {
        String[] words = ask("counts").split(" ");
        return new Counts(
                Integer.parseInt(words[0]),
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]));
    }

    /** New claim records since the last call; how many. */
    synchronized int records(Arrival arrival) {
        return arrivals("records", arrival);
    }

    /** New feedback in openIMIS since the last call; how many. */
    synchronized int feedbacks(Arrival arrival) {
        return arrivals("feedbacks", arrival);
    }

    private int arrivals(String what, Arrival arrival) {
        int count = Integer.parseInt(ask(what));
        for (String line = line(); !line.equals("."); line = line()) {
            int blank = line.indexOf(' ');
            arrival.at(Integer.parseInt(line.substring(0, blank)), Long.parseLong(line.substring(blank + 1)));
        }
        return count;
    }

    private String ask(String line) {
        to.println(line);
        return line();
    }

    private String line() {
        try {
            String line = from.readLine();
            if (line == null) {
                throw new IllegalStateException("The simulated partners ended: see target/bench.");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Jvm.end(process);
    }
}
