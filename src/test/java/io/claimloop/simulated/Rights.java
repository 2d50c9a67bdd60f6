package io.claimloop.simulated;

import java.util.Map;

/**
 * openIMIS's right numbers, by what they allow. The refusals are recorded (118, 119, 228, 243, 726, 745, 944); the
 * numbers of the others are read from the modules' settings.
 */
final class Rights {
    static final int READ_INSUREES = 101101;
    static final int READ_POLICIES = 101201;
    static final int READ_CLAIMS = 111001;
    static final int CREATE_CLAIMS = 111002;
    static final int DELETE_CLAIMS = 111004;
    static final int SUBMIT_CLAIMS = 111007;
    static final int REVIEW_CLAIMS = 111008;
    static final int GIVE_FEEDBACK = 111009;
    static final int CHANGE_CLAIMS = 111010;
    static final int PROCESS_CLAIMS = 111011;
    static final int RUN_BATCHES = 111101;
    static final int READ_BATCHES = 111102;
    static final int READ_OFFICERS = 121501;
    static final int READ_SUBSCRIPTIONS = 158001;
    static final int CREATE_SUBSCRIPTIONS = 158002;
    static final int CHANGE_SUBSCRIPTIONS = 158003;
    static final int DELETE_SUBSCRIPTIONS = 158004;

    private static final int[] NONE = {};

    /** Method and resource; what is not here needs no right. */
    private static final Map<String, int[]> FHIR = Map.ofEntries(
            Map.entry("GET Claim", rights(READ_CLAIMS)),
            Map.entry("POST Claim", rights(CREATE_CLAIMS, SUBMIT_CLAIMS)),
            Map.entry("GET ClaimResponse", rights(READ_CLAIMS)),
            Map.entry("GET CommunicationRequest", rights(CHANGE_CLAIMS)),
            Map.entry("GET Communication", rights(CHANGE_CLAIMS)),
            Map.entry("POST Communication", rights(GIVE_FEEDBACK)),
            Map.entry("GET Patient", rights(READ_INSUREES)),
            Map.entry("GET Subscription", rights(READ_SUBSCRIPTIONS)),
            Map.entry("POST Subscription", rights(CREATE_SUBSCRIPTIONS)),
            Map.entry("PUT Subscription", rights(CHANGE_SUBSCRIPTIONS)),
            Map.entry("DELETE Subscription", rights(DELETE_SUBSCRIPTIONS)));

    private static final Map<String, int[]> GRAPHQL = Map.ofEntries(
            Map.entry("claim", rights(READ_CLAIMS)),
            Map.entry("claims", rights(READ_CLAIMS)),
            Map.entry("claimAttachments", rights(READ_CLAIMS)),
            Map.entry("insurees", rights(READ_INSUREES)),
            Map.entry("policiesByInsuree", rights(READ_POLICIES)),
            Map.entry("policiesByFamily", rights(READ_POLICIES)),
            Map.entry("enrolmentOfficers", rights(READ_OFFICERS)),
            Map.entry("substitutionEnrolmentOfficers", rights(READ_OFFICERS)),
            Map.entry("batchRuns", rights(READ_BATCHES)),
            Map.entry("createClaim", rights(CREATE_CLAIMS)),
            Map.entry("submitClaims", rights(SUBMIT_CLAIMS)),
            Map.entry("deleteClaims", rights(DELETE_CLAIMS)),
            Map.entry("processClaims", rights(PROCESS_CLAIMS)),
            Map.entry("selectClaimsForFeedback", rights(CHANGE_CLAIMS)),
            Map.entry("skipClaimsFeedback", rights(CHANGE_CLAIMS)),
            Map.entry("bypassClaimsFeedback", rights(CHANGE_CLAIMS)),
            Map.entry("selectClaimsForReview", rights(CHANGE_CLAIMS)),
            Map.entry("skipClaimsReview", rights(CHANGE_CLAIMS)),
            Map.entry("bypassClaimsReview", rights(CHANGE_CLAIMS)),
            Map.entry("createClaimAttachment", rights(CHANGE_CLAIMS)),
            Map.entry("saveClaimReview", rights(REVIEW_CLAIMS)),
            Map.entry("deliverClaimsReview", rights(REVIEW_CLAIMS)),
            Map.entry("deliverClaimFeedback", rights(GIVE_FEEDBACK)),
            Map.entry("processBatch", rights(RUN_BATCHES)));

    private Rights() {}

    static int[] ofFhir(String method, String resource) {
        return FHIR.getOrDefault((method.equals("HEAD") ? "GET" : method) + " " + resource, NONE);
    }

    static int[] ofGraphQl(String field) {
        return GRAPHQL.getOrDefault(field, NONE);
    }

    private static int[] rights(int... numbers) {
        return numbers;
    }
}
