package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The phones in the field, with the form and the rule of src/cht. A task appears for a claim record without errors, not withdrawn, whose patient lives under
 * the place of an active user (402b); it is answered once per claim, and uploaded as the app does (501, 504).
 */
final class SimulatedHealthWorker implements AutoCloseable {

    private record Rule(Predicate<ObjectNode> claim, Answer answer) {}

    private final ChtDocuments documents;
    private final ChtContacts contacts;
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final Set<String> taken = ConcurrentHashMap.newKeySet();
    private final Map<String, String> lastReport = new ConcurrentHashMap<>();
    private final ScheduledExecutorService walk = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "simulated-health-worker");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Duration after;

    SimulatedHealthWorker(ChtDocuments documents, ChtContacts contacts) {
        this.documents = documents;
        this.contacts = contacts;
    }

    void answerTasks(Duration delay) {
        after = delay;
        lookAround();
    }

    void answerWith(Predicate<ObjectNode> claimRecord, Answer answer) {
        rules.add(0, new Rule(claimRecord, answer));
    }

    /** New users see the tasks that were there before them. */
    void lookAround() {
        documents.index().reports("form:" + Sentinel.CLAIM_FORM).forEach(this::see);
    }

    void see(String docId) {
        Duration delay = after;
        if (delay == null || walk.isShutdown()) {
            return;
        }
        Optional<String> claim = documents.get(docId).filter(this::isTask).map(SimulatedHealthWorker::claimUuid);
        if (claim.isPresent() && taken.add(claim.get())) {
            walk.schedule(() -> visit(docId, claim.get()), delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void visit(String docId, String claim) {
        Optional<ObjectNode> stillThere = documents.get(docId).filter(this::isTask);
        if (stillThere.isEmpty()) {
            taken.remove(claim);
            return;
        }
        ObjectNode record = stillThere.get();
        Answer answer = rules.stream()
                .filter(rule -> rule.claim.test(record))
                .map(Rule::answer)
                .findFirst()
                .orElseGet(Answer::content);
        upload(claim, Optional.of(record), answer);
    }

    /** Uploads whether or not there is a task: late answers and answers about nothing are possible too. */
    String submit(String claimUuid, Answer answer) {
        taken.add(claimUuid);
        return upload(claimUuid, recordsOf(claimUuid).stream().findFirst(), answer);
    }

    String edit(String reportId, Answer answer) {
        ObjectNode report = documents.get(reportId).orElseThrow(() -> new IllegalArgumentException(reportId));
        ObjectNode fields = (ObjectNode) report.path("fields");
        fields.remove(List.of("visit", "feedback", "lines", "undelivered"));
        answer.writeTo(fields, shownLines(fields.path("inputs"), "t_"));
        return write(reportId, report, report.path("_rev").asText());
    }

    List<ObjectNode> recordsOf(String claimUuid) {
        return documents.index().reports("claim_uuid:" + claimUuid).stream()
                .map(documents::get)
                .flatMap(Optional::stream)
                .filter(doc -> doc.path("form").asText().equals(Sentinel.CLAIM_FORM))
                .toList();
    }

    Optional<String> reportOf(String claimUuid) {
        return Optional.ofNullable(lastReport.get(claimUuid));
    }

    static String claimUuid(ObjectNode record) {
        return record.path("fields").path("claim_uuid").asText();
    }

    private boolean isTask(ObjectNode doc) {
        return doc.path("form").asText().equals(Sentinel.CLAIM_FORM)
                && doc.path("errors").isEmpty()
                && !claimUuid(doc).isEmpty()
                && doc.path("fields").path("status").asText("open").equals("open")
                && contacts.subjectOf(doc).flatMap(contacts::holderOf).isPresent();
    }

    private String upload(String claimUuid, Optional<ObjectNode> record, Answer answer) {
        Optional<ObjectNode> patient = record.flatMap(contacts::subjectOf);
        Optional<ChtContacts.User> worker = patient.flatMap(contacts::holderOf).or(contacts::anyUser);
        String code = record.map(doc -> doc.path("fields").path("claim_code").asText())
                .orElse("");
        String id = UUID.randomUUID().toString();
        long now = System.currentTimeMillis();

        ObjectNode report = Json.object()
                .put("form", "claim_feedback")
                .put("type", "data_record")
                .put("content_type", "xml")
                .put("reported_date", now);
        worker.ifPresent(user -> {
            report.set("contact", contacts.lineageOf(user.contactId()));
            contacts.contact(user.contactId())
                    .ifPresent(chw -> report.put("from", chw.path("phone").asText()));
        });
        report.putArray("hidden_fields").add("meta");
        report.putObject("form_version").put("time", now).put("sha256", Json.hash("SHA-256", "claim_feedback"));
        ObjectNode fields = report.putObject("fields");
        ObjectNode inputs = fields.putObject("inputs");
        inputs.putObject("meta")
                .putObject("location")
                .put("lat", "")
                .put("long", "")
                .put("error", "")
                .put("message", "");
        inputs.put("source", "task");
        String source = record.map(doc -> doc.path("_id").asText()).orElse("");
        inputs.put("source_id", source).put("t_claim_code", code).put("t_claim_uuid", claimUuid);
        JsonNode known = record.map(doc -> doc.path("fields")).orElseGet(Json::object);
        inputs.put("t_facility", known.path("facility").asText())
                .put("t_care_days", known.path("visit_date").asText())
                .put("t_other_claims", "");
        for (int line = 1; line <= 6; line++) {
            String prefix = "line_" + line + "_";
            for (String name : List.of("code", "quantity")) {
                inputs.put("t_" + prefix + name, known.path(prefix + name).asText());
            }
            for (String language : List.of("en", "fr", "ne")) {
                inputs.put("t_" + prefix + language, known.path(prefix + "name").asText());
            }
        }
        patient.ifPresent(person -> {
            ObjectNode contact =
                    inputs.putObject("contact").put("_id", person.path("_id").asText());
            for (String key : List.of("patient_id", "name")) {
                contact.put(key, person.path(key).asText());
            }
            fields.put("patient_uuid", person.path("_id").asText());
            fields.put("patient_id", person.path("patient_id").asText());
            fields.put("patient_name", person.path("name").asText());
        });
        if (!code.isEmpty()) {
            fields.put("claim_code", code);
        }
        fields.put("claim_uuid", claimUuid);
        answer.writeTo(fields, shownLines(known, ""));
        fields.putObject("meta").put("instanceID", "uuid:" + UUID.randomUUID()).put("deprecatedID", "");
        lastReport.put(claimUuid, id);
        return write(id, report, null);
    }

    private static List<String> shownLines(JsonNode fields, String prefix) {
        return IntStream.rangeClosed(1, 6)
                .mapToObj(line -> fields.path(prefix + "line_" + line + "_code").asText())
                .filter(code -> !code.isEmpty())
                .toList();
    }

    private String write(String id, ObjectNode report, String rev) {
        try {
            documents.put(id, report, rev, ChtDocuments.Origin.PHONE);
            return id;
        } catch (ChtDocuments.Conflict meanwhile) {
            throw new IllegalStateException("Somebody else wrote " + id + " meanwhile", meanwhile);
        }
    }

    @Override
    public void close() {
        walk.shutdownNow();
    }
}
