package io.claimloop.simulated;

import java.time.LocalDateTime;

/** One run a year, month and location; the national one (null) is a run of its own (recordings 967-972). */
record BatchRun(int id, Location location, int year, int month, LocalDateTime date) {}
