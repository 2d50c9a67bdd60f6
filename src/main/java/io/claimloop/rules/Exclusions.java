package io.claimloop.rules;

import io.claimloop.openimis.Claim;
import io.claimloop.settings.AgeRange;
import io.claimloop.settings.ClaimLoopProperties.Exclude;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Sensitive care by configuration. Tells that a claim is excluded, never by what. */
final class Exclusions {
    private final List<String> diagnoses;
    private final Set<String> services;
    private final Set<String> items;
    private final Set<String> facilities;
    private final List<AgeRange> ages;

    Exclusions(Exclude exclude) {
        this.diagnoses = exclude.diagnoses().stream()
                .map(Exclusions::icd)
                .filter(prefix -> !prefix.isEmpty())
                .toList();
        this.services = codes(exclude.services());
        this.items = codes(exclude.items());
        this.facilities = codes(exclude.facilities());
        this.ages = exclude.ages();
    }

    boolean excludes(Claim claim) {
        return any(claim.serviceCodes(), services)
                || any(claim.itemCodes(), items)
                || claim.facility() != null
                        && any(List.of(Objects.toString(claim.facility().code(), "")), facilities)
                || claim.diagnoses().stream().map(Exclusions::icd).anyMatch(code -> diagnoses.stream()
                        .anyMatch(code::startsWith))
                || excludesAge(claim);
    }

    /** Diagnoses are excluded, and openIMIS does not show all of them. */
    boolean unreadable(Claim claim) {
        return !diagnoses.isEmpty() && !claim.showsAllDiagnoses();
    }

    /** Who has no known age may be of any. */
    private boolean excludesAge(Claim claim) {
        if (ages.isEmpty() || claim.dateFrom() == null) {
            return false;
        }
        if (claim.insuree() == null || claim.insuree().born() == null) {
            return true;
        }
        long years = ChronoUnit.YEARS.between(claim.insuree().born(), claim.dateFrom());
        return ages.stream().anyMatch(range -> range.holds(years));
    }

    private static boolean any(Collection<String> found, Set<String> excluded) {
        return found.stream().map(Exclusions::code).anyMatch(excluded::contains);
    }

    private static Set<String> codes(List<String> told) {
        return told.stream()
                .map(Exclusions::code)
                .filter(code -> !code.isEmpty())
                .collect(Collectors.toSet());
    }

    private static String code(String told) {
        return told.strip().toUpperCase(Locale.ROOT);
    }

    /** openIMIS's lists write B20.1 or B201. */
    private static String icd(String told) {
        return code(told).replace(".", "");
    }
}
