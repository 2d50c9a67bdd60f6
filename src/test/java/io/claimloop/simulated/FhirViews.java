package io.claimloop.simulated;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rows as openIMIS's FHIR converters show them, member order included. Read by code, ids and references are codes
 * instead of uuids (recordings 512, 802, 825).
 */
final class FhirViews {
    static final String SITE = "https://openimis.github.io/openimis_fhir_r4_ig/";
    // The double slash is openIMIS's (recordings 820, 830).
    private static final String CODES = SITE + "CodeSystem/";
    private static final String SLASHED_CODES = SITE + "/CodeSystem/";
    private static final String STRUCTURES = SITE + "StructureDefinition/";
    private static final String IDENTIFIERS = CODES + "openimis-identifiers";

    static final List<String> ANSWERS =
            List.of("CareRendered", "PaymentAsked", "DrugPrescribed", "DrugReceived", "Asessment");
    private static final List<String> QUESTIONS = List.of(
            "Care Rendered? (yes|no)",
            "Payment Asked? (yes|no)",
            "Drug Prescribed? (yes|no)",
            "Drug Received? (yes|no)",
            "Asessment? (0|1|2|3|4|5)");
    private static final Map<Integer, String> STATUS =
            Map.of(1, "rejected", 2, "entered", 4, "checked", 8, "processed", 16, "valuated");
    private static final Map<Integer, String> REASONS = Map.of(
            -1, "REJECTED BY MEDICAL OFFICER",
            0, "ACCEPTED",
            1, "INVALID ITEM/SERVICE",
            2, "NOT IN PRICE LIST",
            3, "NO PRODUCT FOUND",
            9, "TARGET DATE",
            10, "CARE TYPE");

    private final boolean byCode;

    FhirViews(boolean byCode) {
        this.byCode = byCode;
    }

    /** {@code attachmentsReadable}: what a later release shows of them is read in the source, not recorded. */
    ObjectNode claim(Claim claim, boolean attachmentsReadable) {
        // Both are poison for a whole list page (recordings 427, 429, 446, 454, 456).
        if (!claim.attachments.isEmpty() && !attachmentsReadable) {
            throw Refusal.failed("1 validation error for ClaimSupportingInfo\n__root__ -> sequence\n"
                    + "  none is not an allowed value (type=type_error.none.not_allowed)");
        }
        if (claim.insuree.policy() == null) {
            throw Refusal.failed("1 validation error for BundleEntry\nresource -> insurance\n"
                    + "  field required (type=value_error.missing)");
        }
        var node = resource("Claim", claim.uuid, claim.code);
        claimHead(node, claim);
        node.set("patient", patientReference(claim).put("display", claim.insuree.chfId()));
        node.putObject("billablePeriod").put("start", claim.dateFrom.toString()).put("end", claim.dateTo.toString());
        node.put("created", claim.dateClaimed.toString());
        node.set("enterer", adminReference().put("display", OpenImisData.ADMIN_CODE));
        var facility = claim.facility;
        node.set(
                "provider",
                reference("Organization", facility.uuid(), facility.code()).put("display", facility.code()));
        node.putObject("priority")
                .putArray("coding")
                .addObject()
                .put("system", "http://terminology.hl7.org/CodeSystem/processpriority")
                .put("code", "normal")
                .put("display", "Normal");
        if (claim.guarantee != null && !claim.guarantee.isEmpty()) {
            var info = node.putArray("supportingInfo").addObject().put("sequence", 1);
            info.set("category", concept(CODES + "claim-supporting-info-category", "guarantee", null));
            info.put("valueString", claim.guarantee);
        }
        for (var attachment : claim.attachments) {
            var infos = node.withArray("supportingInfo");
            var info = infos.addObject().put("sequence", infos.size());
            info.putObject("category").put("text", "attachment");
            info.putObject("valueAttachment")
                    .put("contentType", attachment.mime())
                    .put("creation", attachment.date())
                    .put("title", attachment.filename());
        }
        node.putArray("diagnosis")
                .addObject()
                .put("sequence", 1)
                .set(
                        "diagnosisCodeableConcept",
                        concept(
                                CODES + "diagnosis-ICD10-level1",
                                OpenImisData.DIAGNOSIS_CODE,
                                OpenImisData.DIAGNOSIS_NAME));
        var policy = claim.insuree.policy().uuid();
        node.putArray("insurance")
                .addObject()
                .put("sequence", 1)
                .put("focal", true)
                .set("coverage", reference("Coverage", policy, policy));
        var items = node.putArray("item");
        for (var line : ordered(claim)) {
            var article = line.article;
            var item = items.addObject();
            lineReference(item, article, false);
            item.put("sequence", items.size());
            item.putObject("category").put("text", article.service() ? "service" : "item");
            item.putObject("productOrService").put("text", article.code());
            item.putObject("quantity").put("value", line.quantity.doubleValue());
            item.set("unitPrice", money(line.price));
        }
        node.set("total", money(claim.claimed));
        return node;
    }

