package io.claimloop.simulated;

/** A place of the four-level tree of openIMIS: R region, D district, W ward, V village (recordings 820-823). {@code id} is what processBatch wants. */
public record Location(int id, String uuid, String code, String name, String type, Location parent) {
    Location ancestor(String wanted) {
        for (var place = this; place != null; place = place.parent) {
            if (place.type.equals(wanted)) return place;
        }
        return null;
    }
}
