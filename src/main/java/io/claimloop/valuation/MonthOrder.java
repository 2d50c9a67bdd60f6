package io.claimloop.valuation;

import io.claimloop.ledger.MonthRuns.MonthRun;
import java.time.YearMonth;

/** One order of a month's batch run on its way through its route. Lives for one run of the route. */
public final class MonthOrder {
    private final YearMonth month;
    private final String location;
    private final String by;
    private MonthRun run;
    private boolean found;
    private Integer locationId;
    private String refusal;
    private int looks;

    /** @param location openIMIS's code of a region or district; empty for national */
    public MonthOrder(YearMonth month, String location, String by) {
        this.month = month;
        this.location = location;
        this.by = by;
    }

    /** As a person calls it. */
    public String name() {
        return month + (location.isEmpty() ? " (national)" : " for " + location);
    }

    YearMonth month() {
        return month;
    }

    String location() {
        return location;
    }

    String by() {
        return by;
    }

    /** The order as it is written down; null before. */
    public MonthRun run() {
        return run;
    }

    void run(MonthRun written) {
        this.run = written;
    }

    /** Why nothing was ordered; null when something was. */
    public String refusal() {
        return refusal;
    }

    void refuse(String why) {
        this.refusal = why;
    }

    Integer locationId() {
        return locationId;
    }

    void locationId(Integer id) {
        this.locationId = id;
    }

    /** Whether openIMIS shows a run for this month and place. */
    public boolean found() {
        return found;
    }

    /** A run for this month and place is there. */
    void foundRun() {
        this.found = true;
    }

    int look() {
        return ++looks;
    }

    int looks() {
        return looks;
    }
}
