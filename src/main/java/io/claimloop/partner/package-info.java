/** What both neighbours have in common: a request, an answer, a refusal, a login, a limit. */
package io.claimloop.partner;
