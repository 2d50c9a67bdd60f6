package io.claimloop.openimis;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A claim as openIMIS's GraphQL shows it, as far as we use it. Dates are naive local.
 *
 * @param status see {@link #REJECTED} and the following
 * @param feedbackStatus see {@link #FEEDBACK_SELECTED} and the following
 * @param deleted openIMIS still answers for a deleted claim, with its old status; only validityTo tells
 * @param dateTo the first day where openIMIS has none
 * @param feedback null when none is stored
 */
public record Claim(
        String uuid,
        String code,
        int status,
        int feedbackStatus,
        int reviewStatus,
        boolean deleted,
        LocalDate dateFrom,
        LocalDate dateTo,
        LocalDate dateClaimed,
        Insuree insuree,
        Facility facility,
        int lines,
        StoredFeedback feedback,
        JsonNode node) {

    /**
     * The fields of the five diagnoses: openIMIS's Claim has {@code icd} and {@code icd_1} to {@code icd_4}, which its
     * GraphQL writes without the underscore. Read in code, not recorded; {@code icd} is recorded.
     */
    public static final List<String> DIAGNOSES = List.of("icd", "icd1", "icd2", "icd3", "icd4");

    public static final int REJECTED = 1;
    public static final int ENTERED = 2;
    public static final int CHECKED = 4;
    public static final int PROCESSED = 8;
    public static final int VALUATED = 16;

    private static final Set<Integer> STATUSES = Set.of(REJECTED, ENTERED, CHECKED, PROCESSED, VALUATED);

    /** Idle, not selected, selected, delivered, bypassed. The same for the review. */
    private static final Set<Integer> FEEDBACK_STATUSES = Set.of(1, 2, 4, 8, 16);

    private static final List<String> ANSWERS =
            List.of("careRendered", "paymentAsked", "drugPrescribed", "drugReceived");

    public static final int FEEDBACK_SELECTED = 4;
    public static final int FEEDBACK_DELIVERED = 8;
    public static final int FEEDBACK_BYPASSED = 16;

    public static final int REVIEW_NOT_SELECTED = 2;
    public static final int REVIEW_SELECTED = 4;
    public static final int REVIEW_DELIVERED = 8;

    /** @param gender openIMIS's code: M, F or O */
    public record Insuree(
            String uuid, String insuranceNumber, String lastName, String otherNames, LocalDate born, String gender) {
        @Override
        public String toString() {
            return "Insuree[" + uuid + "]";
        }
    }

    public record Facility(String uuid, String code, String name) {}

    /** The five answers as openIMIS stores them; null where it stores "unknown". */
    public record StoredFeedback(
            Boolean careRendered,
            Boolean paymentAsked,
            Boolean drugPrescribed,
            Boolean drugReceived,
            Integer assessment) {

        /**
         * Whether these are the answers. What was not answered is unknown here; but where no drug was prescribed, FHIR has
         * made "not asked" into "not received".
         *
         * @param answers texts yes and no, and a number, as {@code mappings/submission-feedback.jslt} makes them
         */
        public boolean same(JsonNode answers) {
            boolean notPrescribed = Boolean.FALSE.equals(drugPrescribed) && !answers.hasNonNull("drugReceived");
            return same(careRendered, answers.path("careRendered"))
                    && same(paymentAsked, answers.path("paymentAsked"))
                    && same(drugPrescribed, answers.path("drugPrescribed"))
                    && (same(drugReceived, answers.path("drugReceived"))
                            || notPrescribed && !Boolean.TRUE.equals(drugReceived))
                    && (assessment == null
                            ? !answers.hasNonNull("assessment")
                            : assessment.equals(
                                    answers.path("assessment").isInt()
                                            ? answers.path("assessment").asInt()
                                            : null));
        }

        private static boolean same(Boolean stored, JsonNode answer) {
            return switch (answer.asText("")) {
                case "yes" -> Boolean.TRUE.equals(stored);
                case "no" -> Boolean.FALSE.equals(stored);
                default -> stored == null;
            };
        }

        @Override
        public String toString() {
            return "StoredFeedback[…]";
        }
    }

    public static Claim of(JsonNode node) {
        JsonNode insuree = node.path("insuree");
        JsonNode facility = node.path("healthFacility");
        JsonNode feedback = node.path("feedback");
        LocalDate from = date(node, "dateFrom");
        LocalDate to = date(node, "dateTo");
        return new Claim(
                text(node, "uuid"),
                clean(text(node, "code")),
                node.path("status").asInt(0),
                node.path("feedbackStatus").asInt(0),
                node.path("reviewStatus").asInt(0),
                node.hasNonNull("validityTo"),
                from,
                to == null ? from : to,
                date(node, "dateClaimed"),
                insuree.isObject()
                        ? new Insuree(
                                text(insuree, "uuid"),
                                text(insuree, "chfId"),
                                text(insuree, "lastName"),
                                text(insuree, "otherNames"),
                                date(insuree, "dob"),
                                text(insuree.path("gender"), "code"))
                        : null,
                facility.isObject()
                        ? new Facility(text(facility, "uuid"), text(facility, "code"), text(facility, "name"))
                        : null,
                node.path("items").size() + node.path("services").size(),
                feedback.isObject()
                        ? new StoredFeedback(
                                bool(feedback, "careRendered"),
                                bool(feedback, "paymentAsked"),
                                bool(feedback, "drugPrescribed"),
                                bool(feedback, "drugReceived"),
                                feedback.hasNonNull("asessment")
                                        ? feedback.get("asessment").asInt()
                                        : null)
                        : null,
                node);
    }

    /**
     * What of this claim is not as we know it, so that nothing may be concluded from it: a release of openIMIS may rename
     * a field, give it another type, or have a new code. Empty when all is well. No values are told but codes.
     */
    public Optional<String> strange() {
        if (!STATUSES.contains(status) || !code(node, "status")) {
            return Optional.of("Status " + status + ".");
        }
        if (!FEEDBACK_STATUSES.contains(feedbackStatus) || !code(node, "feedbackStatus")) {
            return Optional.of("Feedback status " + feedbackStatus + ".");
        }
        if (deleted && date(node, "validityTo") == null) {
            return Optional.of("The field validityTo.");
        }
        JsonNode stored = node.path("feedback");
        if (!stored.isMissingNode() && !stored.isNull() && !stored.isObject()) {
            return Optional.of("The field feedback.");
        }
        return ANSWERS.stream()
                .filter(answer ->
                        stored.hasNonNull(answer) && !stored.get(answer).isBoolean())
                .findFirst()
                .or(() -> stored.hasNonNull("asessment")
                                && !stored.get("asessment").isInt()
                        ? Optional.of("asessment")
                        : Optional.empty())
                .map(field -> "The field feedback." + field + ".");
    }

    /** The same, where the review decides. */
    public Optional<String> strangeWithReview() {
        return strange()
                .or(() -> FEEDBACK_STATUSES.contains(reviewStatus) && code(node, "reviewStatus")
                        ? Optional.empty()
                        : Optional.of("Review status " + reviewStatus + "."));
    }

    /** A number, or the digits of one; {@code true} would count as 1. */
    private static boolean code(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isInt() || value.isTextual() && value.asText().matches("\\d{1,3}");
    }

    /** Codes of the diagnoses, as far as openIMIS was asked for them and shows them. */
    public List<String> diagnoses() {
        return DIAGNOSES.stream()
                .map(field -> text(node.path(field), "code"))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Whether these are all: each of the five is there, be it empty. */
    public boolean showsAllDiagnoses() {
        return DIAGNOSES.stream().allMatch(node::has);
    }

    public List<String> itemCodes() {
        return lineCodes("items", "item");
    }

    public List<String> serviceCodes() {
        return lineCodes("services", "service");
    }

    private List<String> lineCodes(String lines, String article) {
        List<String> codes = new ArrayList<>();
        for (JsonNode line : node.path(lines)) {
            String lineCode = text(line.path(article), "code");
            if (lineCode != null) {
                codes.add(lineCode);
            }
        }
        return codes;
    }

    /** A code stands in every log line: no line breaks, no endless ones. */
    private static String clean(String code) {
        if (code == null) {
            return null;
        }
        String plain = code.replaceAll("\\p{Cntrl}", "");
        return plain.length() <= 100 ? plain : plain.substring(0, 100);
    }

    private static String text(JsonNode node, String field) {
        String value = node.path(field).asText("");
        return value.isBlank() || node.path(field).isNull() ? null : value.strip();
    }

    private static Boolean bool(JsonNode node, String field) {
        return node.hasNonNull(field) ? node.get(field).asBoolean() : null;
    }

    static LocalDate date(JsonNode node, String field) {
        String value = text(node, field);
        try {
            return value == null || value.length() < 10 ? null : LocalDate.parse(value.substring(0, 10));
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "Claim[" + code + " " + uuid + "]";
    }
}
