package io.claimloop.simulated;

import java.math.BigDecimal;

/** An item (medication) or a service of the catalogue, and whether the facility's price list has it (recording 419). */
record Article(int id, String uuid, String code, String name, boolean service, BigDecimal price, boolean inPriceList) {
    String resourceType() {
        return service ? "ActivityDefinition" : "Medication";
    }
}
