/** Finds what the neighbours never told: compares both sides with the ledger and counts what only it found. */
package io.claimloop.reconciliation;
