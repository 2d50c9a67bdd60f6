package io.claimloop.subscription;

import java.time.Instant;
import java.util.Set;

/**
 * One live Subscription with a lookup that openIMIS's claims do not have silences the notices of all, without a word
 * (recording 307: {@code Claim?nosuchfield=4}; {@code Claim?status=4} and {@code Claim?health_facility__code=…} work, 301).
 * The names are those of openIMIS's claim, read in its code (modules of 24.04 to 2026): a release may have more.
 */
final class Silencing {
    private static final String CLAIM = "Claim?";

    private static final Set<String> NUMBERS = Set.of(
            "id",
            "status",
            "feedback_status",
            "review_status",
            "approval_status",
            "rejection_reason",
            "audit_user_id",
            "audit_user_id_review",
            "audit_user_id_submit",
            "audit_user_id_process",
            "legacy_id");

    private static final Set<String> PLAIN = Set.of(
            "uuid",
            "code",
            "category",
            "date_from",
            "date_to",
            "date_claimed",
            "date_processed",
            "adjustment",
            "claimed",
            "approved",
            "reinsured",
            "valuated",
            "remunerated",
            "feedback_available",
            "explanation",
            "validity_from",
            "validity_to",
            "validity_from_review",
            "validity_to_review",
            "submit_stamp",
            "process_stamp",
            "guarantee_id",
            "visit_type",
            "care_type",
            "pre_authorization",
            "patient_condition",
            "referral_code",
            "json_ext",
            "pk");

    /** What stands behind another's name is the other's matter. */
    private static final Set<String> OTHERS = Set.of(
            "insuree",
            "health_facility",
            "admin",
            "adjuster",
            "batch_run",
            "feedback",
            "restore",
            "refer_from",
            "refer_to",
            "icd",
            "icd_1",
            "icd_2",
            "icd_3",
            "icd_4",
            "items",
            "services",
            "attachments");

    private Silencing() {}

    /** Whether openIMIS stumbles over it when a claim comes in, as far as can be told from outside. */
    static boolean silences(Subscription subscription, Instant now) {
        String criteria = subscription.criteria();
        if (!subscription.live(now) || !criteria.startsWith(CLAIM)) {
            return false;
        }
        for (String lookup : criteria.substring(CLAIM.length()).split("&")) {
            String[] sides = lookup.split("=", 2);
            if (!lookup.isBlank() && !works(sides[0], sides.length < 2 ? "" : sides[1])) {
                return true;
            }
        }
        return false;
    }

    private static boolean works(String name, String value) {
        String field = name.split("__", 2)[0];
        if (NUMBERS.contains(field)) {
            return !name.equals(field) || value.matches("-?\\d+");
        }
        return PLAIN.contains(field) || OTHERS.contains(field.replaceFirst("_id$", ""));
    }
}
