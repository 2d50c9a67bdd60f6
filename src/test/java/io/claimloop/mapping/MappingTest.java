package io.claimloop.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.jsonvalidator.JsonValidationException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.skyscreamer.jsonassert.JSONAssert;

/**
 * Runs the golden cases of all mappings through the components that the routes use, with their defaults. A new mapping
 * or case needs no line here: what lies in {@code mappings/} is found.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MappingTest {
    private static final Path MAPPINGS = Path.of("mappings");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What openIMIS tells us of a person or a sum, by the names that it has in the inputs. */
    private static final Set<String> PRIVATE = Set.of(
            "chfId",
            "insurance_number",
            "lastName",
            "otherNames",
            "dob",
            "phone",
            "email",
            "claimed",
            "approved",
            "priceAsked",
            "explanation");

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

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void a_case_gives_its_golden_output_and_the_schema_takes_or_refuses_it(Case golden) throws Exception {
        String output = template.requestBody("jslt:file:" + golden.mapping(), golden.input(), String.class);

        JSONAssert.assertEquals(golden.toString(), golden.output(), output, true);
        if (golden.isRefused()) {
            assertRefused(golden.schema(), output);
        } else {
            validate(golden.schema(), output);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("acceptedCases")
    void a_misspelt_field_is_refused_by_the_schema(Case golden) throws Exception {
        JsonNode output = JSON.readTree(golden.output());
        for (ObjectNode object : objectsIn(output)) {
            for (String field : fieldsOf(object)) {
                JsonNode value = object.remove(field);
                object.set(field + "X", value);

                assertRefused(golden.schema(), output.toString());

                object.remove(field + "X");
                object.set(field, value);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void no_private_fact_of_any_input_is_in_the_golden_output(Case golden) throws Exception {
        for (Case any : cases()) {
            assertThat(privateFactsOf(JSON.readTree(any.input())))
                    .allSatisfy(fact -> assertThat(golden.output()).doesNotContain(fact));
        }
    }

    @Test
    void the_claims_of_the_cases_hold_private_facts_that_could_leak() throws Exception {
        JsonNode claim = JSON.readTree(Files.readString(MAPPINGS.resolve("claim-record/private-facts-stay.in.json")));

        assertThat(privateFactsOf(claim))
                .contains("Macintyre", "Joseph", "070707070", "+255700000123", "A09", "420.00", "400.75");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("submissions")
    void a_submission_fits_the_schema_given_to_CHT_unless_it_is_a_bad_one(Case golden) throws Exception {
        Path schema = MAPPINGS.resolve("submission.schema.json");
        String submission = JSON.readTree(golden.input()).required("submission").toString();

        if (golden.name().startsWith("bad-")) {
            assertRefused(schema, submission);
        } else {
            validate(schema, submission);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("submissions")
    void a_submission_is_mapped_with_the_tables_that_are_in_use(Case golden) throws Exception {
        JsonNode tables = JSON.readTree(golden.input()).required("tables");

        for (String table : List.of("assessment", "outcome")) {
            assertThat(tables.get(table))
                    .isEqualTo(JSON.readTree(Files.readString(MAPPINGS.resolve("tables/" + table + ".json"))));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mappings")
    void a_mapping_has_a_header_a_schema_and_at_least_three_cases(Path mapping) throws Exception {
        String header = Files.readString(mapping).split("\n\n")[0];

        assertThat(header.lines()).allMatch(line -> line.startsWith("//"));
        assertThat(header).contains("Input:", "Output:");
        assertThat(beside(mapping, ".schema.json")).exists();
        assertThat(casesOf(mapping))
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(golden -> assertThat(golden.file(".out.json")).exists());
    }

    /** Camel's component reads a mapping in the charset of the platform. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("mappings")
    void a_mapping_is_written_in_ASCII(Path mapping) throws Exception {
        assertThat(Files.readString(mapping)).matches(Pattern.compile("\\p{ASCII}*"));
    }

    private static void validate(Path schema, String document) {
        template.requestBody("json-validator:file:" + schema, document);
    }

    private static void assertRefused(Path schema, String document) {
        assertThatThrownBy(() -> validate(schema, document))
                .as(document)
                .isInstanceOf(CamelExecutionException.class)
                .hasCauseInstanceOf(JsonValidationException.class);
    }

    private static List<ObjectNode> objectsIn(JsonNode node) {
        List<ObjectNode> objects = new ArrayList<>();
        if (node instanceof ObjectNode object) {
            objects.add(object);
        }
        node.forEach(child -> objects.addAll(objectsIn(child)));
        return objects;
    }

    private static List<String> fieldsOf(ObjectNode object) {
        List<String> fields = new ArrayList<>();
        object.fieldNames().forEachRemaining(fields::add);
        return fields;
    }

    private static List<String> privateFactsOf(JsonNode input) {
        Stream<JsonNode> named = PRIVATE.stream().flatMap(field -> input.findValues(field).stream());
        Stream<JsonNode> diagnosis =
                input.findValues("icd").stream().flatMap(icd -> StreamSupport.stream(icd.spliterator(), false));
        return Stream.concat(named, diagnosis)
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .toList();
    }

    static List<Path> mappings() throws IOException {
        try (Stream<Path> files = Files.list(MAPPINGS)) {
            return files.filter(file -> file.toString().endsWith(".jslt"))
                    .sorted()
                    .toList();
        }
    }

    static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        for (Path mapping : mappings()) {
            cases.addAll(casesOf(mapping));
        }
        return cases;
    }

    static List<Case> acceptedCases() throws IOException {
        return cases().stream().filter(golden -> !golden.isRefused()).toList();
    }

    static List<Case> submissions() throws IOException {
        return casesOf(MAPPINGS.resolve("submission-feedback.jslt"));
    }

    private static List<Case> casesOf(Path mapping) throws IOException {
        try (Stream<Path> files = Files.list(beside(mapping, ""))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".in.json"))
                    .map(file -> new Case(mapping, file.replace(".in.json", "")))
                    .sorted((one, other) -> one.name().compareTo(other.name()))
                    .toList();
        }
    }

    private static Path beside(Path mapping, String suffix) {
        return mapping.resolveSibling(mapping.getFileName().toString().replace(".jslt", suffix));
    }

    /** One golden case; its name says whether the schema has to refuse the output. */
    record Case(Path mapping, String name) {
        Path schema() {
            return beside(mapping, ".schema.json");
        }

        boolean isRefused() {
            return name.startsWith("refused-");
        }

        String input() throws IOException {
            return Files.readString(file(".in.json"), UTF_8);
        }

        String output() throws IOException {
            return Files.readString(file(".out.json"), UTF_8);
        }

        Path file(String suffix) {
            return beside(mapping, "").resolve(name + suffix);
        }

        @Override
        public String toString() {
            return beside(mapping, "").getFileName() + ": " + name.replace('-', ' ');
        }
    }
}