    ObjectNode claimResponse(Claim claim, String today) {
        var node = resource("ClaimResponse", claim.uuid, claim.code);
        claimHead(node, claim);
        node.set("patient", patientReference(claim));
        node.put("created", today);
        node.putObject("insurer").put("reference", "openIMIS");
        node.set("requestor", adminReference());
        node.set("request", reference("ClaimV2", claim.uuid, claim.code));
        node.put("outcome", outcome(claim.status));
        var lines = ordered(claim);
        if (!lines.isEmpty()) responseLines(node.putArray("item"), claim, lines);
        totals(node, claim);
        // Only the last note is kept, and its text is the price origin's letter (findings 16, 31).
        int notes = (int) lines.stream().filter(line -> line.priced).count();
        if (notes > 0)
            node.putArray("processNote").addObject().put("number", notes).put("text", origin(lines));
        if (claim.feedback != null) {
            var feedback = claim.feedback.uuid();
            node.putArray("communicationRequest").add(reference("CommunicationRequest", feedback, feedback));
        }
        return node;
    }

    private static String origin(List<ClaimLine> lines) {
        var priced = lines.stream().filter(line -> line.priced).toList();
        return priced.get(priced.size() - 1).article.relativePrice() ? "R" : "P";
    }

    private void responseLines(ArrayNode items, Claim claim, List<ClaimLine> lines) {
        int notes = 0;
        for (var line : lines) {
            var item = items.addObject();
            lineReference(item, line.article, true);
            item.put("itemSequence", items.size());
            if (line.priced) item.putArray("noteNumber").add(++notes);
            var adjudications = item.putArray("adjudication");
            for (int status : lineStates(claim, line)) {
                var adjudication = adjudications.addObject();
                adjudication.set("category", claimStatus(status));
                adjudication.set("reason", rejectionReason(line.rejectionReason));
                adjudication.set("amount", money(line.price));
                adjudication.put("value", line.quantity.doubleValue());
            }
        }
    }

    /** An entered line reads "rejected, accepted": category 1 with reason 0 (recording 501). */
    private static List<Integer> lineStates(Claim claim, ClaimLine line) {
        return claim.status > Claim.ENTERED && line.status == 1 ? reached(claim.status) : List.of(1);
    }

    private static List<Integer> reached(int status) {
        var states = new ArrayList<Integer>();
        for (int state = Claim.ENTERED; state <= status; state *= 2) states.add(state);
        return states;
    }

    /** The totals tell the state; a rejected claim has none (recordings 501, 504, 505, 519, 520). */
    private static void totals(ObjectNode node, Claim claim) {
        if (claim.status == Claim.REJECTED) return;
        var totals = node.putArray("total");
        for (int state : reached(claim.status)) {
            var amount = claim.status == Claim.ENTERED
                    ? BigDecimal.ZERO
                    : state == Claim.ENTERED ? claim.claimed : claim.approved;
            var total = totals.addObject();
            total.set("category", claimStatus(state));
            total.set("amount", money(amount));
        }
    }

    private static String outcome(int status) {
        return switch (status) {
            case Claim.ENTERED -> "queued";
            case Claim.CHECKED, Claim.PROCESSED -> "partial";
            default -> "complete";
        };
    }

    /** Items before services, rejected items first: the order in which the rows lie after the check (recording 507). */
    static List<ClaimLine> ordered(Claim claim) {
        var lines = new ArrayList<ClaimLine>();
        claim.lines.stream()
                .filter(line -> !line.article.service() && line.status == 2)
                .forEach(lines::add);
        claim.lines.stream()
                .filter(line -> !line.article.service() && line.status != 2)
                .forEach(lines::add);
        claim.lines.stream().filter(line -> line.article.service()).forEach(lines::add);
        return lines;
    }

