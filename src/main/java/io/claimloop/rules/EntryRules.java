package io.claimloop.rules;

import static io.claimloop.rules.RejectionCode.FAMILY;
import static io.claimloop.rules.RejectionCode.INVALID_ITEM_OR_SERVICE;
import static io.claimloop.rules.RejectionCode.TARGET_DATE;

import io.claimloop.ledger.Finding;
import io.claimloop.openimis.Claim;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** What must hold of a claim as it was entered; openIMIS rejects these itself when the claim is submitted. */
final class EntryRules {
    private EntryRules() {}

    /** @param today in openIMIS's zone: its dates are naive local */
    static List<Finding> check(Claim claim, LocalDate today) {
        List<Finding> findings = new ArrayList<>();
        if (claim.dateFrom() == null) {
            findings.add(TARGET_DATE.finding("visit-date", "The claim has no visit date."));
        } else {
            if (claim.dateTo().isBefore(claim.dateFrom())) {
                findings.add(TARGET_DATE.finding("visit-end", "The visit ends before it begins."));
            }
            // a day of slack: the clocks and zones of two systems
            if (claim.dateFrom().isAfter(today.plusDays(1))) {
                findings.add(TARGET_DATE.finding("visit-in-future", "The visit lies in the future."));
            }
            if (claim.dateClaimed() != null && claim.dateClaimed().isBefore(claim.dateFrom())) {
                findings.add(TARGET_DATE.finding("date-claimed", "The claim was made before the visit."));
            }
        }
        if (claim.insuree() == null || claim.insuree().insuranceNumber() == null) {
            findings.add(FAMILY.finding("insuree", "The claim has no insuree with an insurance number."));
        }
        if (claim.facility() == null) {
            findings.add(new Finding(null, "facility", "The claim has no health facility."));
        }
        if (claim.lines() == 0) {
            findings.add(INVALID_ITEM_OR_SERVICE.finding("lines", "The claim has neither an item nor a service."));
        }
        return findings;
    }
}
