/** What we know of openIMIS: how a claim is read back, what its numbers mean, what it answers. */
package io.claimloop.openimis;
