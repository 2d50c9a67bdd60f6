/** What the YAML routes need from Java: leases, outcomes, partner calls. The package that knows Camel. */
package io.claimloop.pipeline;
