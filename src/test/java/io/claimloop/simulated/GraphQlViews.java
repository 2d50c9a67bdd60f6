package io.claimloop.simulated;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows as GraphQL shows them: decimals and dates are texts, ids are Relay's (recordings 912-923). */
final class GraphQlViews {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

    /** No field of openIMIS's: whoever shows such a row fails, and only for that row. */
    static final String POISONED = "poisoned";

    private GraphQlViews() {}

    static Map<String, Object> claim(Claim claim) {
        var node = new LinkedHashMap<String, Object>();
        node.put(POISONED, claim.poisoned);
        node.put("id", relayId("ClaimGQLType", claim.id));
        node.put("uuid", claim.uuid);
        node.put("code", claim.code);
        node.put("status", claim.status);
        node.put("feedbackStatus", claim.feedbackStatus);
        node.put("feedbackAvailable", claim.feedback != null);
        node.put("reviewStatus", claim.reviewStatus);
        node.put("rejectionReason", claim.rejectionReason);
        node.put("claimed", decimal(claim.claimed));
        node.put("approved", decimal(claim.approved));
        node.put("remunerated", decimal(claim.remunerated));
        node.put("dateClaimed", claim.dateClaimed.toString());
        node.put("dateFrom", claim.dateFrom.toString());
        node.put("dateTo", claim.dateTo.toString());
        node.put("dateProcessed", claim.dateProcessed == null ? null : claim.dateProcessed.toString());
        node.put("processStamp", stamp(claim.processStamp));
        node.put("validityFrom", stamp(claim.validityFrom));
        node.put("validityTo", stamp(claim.validityTo));
        node.put("visitType", claim.visitType);
        node.put("guaranteeId", claim.guarantee);
        node.put("adjustment", claim.adjustment);
        node.put("attachmentsCount", claim.attachments.size());
        node.put("insuree", insuree(claim.insuree));
        node.put("healthFacility", facility(claim.facility));
        node.put(
                "admin",
                Map.of(
                        "id", relayId("ClaimAdminGQLType", 3),
                        "uuid", OpenImisData.ADMIN_UUID,
                        "code", OpenImisData.ADMIN_CODE,
                        "lastName", OpenImisData.ADMIN_LAST_NAME));
        for (int i = 0; i < 5; i++) {
            node.put(i == 0 ? "icd" : "icd" + i, i < claim.diagnoses.size() ? diagnosis(claim.diagnoses.get(i)) : null);
        }
        node.put("feedback", claim.feedback == null ? null : feedback(claim.feedback));
        node.put("items", lines(claim, false));
        node.put("services", lines(claim, true));
        node.put("batchRun", claim.batchRun == null ? null : batchRun(claim.batchRun));
        return node;
    }

    static Map<String, Object> attachment(Attachment attachment) {
        var node = new LinkedHashMap<String, Object>();
        node.put("id", relayId("ClaimAttachmentGQLType", attachment.uuid()));
        node.put("type", attachment.type());
        node.put("title", attachment.title());
        node.put("date", attachment.date());
        node.put("filename", attachment.filename());
        node.put("mime", attachment.mime());
        node.put("generalType", attachment.generalType());
        node.put("url", attachment.url());
        node.put("document", attachment.document());
        node.put(
                "predefinedType",
                Map.of(
                        "id",
                        relayId("ClaimAttachmentTypeGQLType", 1),
                        "claimAttachmentType",
                        Attachment.KNOWN_TYPE,
                        "claimGeneralType",
                        "FILE"));
        return node;
    }

    private static Map<String, Object> diagnosis(String code) {
        return Map.of("id", "5", "code", code, "name", OpenImisData.DIAGNOSIS_NAME);
    }

    private static List<Map<String, Object>> lines(Claim claim, boolean services) {
        var lines = new ArrayList<Map<String, Object>>();
        for (var line : FhirViews.ordered(claim)) {
            if (line.article.service() != services) continue;
            var node = new LinkedHashMap<String, Object>();
            node.put("id", String.valueOf(line.id));
            node.put("qtyProvided", decimal(line.quantity));
            node.put("qtyApproved", decimal(line.quantityApproved));
            node.put("priceAsked", decimal(line.price));
            node.put("priceValuated", decimal(line.priceValuated));
            node.put("status", line.status);
            node.put("rejectionReason", line.rejectionReason);
            node.put("justification", line.justification);
            node.put(
                    services ? "service" : "item",
                    Map.of(
                            "id", String.valueOf(line.article.id()),
                            "uuid", line.article.uuid(),
                            "code", line.article.code(),
                            "name", line.article.name()));
            lines.add(node);
        }
        return lines;
    }

