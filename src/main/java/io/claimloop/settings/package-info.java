/** What an operator configures, and the look at it before anything starts. */
package io.claimloop.settings;
