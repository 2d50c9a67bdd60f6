/** The edges: who may call, and how an event is on disk before it is answered. */
package io.claimloop.intake;
