package io.claimloop.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The reports that CHT's own harness fills in, and what the outbound push of src/cht makes of them, against the mappings.
 * {@code npm run record} in src/cht writes the files anew.
 */
class ChtFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path REPORTS = Path.of("test-data", "cht", "reports");
    private static final Path SUBMISSIONS = Path.of("test-data", "cht", "submissions");

    private static DefaultCamelContext camel;
    private static ProducerTemplate template;

    @BeforeAll
    static void startCamel() {
        camel = new DefaultCamelContext();
        camel.start();
        template = camel.createProducerTemplate();
    }

    @AfterAll
    static void stopCamel() {
        camel.stop();
    }

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(SUBMISSIONS)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void there_are_reports_of_all_outcomes() throws IOException {
        List<String> outcomes = names().stream()
                .map(name -> read(SUBMISSIONS, name).path("outcome").asText())
                .distinct()
                .toList();
        JsonNode table = JSON.readTree(Path.of("mappings/tables/outcome.json").toFile());
        assertThat(table.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(outcomes);
    }

    @ParameterizedTest
    @MethodSource("names")
    void what_is_pushed_fits_the_schema_of_submissions(String name) {
        valid("submission", read(SUBMISSIONS, name).toString());
    }

    /** A push that was lost is made up for by the sweep: it must say the same. */
    @ParameterizedTest
    @MethodSource("names")
    void the_sweep_makes_the_same_of_a_report_as_the_push(String name) throws IOException {
        String submission = map("report-submission", read(REPORTS, name).toString());
        assertThat(JSON.readTree(submission)).isEqualTo(read(SUBMISSIONS, name));
        valid("report-submission", submission);
    }

    @ParameterizedTest
    @MethodSource("names")
    void the_answers_are_understood_and_nobody_is_named(String name) throws IOException {
        JsonNode sent = read(SUBMISSIONS, name);
        String mapped = feedback(sent);
        valid("submission-feedback", mapped);
        JsonNode feedback = JSON.readTree(mapped);
        assertThat(feedback.has("answers"))
                .isEqualTo("answered".equals(sent.path("outcome").asText()));
        assertThat(feedback.at("/answers/drugReceived").asText())
                .isEqualTo(sent.at("/feedback/drug_received").asText());
        assertThat(feedback.path("visitDate").asText()).matches("2026-11-2[0-9]");
        assertThat(feedback.path("durationSeconds").asInt()).isPositive();
        JsonNode person = read(REPORTS, name).at("/fields/inputs/contact");
        assertThat(mapped)
                .doesNotContain(
                        person.path("name").asText(), person.path("patient_id").asText());
    }

    @Test
    void the_service_that_was_not_received_is_named() throws IOException {
        JsonNode feedback = JSON.readTree(feedback(read(SUBMISSIONS, "one-service-not-received.json")));
        assertThat(feedback.path("discrepancies"))
                .singleElement()
                .hasToString("{\"line\":2,\"code\":\"R1\",\"received\":\"NOT_AT_ALL\"}");
    }

    @Test
    void payment_and_complaint_arrive_as_they_were_told() throws IOException {
        JsonNode feedback = JSON.readTree(feedback(read(SUBMISSIONS, "paid-and-complained.json")));
        assertThat(feedback.path("payment")).hasToString("{\"amount\":250,\"receipt\":\"no\"}");
        assertThat(feedback.path("complaint"))
                .hasToString("{\"category\":\"payment\",\"text\":\"Had to pay for the bandages\"}");
        assertThat(feedback.path("respondent").asText()).isEqualTo("guardian");
    }

    private static String feedback(JsonNode submission) throws IOException {
        ObjectNode input = JSON.createObjectNode();
        input.set("submission", submission);
        ObjectNode tables = input.putObject("tables");
        for (String table : List.of("assessment", "outcome")) {
            tables.set(
                    table,
                    JSON.readTree(Path.of("mappings/tables", table + ".json").toFile()));
        }
        return map("submission-feedback", input.toString());
    }

    private static String map(String mapping, String input) {
        return template.requestBody("jslt:file:mappings/" + mapping + ".jslt", input, String.class);
    }

    private static void valid(String schema, String document) {
        template.requestBody("json-validator:file:mappings/" + schema + ".schema.json", document);
    }

    private static JsonNode read(Path folder, String name) {
        try {
            return JSON.readTree(folder.resolve(name).toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
