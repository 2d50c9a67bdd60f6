/** Callers, roles, secrets, and what may be logged. */
package io.claimloop.security;
