package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.claimloop.cht.RecordId;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.simulated.DemoData;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.support.Works;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many claims go into CHT together, and each keeps an outcome of its own. */
class DispatchTogetherTest extends PartnersOnWire {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BULK_DOCS = "/medic/_bulk_docs";

    private final SimulatedCht cht = SimulatedCht.start().withDemoData();
    private RoutesUnderTest routes = routes(Map.of());

    private RoutesUnderTest routes(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("claimloop.cht.username", SimulatedCht.USERNAME);
        all.put("claimloop.cht.password", SimulatedCht.PASSWORD);
        return RoutesUnderTest.of(
                OPENIMIS, cht.wireMock(), all, "task-dispatch", "patients", "claim-record", "claim-watch", "cht");
    }

    @AfterEach
    void close() {
        routes.close();
        cht.close();
    }

    @Test
    void sixty_claims_cost_little_more_than_a_search_each() throws IOException {
        List<Due> batch = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            batch.add(due("rita-" + i, person("rita-" + i, "household-1")));
        }
        routes.cht().login().header();
        int before = cht.requests();
        Map<Due, Outcome> outcomes = dispatched(batch);

        double each = (cht.requests() - before) / 60.0;
        assertThat(each).as("requests to CHT for a claim").isLessThanOrEqualTo(1.3);
        assertThat(batch).allSatisfy(due -> {
            Outcome outcome = outcomes.get(due);
            assertThat(outcome.to()).isEqualTo(State.TASKED);
            assertThat(outcome.facts().recordId())
                    .isEqualTo(RecordId.of(due.loop().uuid(), RecordId.FEEDBACK));
            assertThat(outcome.facts().chw()).isEqualTo(DemoData.SITA);
            assertThat(cht.records(due.loop().uuid().toString())).hasSize(1);
        });
        assertThat(outcomes.values().stream().map(outcome -> outcome.facts().patient()))
                .as("each has its own patient")
                .doesNotHaveDuplicates();
    }

    @Test
    void each_claim_of_a_batch_keeps_its_own_outcome() throws IOException {
        cht.addPlace("quiet", "Quiet", "clinic", DemoData.VIRU);
        cht.changeContact("quiet", Map.of("muted", "2026-01-02"));
        Due good = due("good", person("good", "household-1"));
        Due nobody = due("nobody", "no-such-number");
        Due several = due("several", "070707099");
        Due another = due("another", person("another", "household-1"));
        cht.changeContact("another", Map.of("name", "Somebody Else", "date_of_birth", "1950-07-08"));
        Due quiet = due("quiet-one", person("quiet-one", "quiet"));
        Due without = due("without", person("without", "household-3"));
        Due unfit = due("unfit", person("unfit", "household-1"));
        // a record needs the claim's code
        ((ObjectNode) unfit.claim()).put("code", "");
        Due met = due("met", person("met", "household-1"));
        String id = RecordId.of(met.loop().uuid(), RecordId.FEEDBACK).toString();
        Due last = due("last", person("last", "household-2"));
        List<Due> batch = List.of(good, nobody, several, another, quiet, without, unfit, met, last);
        // somebody else's document lies under the id of one
        write("{\"docs\":[{\"_id\":\"" + id + "\",\"type\":\"data_record\",\"fields\":{\"claim_uuid\":\"x\"}}]}");

        Map<Due, Outcome> outcomes = dispatched(batch);

        assertThat(outcomes).hasSize(batch.size());
        assertThat(List.of(good, last))
                .allSatisfy(due -> assertThat(outcomes.get(due).to()).isEqualTo(State.TASKED));
        assertThat(outcomes.get(last).facts().chw()).isEqualTo(DemoData.GANGA);
        assertThat(outcomes.get(nobody).reason()).isEqualTo(Reason.PATIENT_NOT_IN_CHT);
        assertThat(outcomes.get(several).reason()).isEqualTo(Reason.SEVERAL_PATIENTS);
        assertThat(outcomes.get(another).reason()).isEqualTo(Reason.PATIENT_DISAGREES);
        assertThat(outcomes.get(quiet).reason()).isEqualTo(Reason.PATIENT_MUTED);
        assertThat(outcomes.get(without).reason()).isEqualTo(Reason.NO_CHW);
        assertThat(outcomes.get(met).reason()).isEqualTo(Reason.RECORD_DIFFERS);
        assertThat(outcomes.get(unfit).to()).isEqualTo(State.PARKED);
        assertThat(outcomes.get(unfit).reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(outcomes.get(unfit).detail()).contains("schema");
    }

    @Test
    void a_conflict_of_one_record_is_its_own() throws IOException {
        List<Due> batch = people(3);
        String id = RecordId.of(batch.get(1).loop().uuid(), RecordId.FEEDBACK).toString();
        // between our look and our write somebody writes; here, CHT only shows the record too late
        write("{\"docs\":[{\"_id\":\"" + id + "\",\"type\":\"data_record\",\"form\":\"X\",\"fields\":{}}]}");
        cht.wireMock()
                .stubFor(post(urlPathEqualTo("/medic/_all_docs"))
                        .atPriority(1)
                        .withRequestBody(containing("person-0"))
                        .inScenario("late")
                        .whenScenarioStateIs(Scenario.STARTED)
                        .willSetStateTo("seen")
                        .willReturn(okJson(rows(batch))));
        Map<Due, Outcome> outcomes = dispatched(batch);
        assertThat(outcomes.get(batch.get(1)).kind()).isEqualTo(Outcome.Kind.LATER);
        assertThat(outcomes.get(batch.get(0)).to()).isEqualTo(State.TASKED);
        assertThat(outcomes.get(batch.get(2)).to()).isEqualTo(State.TASKED);
    }

    @Test
    void no_request_writes_more_than_a_second_may_hold() throws IOException {
        routes.close();
        routes = routes(Map.of("claimloop.cht.writes-per-second", "4"));
        List<Due> batch = people(10);
        Instant start = Instant.now();
        assertThat(dispatched(batch).values())
                .allSatisfy(outcome -> assertThat(outcome.to()).isEqualTo(State.TASKED));
        assertThat(writes()).extracting(this::documents).containsExactly(4, 4, 2);
        // the first two seconds' worth may meet at the turn of a second
        assertThat(Duration.between(start, Instant.now())).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void under_half_a_lease_that_is_over_nothing_is_written() throws IOException {
        List<Due> batch = people(2);
        Map<Due, Outcome> outcomes =
                routes.dispatched(batch, "task-dispatch", Instant.now().minusSeconds(31));
        assertThat(outcomes.values()).hasSize(2).allSatisfy(outcome -> {
            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.LATER);
            assertThat(outcome.reason()).isEqualTo(Reason.PARTNER_BUSY);
        });
        assertThat(writes()).isEmpty();
    }

    @Test
    void a_place_that_cannot_be_asked_for_holds_up_its_own_claims_only() throws IOException {
        Due near = due("near", person("near", "household-1"));
        Due far = due("far", person("far", "household-2"));
        cht.wireMock()
                .stubFor(get(urlEqualTo("/api/v2/users?facility_id=household-2"))
                        .atPriority(1)
                        .willReturn(aResponse().withStatus(500).withBody("{}")));
        Map<Due, Outcome> outcomes = dispatched(List.of(near, far));
        assertThat(outcomes.get(near).to()).isEqualTo(State.TASKED);
        assertThat(outcomes.get(far).reason()).isEqualTo(Reason.UNEXPECTED);
        assertThat(cht.records(far.loop().uuid().toString())).isEmpty();
    }

    @Test
    void after_a_write_that_failed_no_other_is_tried_and_what_was_written_before_counts() throws IOException {
        routes.close();
        routes = routes(Map.of("claimloop.cht.writes-per-second", "4"));
        List<Due> batch = people(12);
        String second =
                RecordId.of(batch.get(5).loop().uuid(), RecordId.FEEDBACK).toString();
        cht.wireMock()
                .stubFor(post(urlEqualTo(BULK_DOCS))
                        .atPriority(1)
                        .withRequestBody(containing(second))
                        .willReturn(aResponse().withStatus(503)));
        Map<Due, Outcome> outcomes = dispatched(batch);
        assertThat(batch.subList(0, 4))
                .allSatisfy(due -> assertThat(outcomes.get(due).to()).isEqualTo(State.TASKED));
        assertThat(batch.subList(4, 12))
                .allSatisfy(due -> assertThat(outcomes.get(due).reason()).isEqualTo(Reason.PARTNER_AWAY));
        assertThat(writes()).hasSize(2);
    }

    @Test
    void a_batch_that_cht_fails_on_has_one_outcome_for_those_it_concerns() throws IOException {
        Due nobody = due("nobody", "no-such-number");
        List<Due> batch = new ArrayList<>(people(3));
        batch.add(nobody);
        cht.wireMock()
                .stubFor(post(urlPathEqualTo("/medic/_all_docs"))
                        .atPriority(1)
                        .willReturn(aResponse().withStatus(503)));
        Map<Due, Outcome> outcomes = dispatched(batch);
        assertThat(outcomes.remove(nobody).reason()).isEqualTo(Reason.PATIENT_NOT_IN_CHT);
        assertThat(outcomes.values()).hasSize(3).allSatisfy(outcome -> assertThat(outcome.reason())
                .isEqualTo(Reason.PARTNER_AWAY));
    }

    private Map<Due, Outcome> dispatched(List<Due> batch) {
        return routes.dispatched(batch, "task-dispatch", Instant.now());
    }

    private List<String> writes() {
        return cht.wireMock().findAll(postRequestedFor(urlEqualTo(BULK_DOCS))).stream()
                .map(request -> request.getBodyAsString())
                .toList();
    }

    private int documents(String body) {
        try {
            return JSON.readTree(body).path("docs").size();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(String docs) {
        assertThat(routes.send("cht", PartnerRequest.bulk(BULK_DOCS, docs, 1)).getException())
                .isNull();
        cht.wireMock().resetRequests();
    }

    /** What CHT holds of their persons, and no record. */
    private String rows(List<Due> batch) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            String person = "person-" + i;
            rows.add("{\"key\":\"" + person + "\",\"doc\":"
                    + cht.document(person).orElseThrow() + "}");
            rows.add("{\"key\":\"" + RecordId.of(batch.get(i).loop().uuid(), RecordId.FEEDBACK)
                    + "\",\"error\":\"not_found\"}");
        }
        return "{\"rows\":[" + String.join(",", rows) + "]}";
    }

    private List<Due> people(int size) throws IOException {
        List<Due> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            batch.add(due("person-" + i, person("person-" + i, "household-1")));
        }
        return batch;
    }

    /** Somebody in CHT; the insurance number is made of the id. */
    private String person(String id, String household) {
        cht.addPerson(Map.of(
                "id",
                id,
                "name",
                "Rita Patient",
                "parent",
                household,
                "insurance_number",
                "number-" + id,
                "date_of_birth",
                "1984-05-02"));
        return "number-" + id;
    }

    private static Due due(String code, String number) throws IOException {
        UUID uuid = UUID.nameUUIDFromBytes(code.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        ObjectNode claim = EnrichmentAndRulesTest.claim();
        claim.put("uuid", uuid.toString()).put("code", code);
        ((ObjectNode) claim.path("insuree"))
                .put("chfId", number)
                .put("lastName", "Patient")
                .put("otherNames", "Rita")
                .put("dob", "1984-05-02");
        return Works.withClaim(Works.due(Step.DISPATCH, State.SELECTED, uuid), claim);
    }
}
