package io.claimloop.cht;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Places;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.openimis.Claim;
import io.claimloop.rules.SelectionLimits;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.support.Recorded;
import io.claimloop.support.Works;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.Mockito;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * The claim records that CHT's own harness makes tasks of (src/cht/test) are exactly those that the mapping makes of
 * recorded claims. {@code npm run record} in src/cht writes the files anew.
 */
class ClaimRecordFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FILES = Path.of("test-data", "cht", "claim-records");
    private static final boolean RECORD = Boolean.getBoolean("claimloop.record");

    /** 2026-11-22 10:00 UTC. */
    private static final long FIRST = 1_795_341_600_000L;

    private static final long DAY = 86_400_000L;

    /** @param alias of the claim in recording 990; its patient is taken to be the person of recording 252 */
    record Case(String name, String alias, long reported, String shownLines, Map<String, Integer> changes) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("first-claim", "c13", FIRST, "", Map.of()),
                new Case("second-claim", "c14", FIRST + 2 * DAY, "", Map.of()),
                new Case("two-day-visit", "c7", FIRST, "", Map.of()),
                new Case("three-services", "c8", FIRST, "A1,R1,I1", Map.of()),
                // 4: no claim of the recording waits for an officer's feedback
                new Case("asked-for-by-officer", "c16", FIRST, "", Map.of("feedbackStatus", 4)),
                new Case("withdrawn", "c17", FIRST, "", Map.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void the_mapping_makes_the_record_that_the_harness_loads(Case one) throws IOException {
        JsonNode record = JSON.readTree(mapped(input(one)));
        Path file = FILES.resolve(one.name + ".json");
        if (RECORD) {
            Files.createDirectories(FILES);
            DefaultPrettyPrinter pretty = new DefaultPrettyPrinter(
                    Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
            pretty.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
            Files.writeString(file, JSON.writer(pretty).writeValueAsString(record) + "\n");
        }
        assertThat(JSON.readTree(file.toFile())).isEqualTo(record);
    }

    @Test
    void there_is_no_file_that_no_mapping_makes() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".json", "")))
                    .containsExactlyInAnyOrderElementsOf(
                            cases().stream().map(Case::name).toList());
        }
    }

    /** The form that CHT is given declares what is written, and requires nothing that may be missing. */
    @Test
    void the_json_form_declares_exactly_the_fields_of_the_schema() throws IOException {
        JsonNode fields = JSON.readTree(
                        Path.of("mappings/claim-record.schema.json").toFile())
                .at("/properties/fields");
        JsonNode form = JSON.readTree(Path.of("src/cht/app_settings/forms.json").toFile())
                .at("/OPENIMIS_CLAIM/fields");
        String lines = fields.path("patternProperties").fieldNames().next();

        assertThat(form.fieldNames())
                .toIterable()
                .containsAll(fields.path("properties")::fieldNames)
                .allMatch(name -> fields.path("properties").has(name) || name.matches(lines))
                .hasSize(fields.path("properties").size() + 18);
        form.fields().forEachRemaining(field -> assertThat(
                        field.getValue().path("required").asBoolean())
                .as(field.getKey())
                .isEqualTo(fields.path("required").toString().contains('"' + field.getKey() + '"')));
    }

    private static String input(Case one) throws IOException {
        ObjectNode claim = Recorded.openimis("990")
                .answerJson()
                .path("data")
                .path(one.alias)
                .deepCopy();
        one.changes.forEach(claim::put);
        UUID uuid = UUID.fromString(claim.path("uuid").asText());
        ClaimLoopProperties properties = new Binder(new MapConfigurationPropertySource(
                        Map.of("claimloop.cht.shown-lines", one.shownLines, "claimloop.openimis.zone", "UTC")))
                .bindOrCreate("claimloop", ClaimLoopProperties.class);
        Dispatch dispatch = new Dispatch(Works.due(Step.DISPATCH, State.SELECTED, uuid), Claim.of(claim), null);
        dispatch.person(Recorded.cht("252").answerJson());
        dispatch.stored(JSON.createObjectNode().put("reported_date", one.reported));
        String input = new ClaimRecords(
                        Mockito.mock(Loops.class),
                        new SelectionLimits(Mockito.mock(Places.class), properties),
                        Mockito.mock(SentinelBacklog.class),
                        properties)
                .input(dispatch);
        return one.name.equals("withdrawn") ? input.replace("\"status\":\"open\"", "\"status\":\"withdrawn\"") : input;
    }

    private static String mapped(String input) {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.start();
            String record = camel.createProducerTemplate()
                    .requestBody("jslt:file:mappings/claim-record.jslt", input, String.class);
            camel.createProducerTemplate().requestBody("json-validator:file:mappings/claim-record.schema.json", record);
            return record;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
