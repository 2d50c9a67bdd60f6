package io.claimloop.ledger;

/**
 * Whether this instance leads: sweeps, schedules and what else must run once run where it is held. The lease is a row; an
 * instance that cannot renew it in time stops leading by its own clock, before another may take it.
 *
 * <p>What a leader does is idempotent all the same: one that stood still in the middle of a sweep and goes on is not fenced,
 * and does no harm.
 */
public interface Leadership {
    boolean held();
}
