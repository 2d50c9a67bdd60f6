package io.claimloop.rules;

import io.claimloop.ledger.Finding;

/**
 * openIMIS's own numbers for why it rejects a claim or a line of it (read in its claim validations; some met in
 * recordings 404-419 and 505). A finding carries the number, so that both systems speak of the same matter.
 */
public enum RejectionCode {
    AI_EVALUATION(-2, "rejected by the AI evaluation"),
    MEDICAL_OFFICER(-1, "rejected by a medical officer"),
    ACCEPTED(0, "accepted"),
    INVALID_ITEM_OR_SERVICE(1, "invalid item or service; of a claim: all lines are rejected"),
    NOT_IN_PRICE_LIST(2, "not in the facility's price list"),
    NO_PRODUCT(3, "no product covers it"),
    CATEGORY(4, "not for this sex or age"),
    FREQUENCY(5, "too soon after the last time"),
    DUPLICATED(6, "duplicated (not used)"),
    FAMILY(7, "insuree or family not valid; of a claim also: no coverage"),
    ICD_NOT_IN_LIST(8, "diagnosis not in the list (not used)"),
    TARGET_DATE(9, "dates missing or in the wrong order"),
    CARE_TYPE(10, "care type does not fit the facility"),
    MAX_ADMISSIONS(11, "over the number of hospital admissions"),
    MAX_VISITS(12, "over the number of visits"),
    MAX_CONSULTATIONS(13, "over the number of consultations"),
    MAX_SURGERIES(14, "over the number of surgeries"),
    MAX_DELIVERIES(15, "over the number of deliveries"),
    QUANTITY(16, "quantity over the limit"),
    WAITING_PERIOD(17, "within the waiting period"),
    NOT_USED(18, "not used"),
    MAX_ANTENATAL(19, "over the number of antenatal visits"),
    INVALID_CLAIM(20, "invalid claim"),
    NO_COVERAGE(21, "no policy on the service dates; the claim itself is rejected with 7");

    private final int code;
    private final String meaning;

    RejectionCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }

    /** @param rule our name of the rule, kebab-case */
    Finding finding(String rule, String detail) {
        return new Finding(code, rule, detail);
    }
}
