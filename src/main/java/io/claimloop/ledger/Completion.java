package io.claimloop.ledger;

/** Leased work and what came of it. */
public record Completion(Due due, Outcome outcome) {}
