package io.claimloop.simulated;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a household tells the health worker, or why there is no answer. Immutable; {@code with…} gives a changed copy. */
public final class Answer {

    private final Map<String, Object> fields;
    private final Map<String, String> feedback;
    private final Map<String, String> lines;

    private Answer(Map<String, Object> fields, Map<String, String> feedback, Map<String, String> lines) {
        this.fields = new LinkedHashMap<>(fields);
        this.feedback = new LinkedHashMap<>(feedback);
        this.lines = new LinkedHashMap<>(lines);
    }

    /** A contented patient: the answers of recording 501. */
    public static Answer content() {
        return new Answer(Map.of(), Map.of(), Map.of())
                .with("care_rendered", "yes")
                .with("payment_asked", "no")
                .with("drug_prescribed", "yes")
                .with("drug_received", "yes")
                .with("assessment", "4")
                .with("remarks", "");
    }

    /** Nobody answered: {@code not_found}, {@code refused}, {@code moved}, {@code died} or {@code wrong_person}. */
    public static Answer notReached(String outcome, String reason) {
        return new Answer(Map.of(), Map.of(), Map.of())
                .withField("outcome", outcome)
                .withField("outcome_reason", reason);
    }

    public Answer with(String question, String answer) {
        Answer changed = new Answer(fields, feedback, lines);
        changed.feedback.put(question, answer);
        return changed;
    }

    /** A question that the form skipped: the key is absent from the report (502). */
    public Answer without(String question) {
        Answer changed = new Answer(fields, feedback, lines);
        changed.feedback.remove(question);
        return changed;
    }

    /** {@code respondent}, {@code duration_seconds}, {@code undelivered} and the like. */
    public Answer withField(String name, Object value) {
        Answer changed = new Answer(fields, feedback, lines);
        changed.fields.put(name, value);
        return changed;
    }

    /** {@code line_1}: {@code as_declared}, {@code fewer} or {@code not_at_all}. */
    public Answer withLine(String line, String delivered) {
        Answer changed = new Answer(fields, feedback, lines);
        changed.lines.put(line, delivered);
        return changed;
    }

    void writeTo(ObjectNode report) {
        fields.forEach((name, value) -> report.set(name, Json.node(value)));
        if (!feedback.isEmpty()) {
            ObjectNode group = report.putObject("feedback").put("n_claim", "");
            feedback.forEach(group::put);
        }
        if (!lines.isEmpty()) {
            lines.forEach(report.putObject("lines")::put);
        }
    }
}
