package io.claimloop.rules;

import io.claimloop.ledger.Eligibility;
import io.claimloop.ledger.Finding;
import java.util.ArrayList;
import java.util.List;

/** What is found in the {@link Eligibility} of a claim. Not known is not "not covered". */
final class CoverageRule {
    static final String NO_COVERAGE = "no-coverage";

    private CoverageRule() {}

    static boolean uncovered(Eligibility eligibility) {
        return eligibility != null && Boolean.FALSE.equals(eligibility.covered());
    }

    static List<Finding> check(Eligibility eligibility) {
        List<Finding> findings = new ArrayList<>();
        if (uncovered(eligibility)) {
            findings.add(RejectionCode.NO_COVERAGE.finding(
                    NO_COVERAGE, "No policy of the insuree covers the service dates."));
        }
        if (eligibility != null && eligibility.unread().contains(Eligibility.POLICIES)) {
            findings.add(new Finding(
                    null,
                    "coverage-unknown",
                    "openIMIS did not show the insuree's policies: coverage on the service dates is not known."));
        }
        if (eligibility != null && eligibility.unread().contains(Eligibility.OFFICERS)) {
            findings.add(new Finding(
                    null, "officer-unknown", "openIMIS did not show the enrolment officer of the insuree's village."));
        }
        return findings;
    }
}
