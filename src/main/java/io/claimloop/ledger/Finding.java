package io.claimloop.ledger;

/**
 * Something a rule found in a claim.
 *
 * @param code openIMIS's rejection code for the matter, or null where it has none
 * @param rule our name of the rule, kebab-case
 * @param detail for a person; no name, number or diagnosis
 */
public record Finding(Integer code, String rule, String detail) {}
