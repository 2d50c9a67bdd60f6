/** What operators see and do: trace, retry, withdraw, health. Nothing depends on it. */
package io.claimloop.operations;
