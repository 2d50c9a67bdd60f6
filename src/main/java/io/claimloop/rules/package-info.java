/** Checks with openIMIS's rejection codes, and which claims are followed up. */
package io.claimloop.rules;
