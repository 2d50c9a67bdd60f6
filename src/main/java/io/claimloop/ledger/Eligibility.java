package io.claimloop.ledger;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What openIMIS knew of a claim's insuree and place when the claim was checked. Codes and ids of things only; no person's
 * name, number or phone.
 *
 * @param covered whether a policy covered the service dates; null when that is not known
 * @param policy openIMIS's uuid of the policy that covered them
 * @param product code of that policy's product
 * @param village code of the insuree's village
 * @param facility code of the health facility
 * @param officer code of the village's enrolment officer; of several the first by code
 * @param officerId that officer's number, as openIMIS's mutations want it
 * @param unread what openIMIS did not show: {@link #POLICIES}, {@link #OFFICERS}
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Eligibility(
        Boolean covered,
        String policy,
        String product,
        String village,
        String facility,
        String officer,
        Integer officerId,
        List<String> unread) {
    public static final String POLICIES = "policies";
    public static final String OFFICERS = "officers";

    public Eligibility {
        unread = unread == null ? List.of() : List.copyOf(unread);
    }
}
