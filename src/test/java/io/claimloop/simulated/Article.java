package io.claimloop.simulated;

import java.math.BigDecimal;

/**
 * An item (medication) or a service of the catalogue, and whether the facility's price list has it (recording 419). A
 * relative price is known only after the batch run of its month (recordings 964-968).
 */
record Article(
        int id,
        String uuid,
        String code,
        String name,
        boolean service,
        BigDecimal price,
        boolean inPriceList,
        boolean relativePrice) {
    String resourceType() {
        return service ? "ActivityDefinition" : "Medication";
    }
}
