/** When a claim may be processed, reviewed, or left alone; and the batch run of a month. */
package io.claimloop.valuation;
