package io.claimloop.simulated;

import java.time.LocalDate;

/**
 * An insured person (recordings 801, 809, 987). The village is the family's; {@code currentVillage} is mostly null and
 * wins where it is set. Without a policy row every FHIR Claim of the person is unreadable (recording 446).
 */
public record Insuree(
        String uuid,
        String chfId,
        String lastName,
        String otherNames,
        LocalDate dob,
        String gender,
        String phone,
        boolean head,
        String familyUuid,
        Location familyVillage,
        Location currentVillage,
        Policy policy) {
    Location village() {
        return currentVillage != null ? currentVillage : familyVillage;
    }

    public Insuree withCurrentVillage(Location village) {
        return new Insuree(
                uuid,
                chfId,
                lastName,
                otherNames,
                dob,
                gender,
                phone,
                head,
                familyUuid,
                familyVillage,
                village,
                policy);
    }

    public Insuree withPolicy(Policy other) {
        return new Insuree(
                uuid,
                chfId,
                lastName,
                otherNames,
                dob,
                gender,
                phone,
                head,
                familyUuid,
                familyVillage,
                currentVillage,
                other);
    }
}
