package io.claimloop.simulated;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a household tells the health worker, or why there is no answer. Immutable; {@code with…} gives a changed copy. */
public final class Answer {

    private final Map<String, Object> fields;
    private final Map<String, String> feedback;
    private final Map<String, String> received;

    private Answer(Map<String, Object> fields, Map<String, String> feedback, Map<String, String> received) {
        this.fields = new LinkedHashMap<>(fields);
        this.feedback = new LinkedHashMap<>(feedback);
        this.received = new LinkedHashMap<>(received);
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
        Answer changed = new Answer(fields, feedback, received);
        changed.feedback.put(question, answer);
        return changed;
    }

    /** A question that the form skipped: the key is absent from the report (502). */
    public Answer without(String question) {
        Answer changed = new Answer(fields, feedback, received);
        changed.feedback.remove(question);
        return changed;
    }

    /** {@code respondent}, {@code duration_seconds}, {@code undelivered} and the like. */
    public Answer withField(String name, Object value) {
        Answer changed = new Answer(fields, feedback, received);
        changed.fields.put(name, value);
        return changed;
    }

    /** {@code line_1}: {@code as_declared}, {@code fewer} or {@code not_at_all}; asked only if the record shows lines. */
    public Answer withLine(String line, String delivered) {
        Answer changed = new Answer(fields, feedback, received);
        changed.received.put(line, delivered);
        return changed;
    }

    /**
     * The fields as the form of src/cht leaves them: a question that was not relevant is absent, a note is empty. A test
     * holds them to what CHT's harness makes of that form.
     *
     * @param lines the codes of the lines that the claim record shows
     */
    void writeTo(ObjectNode report, List<String> lines) {
        String outcome = text("outcome", "answered");
        boolean answered = outcome.equals("answered");
        String reason = text("outcome_reason", "");
        visit(report.putObject("visit").put("n_visit", ""), outcome, reason);
        report.put("outcome", outcome)
                .put("outcome_reason", outcome.equals("wrong_person") ? "" : reason)
                .put("respondent", answered ? text("respondent", "self") : "");
        if (answered) {
            ObjectNode group = report.putObject("feedback");
            feedback.forEach(group::put);
            group.put("has_complaint", feedback.containsKey("complaint_category") ? "yes" : "no");
        }
        if (answered && lines.isEmpty()) {
            report.put("undelivered", text("undelivered", "no"));
        } else if (answered) {
            ObjectNode group = report.putObject("lines").put("n_lines", "");
            for (int i = 0; i < lines.size(); i++) {
                String line = "line_" + (i + 1);
                group.put(line + "_code", lines.get(i)).put(line, received.getOrDefault(line, "as_declared"));
            }
        }
        if (fields.containsKey("lines")) {
            // a report that some other version of the form made
            report.put("lines", text("lines", ""));
        }
        String seconds = text("duration_seconds", "240");
        report.put("visit_date", text("visit_date", LocalDate.now().toString()))
                .put("begun", "20783.4")
                .put("elapsed", seconds)
                .put("duration_seconds", seconds);
    }

    private void visit(ObjectNode group, String outcome, String reason) {
        switch (outcome) {
            case "not_found", "moved", "died" -> group.put("reached", outcome).put("not_reached_reason", reason);
            case "wrong_person" ->
                group.put("reached", "yes").put("right_person", "no").put("n_wrong_person", "");
            case "refused" ->
                group.put("reached", "yes")
                        .put("right_person", "yes")
                        .put("willing", "no")
                        .put("refused_reason", reason);
            default ->
                group.put("reached", "yes")
                        .put("right_person", "yes")
                        .put("willing", "yes")
                        .put("alone", "yes")
                        .put("who_answers", text("respondent", "self"));
        }
    }

    private String text(String field, String otherwise) {
        return String.valueOf(fields.getOrDefault(field, otherwise));
    }
}
