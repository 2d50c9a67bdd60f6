/** What we know of CHT: how a patient and the responsible CHW are found, and the claim record. */
package io.claimloop.cht;
