/**
 * Loops, their states and history, due work and leases. The only package that speaks SQL; others reach it through
 * {@link io.claimloop.ledger.Inbox}, {@link io.claimloop.ledger.DueWork} and {@link io.claimloop.ledger.Loops}.
 */
package io.claimloop.ledger;
