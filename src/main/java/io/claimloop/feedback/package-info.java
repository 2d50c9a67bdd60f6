/** The five answers: what they mean, when they count, how they get to openIMIS. */
package io.claimloop.feedback;
