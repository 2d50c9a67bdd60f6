package io.claimloop;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.claimloop.cht.RecordId;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.DemoData;
import io.claimloop.simulated.Effect;
import io.claimloop.simulated.Insuree;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.component.jslt.JsltEndpoint;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** How a selected claim becomes a task, or why it does not. */
@ClaimLoopTest
class DispatchTest {
    @Autowired
    private Journey journey;

    @Autowired
    private CamelContext camel;

    private static String deleted;

    @AfterEach
    void no_person_was_ever_invented() {
        assertThat(CHT.effects())
                .filteredOn(effect -> !effect.docId().equals(deleted))
                .extracting(Effect::kind)
                .doesNotContain(Effect.Kind.CONTACT_WRITTEN);
    }

    /** Camel makes JSON of all variables for each mapping: the whole batch would be made into it for each claim. */
    @Test
    void a_mapping_sees_neither_the_batch_that_it_is_in_nor_a_login() {
        Map<String, Object> seen = new ConcurrentHashMap<>();
        EventNotifierSupport before = new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelEvent.ExchangeSendingEvent sending
                        && sending.getEndpoint() instanceof JsltEndpoint) {
                    seen.putAll(sending.getExchange().getVariables());
                }
            }
        };
        camel.getManagementStrategy().addEventNotifier(before);
        try {
            Claim claim = journey.tasked();
            CHT.submit(claim.uuid(), Answer.content());
            journey.reaches(claim, State.DELIVERED);
        } finally {
            camel.getManagementStrategy().removeEventNotifier(before);
        }

        assertThat(seen).containsKeys("record", "feedback");
        assertThat(seen).doesNotContainKeys("leased", "results", "due", "part", "authorization");
        assertThat(seen.values()).hasOnlyElementsOfTypes(String.class, PartnerRequest.class, PartnerAnswer.class);
    }

    @Test
    void a_patient_whom_cht_does_not_know_is_found_once_the_number_stands_there() {
        Insuree insuree = journey.stranger("Latecomer", "Asha");
        Claim claim = journey.claim(insuree);
        ends(claim, State.NEEDS_IDENTITY, Reason.PATIENT_NOT_IN_CHT);
        assertThat(journey.trace(claim).path("due"))
                .as("it is looked up again by itself, too")
                .anyMatch(due -> due.path("step").asText().equals("DISPATCH"));

        journey.inCht(insuree, "household-1", Map.of());
        assertThat(journey.order("/api/loops/" + claim.uuid() + "/retry").status())
                .isEqualTo(200);
        journey.reaches(claim, State.TASKED);
    }

    @Test
    void a_number_that_two_persons_share_is_a_matter_for_people() {
        Insuree insuree = journey.stranger("Shared", "Number");
        journey.inCht(insuree, "household-1", Map.of());
        journey.inCht(insuree, "household-1", Map.of("id", "other-" + insuree.chfId()));
        Claim claim = journey.claim(insuree);
        ends(claim, State.NEEDS_IDENTITY, Reason.SEVERAL_PATIENTS);

        CHT.changeContact("other-" + insuree.chfId(), Map.of("insurance_number", "gone"));
        journey.order("/api/loops/" + claim.uuid() + "/retry");
        journey.reaches(claim, State.TASKED);
    }

    @ParameterizedTest
    @CsvSource({
        "name, Somebody Else, sex, male",
        "name, Somebody Else, date_of_birth, 1991-07-08",
        "sex, male, date_of_birth, 1991-07-08",
    })
    void a_person_who_disagrees_in_most_is_not_taken_for_the_insuree(
            String field, String value, String other, String otherValue) {
        Insuree insuree = journey.stranger("Rightly", "Named");
        journey.inCht(insuree, "household-1", Map.of(field, value, other, otherValue));
        ends(journey.claim(insuree), State.NEEDS_IDENTITY, Reason.PATIENT_DISAGREES);
    }

    @Test
    void a_person_with_nothing_but_the_number_is_not_taken_for_the_insuree() {
        Insuree insuree = journey.stranger("Bare", "Number");
        journey.inCht(
                insuree,
                "household-1",
                Map.of("name", "बिना", "sex", Journey.NOTHING, "date_of_birth", Journey.NOTHING));
        ends(journey.claim(insuree), State.NEEDS_IDENTITY, Reason.PATIENT_DISAGREES);
    }

    @Test
    void a_deceased_patient_gets_no_task() {
        Insuree insuree = journey.stranger("Late", "Patient");
        journey.inCht(insuree, "household-1", Map.of("date_of_death", "2026-01-02"));
        ends(journey.claim(insuree), State.PARKED, Reason.PATIENT_DECEASED);
    }

    @Test
    void a_muted_patient_gets_no_task() {
        Insuree insuree = journey.stranger("Muted", "Patient");
        journey.inCht(insuree, "household-1", Map.of("muted", "2026-01-02T00:00:00.000Z"));
        ends(journey.claim(insuree), State.PARKED, Reason.PATIENT_MUTED);
    }

    @Test
    void a_muted_place_mutes_whoever_lives_there() {
        CHT.addPlace("muted-household", "Muted household", "clinic", DemoData.VIRU);
        CHT.changeContact("muted-household", Map.of("muted", "2026-01-02T00:00:00.000Z"));
        Insuree insuree = journey.stranger("Quiet", "Home");
        journey.inCht(insuree, "muted-household", Map.of());
        Claim claim = journey.claim(insuree);
        ends(claim, State.PARKED, Reason.PATIENT_MUTED);

        CHT.changeContact("muted-household", java.util.Collections.singletonMap("muted", null));
        journey.order("/api/loops/" + claim.uuid() + "/retry");
        journey.reaches(claim, State.TASKED);
    }

    @Test
    void without_an_active_chw_nobody_could_see_the_task() {
        Insuree insuree = journey.stranger("Far", "Away");
        journey.inCht(insuree, "household-3", Map.of());
        ends(journey.claim(insuree), State.PARKED, Reason.NO_CHW);
    }

    @Test
    void the_record_is_as_the_schema_says_and_holds_nothing_more() {
        Claim claim = journey.tasked();
        List<ObjectNode> records = CHT.records(claim.uuid());
        assertThat(records).hasSize(1);
        ObjectNode record = records.get(0).deepCopy();
        assertThat(record.path("_id").asText())
                .isEqualTo(RecordId.of(UUID.fromString(claim.uuid()), RecordId.FEEDBACK)
                        .toString());
        JsonNode fields = record.path("fields");
        assertThat(fields.path("claim_uuid").asText()).isEqualTo(claim.uuid());
        assertThat(fields.path("claim_code").asText()).isEqualTo(claim.code());
        assertThat(fields.path("priority").asText()).isEqualTo("normal");
        List<String> names = new ArrayList<>();
        fields.fieldNames().forEachRemaining(names::add);
        assertThat(names).noneMatch(name -> name.matches(".*(line|diagnos|icd|amount|price|total|number|chf).*"));
        assertThat(record.toString())
                .doesNotContain(
                        claim.insuree().chfId(),
                        claim.insuree().lastName(),
                        claim.insuree().uuid(),
                        "General Consultation",
                        "claimed");

        // what CHT adds is not ours
        List<String> ours = List.of("_id", "type", "form", "reported_date", "from", "errors", "tasks", "fields");
        record.retain(ours);
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(Journey.file("../mappings", "claim-record.schema.json"))
                        .validate(record))
                .isEmpty();
    }

    @Test
    void an_answer_that_is_lost_after_the_write_makes_no_second_record() {
        Claim claim = journey.claim();
        CHT.dropAnswerAfterEffect(2);
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);

        assertThat(CHT.records(claim.uuid())).hasSize(1);
        assertThat(effects(claim, Effect.Kind.CLAIM_RECORD_CREATED)).isEqualTo(1);
        CHT.dropAnswerAfterEffect(0);
    }

    @Test
    void while_cht_is_away_the_claim_waits_and_then_goes_on() {
        Claim claim = journey.claim();
        CHT.failNext(3, 503);
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);
        assertThat(effects(claim, Effect.Kind.CLAIM_RECORD_CREATED)).isEqualTo(1);
    }

    @Test
    void a_write_that_meets_another_one_is_decided_anew_without_an_attempt() {
        Claim claim = journey.claim();
        UUID id = RecordId.of(UUID.fromString(claim.uuid()), RecordId.FEEDBACK);
        var conflict = CHT.wireMock()
                .stubFor(post(urlEqualTo("/medic/_bulk_docs"))
                        .atPriority(1)
                        .withRequestBody(containing(id.toString()))
                        .inScenario("conflict " + id)
                        .whenScenarioStateIs(Scenario.STARTED)
                        .willSetStateTo("written")
                        .willReturn(aResponse()
                                .withStatus(201)
                                .withBody("[{\"id\":\"" + id + "\",\"error\":\"conflict\"}]")));
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);
        CHT.wireMock().removeStub(conflict);

        assertThat(CHT.records(claim.uuid())).hasSize(1);
        assertThat(journey.trace(claim).path("history"))
                .filteredOn(line -> line.path("to").asText().equals("TASKED"))
                .allSatisfy(line -> assertThat(line.path("attempts").asInt()).isEqualTo(1));
    }

    @Test
    void another_document_under_the_records_id_is_left_alone() {
        Claim claim = journey.claim();
        UUID id = RecordId.of(UUID.fromString(claim.uuid()), RecordId.FEEDBACK);
        String person = Journey.personId(claim.insuree());
        var foreign = CHT.wireMock()
                .stubFor(post(urlPathEqualTo("/medic/_all_docs"))
                        .atPriority(1)
                        .withRequestBody(containing(id.toString()))
                        .willReturn(okJson("{\"rows\":[{\"key\":\"" + id
                                + "\",\"doc\":{\"_rev\":\"1-1\",\"fields\":{\"claim_uuid\":\"another\"}}},{\"key\":\""
                                + person
                                + "\",\"doc\":" + CHT.document(person).orElseThrow() + "}]}")));
        ends(claim, State.PARKED, Reason.RECORD_DIFFERS);
        CHT.wireMock().removeStub(foreign);
    }

    @Test
    void an_error_that_sentinel_finds_later_parks_the_loop() {
        CHT.pauseSentinel();
        Claim claim;
        try {
            claim = journey.tasked();
            // between our write and sentinel's look the patient is gone
            deleted = Journey.personId(claim.insuree());
            CHT.deleteDocument(deleted);
        } finally {
            CHT.resumeSentinel();
        }
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> CHT.records(claim.uuid()).stream()
                .allMatch(doc -> doc.path("_rev").asText().startsWith("2-")));
        assertThat(CHT.records(claim.uuid()).get(0).path("errors"))
                .as("the simulated sentinel finds the error")
                .isNotEmpty();
        assertThat(journey.reaches(claim, State.PARKED).reason()).isEqualTo(Reason.RECORD_REFUSED);
        assertThat(journey.trace(claim).path("now").path("actions")).isNotEmpty();
    }

    @Test
    void a_claim_rejected_after_its_check_gets_no_task() {
        Insuree insuree = journey.stranger("Meanwhile", "Rejected");
        Claim claim = journey.claim(insuree);
        ends(claim, State.NEEDS_IDENTITY, Reason.PATIENT_NOT_IN_CHT);
        journey.inCht(insuree, "household-1", Map.of());
        OPENIMIS.reject(claim);
        journey.order("/api/loops/" + claim.uuid() + "/retry");
        assertThat(journey.reaches(claim, State.WITHDRAWN).reason()).isEqualTo(Reason.CLAIM_REJECTED);
        assertThat(CHT.records(claim.uuid())).isEmpty();
    }

    private void ends(Claim claim, State state, Reason reason) {
        journey.notice(claim);
        assertThat(journey.reaches(claim, state).reason()).isEqualTo(reason);
        assertThat(CHT.records(claim.uuid())).isEmpty();
    }

    private static long effects(Claim claim, Effect.Kind kind) {
        return CHT.effects().stream()
                .filter(effect -> effect.kind() == kind && claim.uuid().equals(effect.claimUuid()))
                .count();
    }
}