    /** Has neither id nor identifier; found by the claim's uuid (recordings 601-603). */
    ObjectNode communicationRequest(Claim claim) {
        var state = claim.feedbackStatus;
        var node = node().put("resourceType", "CommunicationRequest");
        node.put("status", state == Claim.SELECTED ? "active" : state == Claim.DELIVERED ? "completed" : "revoked");
        var display = state == Claim.SELECTED ? "Selected" : state == Claim.DELIVERED ? "Delivered" : "Bypassed";
        node.set("statusReason", concept(CODES + "feedback-status", String.valueOf(state), display));
        about(node, claim);
        var payload = node.putArray("payload");
        for (int i = 0; i < ANSWERS.size(); i++) payload.add(payload(ANSWERS.get(i), QUESTIONS.get(i)));
        node.putArray("recipient").add(adminReference().put("display", OpenImisData.ADMIN_CODE));
        return node;
    }

    /** Has no id; subject is the claim's own patient, whoever was sent; null answers read "no" (701, 729, 748). */
    ObjectNode communication(Feedback feedback, Claim claim) {
        var node = node().put("resourceType", "Communication");
        node.putArray("identifier").add(identifier("UUID", feedback.uuid()));
        node.put("status", "completed");
        about(node, claim);
        var payload = node.putArray("payload");
        payload.add(payload(ANSWERS.get(0), yesNo(feedback.careRendered())));
        payload.add(payload(ANSWERS.get(1), yesNo(feedback.paymentAsked())));
        payload.add(payload(ANSWERS.get(2), yesNo(feedback.drugPrescribed())));
        payload.add(payload(ANSWERS.get(3), yesNo(feedback.drugReceived())));
        payload.add(payload(ANSWERS.get(4), String.valueOf(feedback.asessment())));
        return node;
    }

    private void about(ObjectNode node, Claim claim) {
        node.set("subject", patientReference(claim).put("display", claim.insuree.chfId()));
        node.putArray("about").add(reference("Claim", claim.uuid, claim.code).put("display", claim.code));
    }

    private static String yesNo(Boolean answer) {
        return Boolean.TRUE.equals(answer) ? "yes" : "no";
    }

    private static ObjectNode payload(String code, String content) {
        var node = node();
        var extension = node.putArray("extension").addObject().put("url", STRUCTURES + "communication-payload-type");
        extension.set("valueCodeableConcept", concept(CODES + "feedback-payload", code, null));
        return node.put("contentString", content);
    }

    ObjectNode patient(Insuree insuree) {
        var node = node().put("resourceType", "Patient").put("id", byCode ? insuree.chfId() : insuree.uuid());
        var extensions = node.putArray("extension");
        extensions.addObject().put("url", STRUCTURES + "patient-is-head").put("valueBoolean", insuree.head());
        extensions.addObject().put("url", STRUCTURES + "patient-card-issued").put("valueBoolean", insuree.head());
        extensions
                .addObject()
                .put("url", STRUCTURES + "patient-group-reference")
                .set("valueReference", reference("Group", insuree.familyUuid(), insuree.chfId()));
        identifiers(node, insuree.uuid(), insuree.chfId());
        node.putArray("name")
                .addObject()
                .put("use", "usual")
                .put("family", insuree.lastName())
                .putArray("given")
                .add(insuree.otherNames());
        if (insuree.phone() != null) {
            node.putArray("telecom")
                    .addObject()
                    .put("system", "phone")
                    .put("value", insuree.phone())
                    .put("use", "home");
        }
        node.put("gender", "F".equals(insuree.gender()) ? "female" : "male");
        node.put("birthDate", insuree.dob().toString());
        var addresses = node.putArray("address");
        if (insuree.currentVillage() != null) addresses.add(address(insuree.currentVillage(), "temp"));
        if (insuree.familyVillage() != null) addresses.add(address(insuree.familyVillage(), "home"));
        return node;
    }

    private ObjectNode address(Location village, String use) {
        var node = node();
        var extensions = node.putArray("extension");
        var ward = village.ancestor("W");
        var district = village.ancestor("D");
        var region = village.ancestor("R");
        extensions
                .addObject()
                .put("url", STRUCTURES + "address-municipality")
                .put("valueString", ward == null ? null : ward.name());
        extensions
                .addObject()
                .put("url", STRUCTURES + "address-location-reference")
                .set("valueReference", reference("Location", village.uuid(), village.code()));
        return node.put("use", use)
                .put("type", "physical")
                .put("text", "Ranchou road 21")
                .put("city", village.name())
                .put("district", district == null ? null : district.name())
                .put("state", region == null ? null : region.name());
    }

    ObjectNode location(Location location) {
        var node = resource("Location", location.uuid(), location.code());
        node.put("status", "active").put("name", location.name()).put("mode", "instance");
        var display =
                switch (location.type()) {
                    case "R" -> "Region";
                    case "D" -> "District";
                    case "W" -> "Municipality/Ward";
                    default -> "Village";
                };
        node.set("physicalType", concept(SLASHED_CODES + "location-type", location.type(), display));
        var parent = location.parent();
        if (parent != null) {
            node.set(
                    "partOf",
                    reference("Location", parent.uuid(), parent.code()).put("display", parent.code()));
        }
        return node;
    }

