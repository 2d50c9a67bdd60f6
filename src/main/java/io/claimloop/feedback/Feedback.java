package io.claimloop.feedback;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * A submission in openIMIS's terms, as {@code mappings/submission-feedback.jslt} makes it. A violation is told as field
 * and rule; the value never leaves this record.
 *
 * @param outcome ANSWERED, or why nobody answered
 * @param patientUuid CHT's id of the person
 * @param remarks have no field in openIMIS: kept on the loop
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Feedback(
        @Pattern(
                regexp = "ANSWERED|NOT_FOUND|REFUSED|MOVED|DIED|WRONG_PERSON",
                message = "must be answered, not_found, refused, moved, died or wrong_person")
        @NotNull
        String outcome,

        @NotBlank String patientUuid,
        @Valid Answers answers,
        String remarks,
        String undelivered,
        JsonNode discrepancies,
        JsonNode complaint) {

    static final String ANSWERED = "ANSWERED";
    static final String WRONG_PERSON = "WRONG_PERSON";

    private static final String YES_NO = "yes|no";

    /** @param assessment 0 to 5, openIMIS's scale; text when the table has no such value */
    public record Answers(
            @NotNull(message = "must be answered") @Pattern(regexp = YES_NO, message = "must be yes or no")
            String careRendered,

            @NotNull(message = "must be answered") @Pattern(regexp = YES_NO, message = "must be yes or no")
            String paymentAsked,

            @NotNull(message = "must be answered") @Pattern(regexp = YES_NO, message = "must be yes or no")
            String drugPrescribed,

            @Pattern(regexp = YES_NO, message = "must be yes or no")
            String drugReceived,

            @NotNull(message = "must be answered") JsonNode assessment) {

        @AssertTrue(message = "must be a value of the assessment table")
        public boolean isAssessmentInTable() {
            return assessment == null
                    || assessment.isNull()
                    || assessment.isInt() && assessment.asInt() >= 0 && assessment.asInt() <= 5;
        }

        @AssertTrue(message = "drugReceived must be answered when a drug was prescribed")
        public boolean isDrugReceivedAnswered() {
            return !"yes".equals(drugPrescribed) || drugReceived != null;
        }

        @Override
        public String toString() {
            return "Answers[…]";
        }
    }

    @AssertTrue(message = "the answers must be given")
    public boolean isAnsweredWithAnswers() {
        return !ANSWERED.equals(outcome) || answers != null;
    }

    @Override
    public String toString() {
        return "Feedback[" + outcome + "]";
    }
}