    private static Map<String, Object> feedback(Feedback feedback) {
        var node = new LinkedHashMap<String, Object>();
        node.put("id", String.valueOf(feedback.id()));
        node.put("uuid", feedback.uuid());
        node.put("careRendered", feedback.careRendered());
        node.put("paymentAsked", feedback.paymentAsked());
        node.put("drugPrescribed", feedback.drugPrescribed());
        node.put("drugReceived", feedback.drugReceived());
        node.put("asessment", feedback.asessment());
        node.put("officerId", feedback.officerId());
        node.put("feedbackDate", stamp(feedback.feedbackDate()));
        node.put("validityFrom", stamp(feedback.validityFrom()));
        return node;
    }

    static Map<String, Object> insuree(Insuree insuree) {
        var node = new LinkedHashMap<String, Object>();
        node.put("id", relayId("InsureeGQLType", insuree.chfId()));
        node.put("uuid", insuree.uuid());
        node.put("chfId", insuree.chfId());
        node.put("lastName", insuree.lastName());
        node.put("otherNames", insuree.otherNames());
        node.put("dob", insuree.dob().toString());
        node.put("phone", insuree.phone());
        node.put("head", insuree.head());
        node.put("gender", Map.of("code", insuree.gender()));
        node.put("currentVillage", location(insuree.currentVillage()));
        var family = new LinkedHashMap<String, Object>();
        family.put("id", relayId("FamilyGQLType", insuree.familyUuid()));
        family.put("uuid", insuree.familyUuid());
        family.put("location", location(insuree.familyVillage()));
        node.put("family", family);
        return node;
    }

    static Map<String, Object> location(Location location) {
        if (location == null) return null;
        var node = new LinkedHashMap<String, Object>();
        node.put("id", relayId("LocationGQLType", location.id()));
        node.put("uuid", location.uuid());
        node.put("code", location.code());
        node.put("name", location.name());
        node.put("type", location.type());
        node.put("parent", location(location.parent()));
        return node;
    }

    private static Map<String, Object> facility(Facility facility) {
        var node = new LinkedHashMap<String, Object>();
        node.put("id", relayId("HealthFacilityGQLType", facility.code()));
        node.put("uuid", facility.uuid());
        node.put("code", facility.code());
        node.put("name", facility.name());
        node.put("location", location(facility.district()));
        return node;
    }

    static Map<String, Object> officer(Officer officer) {
        var node = new LinkedHashMap<String, Object>();
        node.put("id", relayId("OfficerGQLType", officer.id()));
        node.put("uuid", officer.uuid());
        node.put("code", officer.code());
        node.put("lastName", officer.lastName());
        node.put("otherNames", "sid");
        node.put("phone", officer.phone());
        node.put("email", "abc@abc.com");
        node.put(
                "officerVillages",
                officer.villages().stream()
                        .map(village -> Map.of("location", location(village)))
                        .toList());
        return node;
    }

    static Map<String, Object> policy(Policy policy) {
        var node = new LinkedHashMap<String, Object>();
        node.put("policyUuid", policy.uuid());
        node.put("productCode", "BCUL0001");
        node.put("productName", "Basic Cover Ultha");
        node.put("enrollDate", policy.start().toString());
        node.put("effectiveDate", policy.start().toString());
        node.put("startDate", policy.start().toString());
        node.put("expiryDate", policy.end().toString());
        node.put("status", 2);
        node.put("policyValue", 10000.0);
        node.put("balance", 10000.0);
        node.put("ded", 0.0);
        node.put("dedOutPatient", 0.0);
        return node;
    }

    static Map<String, Object> batchRun(BatchRun run) {
        var node = new LinkedHashMap<String, Object>();
        node.put("id", relayId("BatchRunGQLType", run.id()));
        node.put("runYear", run.year());
        node.put("runMonth", run.month());
        node.put("runDate", stamp(run.date()));
        node.put("location", location(run.location()));
        return node;
    }

    static String relayId(String type, Object id) {
        return Base64.getEncoder().encodeToString((type + ":" + id).getBytes(StandardCharsets.UTF_8));
    }

    static String decimal(BigDecimal number) {
        return number == null ? null : number.setScale(2, RoundingMode.HALF_UP).toPlainString();
    }

    /** Python's isoformat: no fraction where there is none (recordings 918, 936). */
    static String stamp(LocalDateTime time) {
        return time == null ? null : (time.getNano() == 0 ? SECONDS : MICROS).format(time);
    }
}
