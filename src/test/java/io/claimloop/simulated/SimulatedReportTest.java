package io.claimloop.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulated CHW answers with reports of exactly the form of src/cht, and CHT pushes them by its configuration. */
class SimulatedReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FILES = Path.of("test-data", "cht");

    @ParameterizedTest
    @CsvSource({
        "answered, first-claim",
        "one-service-not-received, three-services",
        "not-found, first-claim",
        "moved, first-claim",
        "died, first-claim",
        "refused, first-claim",
        "wrong-person, first-claim"
    })
    void a_report_has_the_fields_that_the_harness_of_CHT_fills_in(String name, String record) throws IOException {
        JsonNode filled =
                JSON.readTree(FILES.resolve("reports/" + name + ".json").toFile());
        String outcome = filled.at("/fields/outcome").asText();
        try (SimulatedCht cht = SimulatedCht.start().withDemoData()) {
            String id = submit(
                    cht,
                    record,
                    outcome.equals("answered") ? Answer.content() : Answer.notReached(outcome, "Told by a neighbour"));
            assertThat(paths(cht.document(id).orElseThrow().path("fields"))).isEqualTo(paths(filled.path("fields")));
        }
    }

    @Test
    void the_simulated_push_makes_of_a_report_what_CHT_makes_of_it() throws IOException {
        for (java.io.File file : FILES.resolve("reports").toFile().listFiles()) {
            JsonNode sent =
                    JSON.readTree(FILES.resolve("submissions/" + file.getName()).toFile());
            assertThat((JsonNode) OutboundPush.payload((ObjectNode) JSON.readTree(file)))
                    .as(file.getName())
                    .isEqualTo(sent);
        }
    }

    private static String submit(SimulatedCht cht, String record, Answer answer) throws IOException {
        JsonNode doc =
                JSON.readTree(FILES.resolve("claim-records/" + record + ".json").toFile());
        String login = SimulatedCht.USERNAME + ":" + SimulatedCht.PASSWORD;
        RawHttp.Response put = RawHttp.send(
                cht.port(),
                "PUT",
                "/medic/" + doc.path("_id").asText(),
                Map.of(
                        "Host", "x",
                        "Accept", "application/json",
                        "Content-Type", "application/json",
                        "Authorization",
                                "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8))),
                doc.toString());
        assertThat(put.status()).isEqualTo(201);
        String claim = doc.at("/fields/claim_uuid").asText();
        await().atMost(Duration.ofSeconds(5)).until(() -> !cht.records(claim).isEmpty());
        return cht.submit(claim, answer);
    }

    /** Where there is a value: names of fields, without the values. */
    private static Set<String> paths(JsonNode node) {
        Set<String> paths = new TreeSet<>();
        node.properties().forEach(field -> {
            if (field.getValue().isObject()) {
                paths(field.getValue()).forEach(path -> paths.add(field.getKey() + "/" + path));
            } else {
                paths.add(field.getKey());
            }
        });
        return paths;
    }
}
