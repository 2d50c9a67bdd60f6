package io.claimloop.simulated;

/** A health facility; openIMIS hangs it on a district, not on a village (recordings 830, 912). */
public record Facility(String uuid, String code, String name, Location district) {}
