package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * FHIR POST Claim: enters, submits and checks in one go. Most wrong claims are taken and rejected; only what cannot be
 * read at all is an error (recordings 401-419, 426, finding 12).
 */
final class ClaimIntake {
    private static final String ISSUES = "The request cannot be processed due to the following issues:\n";
    private static final Set<String> FIELDS = Set.of(
            "resourceType",
            "id",
            "meta",
            "implicitRules",
            "language",
            "text",
            "contained",
            "extension",
            "modifierExtension",
            "identifier",
            "status",
            "type",
            "subType",
            "use",
            "patient",
            "billablePeriod",
            "created",
            "enterer",
            "insurer",
            "provider",
            "priority",
            "fundsReserve",
            "related",
            "prescription",
            "originalPrescription",
            "payee",
            "referral",
            "facility",
            "careTeam",
            "supportingInfo",
            "diagnosis",
            "procedure",
            "insurance",
            "accident",
            "item",
            "total");

    private final OpenImisData data;

    ClaimIntake(OpenImisData data) {
        this.data = data;
    }

    Claim take(JsonNode body) {
        synchronized (data) {
            var claim = read(body);
            data.enter(claim);
            data.submit(claim);
            return claim;
        }
    }

    private Claim read(JsonNode body) {
        body.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) {
                throw Refusal.failed("1 validation error for ClaimV2\n" + field
                        + "\n  extra fields not permitted (type=value_error.extra)");
            }
        });
        var enterer = References.value(body.path("enterer"));
        if (!enterer.equals(OpenImisData.ADMIN_UUID) && !enterer.equals(OpenImisData.ADMIN_CODE)) {
            throw Refusal.failed(ISSUES + "Missing or invalid `enterer` reference");
        }
        if (body.path("total").path("value").asDouble(0) == 0) {
            throw Refusal.failed(ISSUES + "Missing `total` attribute");
        }
        var insuree = data.insuree(References.value(body.path("patient")));
        if (insuree == null) throw References.unresolved("PatientConverter", body.path("patient"));
        if (body.path("diagnosis").isEmpty()) throw Refusal.failed("Claim has no icd.");
        var diagnosis =
                body.at("/diagnosis/0/diagnosisCodeableConcept/coding/0/code").asText();
        if (!diagnosis.equals(OpenImisData.DIAGNOSIS_CODE)) {
            throw Refusal.failed("Diagnosis matching query does not exist.");
        }
        if (!body.has("provider")) throw Refusal.failed("Claim has no health_facility.");
        var facility = data.facility(References.value(body.path("provider")));
        if (facility == null) throw References.unresolved("HealthFacilityOrganisationConverter", body.path("provider"));
        var code = code(body);
        if (data.liveClaimByCode(code) != null) {
            throw Refusal.failed("[\"Claim with code '" + code + "' already exists.\"]");
        }
        var start = date(body.at("/billablePeriod/start"));
        var claim = new Claim(
                data.nextId(),
                UUID.randomUUID().toString(),
                code,
                insuree,
                facility,
                start,
                body.at("/billablePeriod/end").isTextual() ? date(body.at("/billablePeriod/end")) : start,
                date(body.path("created")),
                lines(body.path("item")),
                data.now());
        claim.visitType = body.at("/type/coding/0/code").asText("O");
        claim.guarantee = body.at("/supportingInfo/0/valueString").asText(null);
        return claim;
    }

    private static String code(JsonNode body) {
        for (var identifier : body.path("identifier")) {
            if (identifier.at("/type/coding/0/code").asText().equals("Code")) {
                return identifier.path("value").asText();
            }
        }
        throw Refusal.failed(ISSUES + "Missing `identifier` attribute");
    }

    private List<ClaimLine> lines(JsonNode items) {
        var lines = new ArrayList<ClaimLine>();
        for (var item : items) {
            boolean service = item.at("/category/text").asText().equals("service");
            var code = item.at("/productOrService/text").asText();
            var article = data.article(code, service);
            if (article == null) {
                var reference = item.at("/extension/0/valueReference");
                throw References.unresolved(
                        service ? "ActivityDefinitionConverter" : "MedicationConverter",
                        reference.isMissingNode() ? JsonNodeFactory.instance.objectNode() : reference);
            }
            lines.add(new ClaimLine(
                    data.nextId(), article, amount(item.at("/quantity/value")), amount(item.at("/unitPrice/value"))));
        }
        return lines;
    }

    private static BigDecimal amount(JsonNode number) {
        return BigDecimal.valueOf(number.asDouble());
    }

    private static LocalDate date(JsonNode text) {
        try {
            return LocalDate.parse(
                    text.asText().substring(0, Math.min(10, text.asText().length())));
        } catch (DateTimeParseException e) {
            throw Refusal.failed("invalid date format");
        }
    }
}