    ObjectNode organization(Facility facility) {
        var node = node().put("resourceType", "Organization").put("id", byCode ? facility.code() : facility.uuid());
        var extensions = node.putArray("extension");
        extensions
                .addObject()
                .put("url", STRUCTURES + "organization-legal-form")
                .set("valueCodeableConcept", concept("CodeSystem/organization-legal-form", "G", "Government"));
        extensions
                .addObject()
                .put("url", SITE + "/StructureDefinition/organization-hf-level")
                .set("valueCodeableConcept", concept(SLASHED_CODES + "organization-hf-level", "H", "Hospital"));
        extensions
                .addObject()
                .put("url", STRUCTURES + "organization-hf-care-type")
                .set("valueCodeableConcept", concept(SLASHED_CODES + "organization-hf-care-type", "B", "Both"));
        identifiers(node, facility.uuid(), facility.code());
        node.putArray("type").addObject().putArray("coding").addObject().put("code", "prov");
        node.put("name", facility.name());
        var address = node.putArray("address").addObject();
        address.putArray("extension")
                .addObject()
                .put("url", SITE + "/StructureDefinition/address-location-reference")
                .set("valueReference", reference("Organization", facility.uuid(), facility.code()));
        address.put("type", "physical").putArray("line").add("Lantern Road 21\\nP.O.Box 3425");
        var region = facility.district() == null ? null : facility.district().ancestor("R");
        address.put(
                "district",
                facility.district() == null ? null : facility.district().name());
        address.put("state", region == null ? null : region.name());
        var contact = node.putArray("contact").addObject();
        contact.set("purpose", concept("http://terminology.hl7.org/CodeSystem/contactentity-type", "PAYOR", null));
        contact.putObject("name")
                .put("use", "usual")
                .put("family", OpenImisData.ADMIN_LAST_NAME)
                .putArray("given")
                .add("Kuna");
        return node;
    }

    // --- parts

    private ObjectNode resource(String type, String uuid, String code) {
        var node = node().put("resourceType", type).put("id", byCode ? code : uuid);
        identifiers(node, uuid, code);
        return node;
    }

    private static void identifiers(ObjectNode node, String uuid, String code) {
        node.putArray("identifier").add(identifier("UUID", uuid)).add(identifier("Code", code));
    }

    private static void claimHead(ObjectNode node, Claim claim) {
        node.put("status", "active");
        node.set("type", concept(CODES + "claim-visit-type", claim.visitType, "Other"));
        node.put("use", "claim");
    }

    private ObjectNode patientReference(Claim claim) {
        return reference("Patient", claim.insuree.uuid(), claim.insuree.chfId());
    }

    private ObjectNode adminReference() {
        return reference("Practitioner", OpenImisData.ADMIN_UUID, OpenImisData.ADMIN_CODE);
    }

    private void lineReference(ObjectNode item, Article article, boolean display) {
        var reference = reference(article.resourceType(), article.uuid(), article.code());
        if (display) reference.put("display", article.code());
        item.putArray("extension")
                .addObject()
                .put("url", STRUCTURES + "claim-item-reference")
                .set("valueReference", reference);
    }

    private ObjectNode reference(String type, String uuid, String code) {
        var value = byCode ? code : uuid;
        var node = node().put("reference", type + "/" + value).put("type", type);
        node.set("identifier", identifier(byCode ? "Code" : "UUID", value));
        return node;
    }

    private static ObjectNode identifier(String kind, String value) {
        var node = node();
        node.set("type", concept(IDENTIFIERS, kind, null));
        return node.put("value", value);
    }

    private static ObjectNode claimStatus(int status) {
        return concept(CODES + "claim-status", String.valueOf(status), STATUS.get(status));
    }

    private static ObjectNode rejectionReason(int reason) {
        return concept(CODES + "claim-rejection-reasons", String.valueOf(reason), REASONS.get(reason));
    }

    private static ObjectNode concept(String system, String code, String display) {
        var node = node();
        var coding = node.putArray("coding").addObject().put("system", system).put("code", code);
        if (display != null) coding.put("display", display);
        return node;
    }

    /** Always the configured sign, whatever currency was posted (recordings 401, 420). */
    private static ObjectNode money(BigDecimal amount) {
        return node().put("value", amount.doubleValue()).put("currency", "$");
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
