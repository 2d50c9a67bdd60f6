package io.claimloop.simulated;

import java.util.LinkedHashMap;
import java.util.Map;

/** The households of the demo. Their insurance numbers are those that a fresh openIMIS brings along, and some that hurt. */
public final class DemoData {

    public static final String DISTRICT = "rapti-district";
    public static final String VIRU = "viru-hc";
    public static final String JALJALA = "jaljala-hc";
    public static final String SUNIL = "sunil-hc";
    public static final String SITA = "sita-chw";
    public static final String GANGA = "ganga-chw";
    public static final String JOSEPH = "07a5d9a1f5e53858129c31b041003535";
    public static final String RITA = "rita-person";
    public static final String ELSEWHERE = "gita-person";
    public static final String NO_WORKER = "maya-person";
    public static final String DECEASED = "deceased-person";
    public static final String MUTED = "muted-person";

    private DemoData() {}

    static void addTo(SimulatedCht cht) {
        cht.addPlace(DISTRICT, "Rapti District", "district_hospital", null);
        cht.addPlace(VIRU, "Viru HC", "health_center", DISTRICT);
        cht.addPlace(JALJALA, "Jaljala HC", "health_center", DISTRICT);
        cht.addPlace(SUNIL, "Sunil HC", "health_center", DISTRICT);
        person(cht, SITA, "Sita CHW", VIRU, "phone", "+9779841000001");
        person(cht, GANGA, "Ganga CHW", JALJALA, "phone", "+9779841000002");
        cht.changeContact(VIRU, Map.of("contact", Map.of("_id", SITA)));
        cht.changeContact(JALJALA, Map.of("contact", Map.of("_id", GANGA)));
        cht.addUser("chw1", VIRU, SITA, "chw");
        cht.addUser("chw2", JALJALA, GANGA, "chw");

        cht.addPlace("household-1", "Household 1", "clinic", VIRU);
        cht.addPlace("household-2", "Household 2", "clinic", JALJALA);
        cht.addPlace("household-3", "Household 3", "clinic", SUNIL);
        person(
                cht,
                JOSEPH,
                "Joseph Macintyre",
                "household-1",
                "insurance_number",
                "070707070",
                "date_of_birth",
                "1967-05-05",
                "sex",
                "male",
                "patient_id",
                "97871");
        person(cht, RITA, "Rita Patient", "household-1", "insurance_number", "070707081", "sex", "female");
        person(cht, "person-dup-1", "Dup 1", "household-1", "insurance_number", "070707099");
        person(cht, "person-dup-2", "Dup 2", "household-1", "insurance_number", "070707099");
        person(cht, ELSEWHERE, "Gita Patient", "household-2", "insurance_number", "070707092");
        person(cht, NO_WORKER, "Maya Patient", "household-3", "insurance_number", "070707093");
        person(
                cht,
                DECEASED,
                "Hari Patient",
                "household-1",
                "insurance_number",
                "070707094",
                "date_of_death",
                "2026-10-01");
        person(
                cht,
                MUTED,
                "Bina Patient",
                "household-1",
                "insurance_number",
                "070707095",
                "muted",
                "2026-10-02T08:00:00.000Z");
    }

    private static void person(SimulatedCht cht, String id, String name, String parent, String... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("name", name);
        fields.put("parent", parent);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        cht.addPerson(fields);
    }
}
