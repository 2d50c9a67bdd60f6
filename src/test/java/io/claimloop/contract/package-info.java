/**
 * What ClaimLoop relies on at its partners, one set of tests for simulators and live servers alike. Each behaviour names
 * the recordings that it comes from ({@code test-data/recorded}).
 */
package io.claimloop.contract;
