package io.claimloop.simulated;

import java.util.List;

/** An enrolment officer. Selection for feedback needs one with a phone in the insuree's village (recording 953). */
public record Officer(int id, String uuid, String code, String lastName, String phone, List<Location> villages) {}
