/** Keeps our one FHIR Subscription in openIMIS, and says plainly where there can be none. */
package io.claimloop.subscription;
