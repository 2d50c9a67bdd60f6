/**
 * The benchmark: {@code ./mvnw verify -Pbench}, see {@code docs/benchmark.md}. ClaimLoop, PostgreSQL and the simulated
 * partners are processes of their own; this one makes the load.
 */
package io.claimloop.bench;
