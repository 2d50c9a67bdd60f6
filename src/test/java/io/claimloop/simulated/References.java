package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;

/** Reads FHIR references as openIMIS does: by identifier or by the last part of the reference. */
final class References {
    private References() {}

    static String value(JsonNode reference) {
        var written = reference.path("reference").asText("");
        if (!written.isEmpty()) return written.substring(written.lastIndexOf('/') + 1);
        return reference.path("identifier").path("value").asText("");
    }

    /** The text of recordings 408, 409 and 724: Python's print of the reference object. */
    static Refusal unresolved(String converter, JsonNode reference) {
        return Refusal.failed("Failed to find the resource based on reference(with contain: False, converter: "
                + converter
                + "): resource_type='Reference' fhir_comments=None extension=None id=None display=None"
                + " display__ext=None identifier=" + identifier(reference.path("identifier"))
                + " reference=" + quoted(reference.path("reference")) + " reference__ext=None type="
                + quoted(reference.path("type")) + " type__ext=None");
    }

    private static String identifier(JsonNode identifier) {
        if (identifier.isMissingNode()) return "None";
        var coding = identifier.path("type").path("coding").path(0);
        return "Identifier(resource_type='Identifier', fhir_comments=None, extension=None, id=None, assigner=None,"
                + " period=None, system=None, system__ext=None, type=CodeableConcept(resource_type='CodeableConcept',"
                + " fhir_comments=None, extension=None, id=None, coding=[Coding(resource_type='Coding',"
                + " fhir_comments=None, extension=None, id=None, code=" + quoted(coding.path("code"))
                + ", code__ext=None, display=None, display__ext=None, system=" + quoted(coding.path("system"))
                + ", system__ext=None, userSelected=None, userSelected__ext=None, version=None,"
                + " version__ext=None)], text=None, text__ext=None), use=None, use__ext=None, value="
                + quoted(identifier.path("value")) + ", value__ext=None)";
    }

    private static String quoted(JsonNode text) {
        return text.isTextual() ? "'" + text.asText() + "'" : "None";
    }
}
