package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Completion;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Recorded;
import io.claimloop.support.Works;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Orders to openIMIS: those of a batch go together, and what comes back is each one's own. */
class OrdersTest extends PartnersOnWire {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GRAPHQL = "/api/graphql";
    private static final Path ANSWERED = Path.of("mappings/submission-feedback/answered.out.json");

    private RoutesUnderTest routes;
    private Function<Due, Due> gathered = due -> due;

    @BeforeEach
    void load() throws Exception {
        routes = RoutesUnderTest.of(
                OPENIMIS, CHT, "step-worker", "orders", "feedback-return", "openimis", "openimis-login");
        routes.camel().addRoutes(new RouteBuilder() {
            @Override
            @SuppressWarnings("unchecked")
            public void configure() {
                from("direct:gather").routeId("gather").process(exchange -> {
                    List<Due> batch = exchange.getMessage().getBody(List.class);
                    exchange.getMessage().setBody(batch.stream().map(gathered).toList());
                });
            }
        });
        TemplatedRouteBuilder.builder(routes.camel(), "step-worker")
                .routeId("worker")
                .parameter("step", "deliver")
                .parameter("gather", "direct:gather")
                .parameter("each", "direct:feedback-return")
                .add();
    }

    @AfterEach
    void close() {
        routes.close();
    }

    @Test
    void the_order_on_the_wire_is_as_recorded() throws IOException {
        openimisTakesAll(5);
        Map<Due, Outcome> outcomes = run(batch(5));

        String sent = JSON.readTree(calls(OPENIMIS).get(0).getBodyAsString())
                .path("query")
                .asText();
        assertThat(calls(OPENIMIS)).hasSize(1);
        assertThat(sent)
                .startsWith("mutation { m0: deliverClaimFeedback(input: {clientMutationId: \"")
                .contains("m4: deliverClaimFeedback")
                .contains(
                        "feedback: {careRendered: true, paymentAsked: false, drugPrescribed: true, drugReceived: true,"
                                + " asessment: 4, feedbackDate: \"2026-11-23T00:00:00\"}")
                .endsWith(") { clientMutationId internalId } }");
        assertThat(outcomes.values()).hasSize(5).allSatisfy(outcome -> {
            assertThat(outcome.reason()).isEqualTo(Reason.BEING_VERIFIED);
            assertThat(outcome.after()).isZero();
        });
    }

    @Test
    void one_order_that_openimis_does_not_understand_harms_no_other() {
        openimisTakesAll(8);
        List<Due> batch = batch(8);
        Due bad = batch.get(5);
        OPENIMIS.stubFor(post(urlEqualTo(GRAPHQL))
                .atPriority(1)
                .withRequestBody(containing(bad.loop().spelling()))
                .willReturn(as(Recorded.openimis("943"))));

        Map<Due, Outcome> outcomes = run(batch);

        assertThat(outcomes.remove(bad)).satisfies(outcome -> {
            assertThat(outcome.to()).isEqualTo(State.PARKED);
            assertThat(outcome.detail()).isEqualTo("openIMIS does not understand our deliverClaimFeedback.");
        });
        assertThat(outcomes.values()).hasSize(7).allMatch(outcome -> outcome.reason() == Reason.BEING_VERIFIED);
        assertThat(calls(OPENIMIS).size()).isLessThanOrEqualTo(7);
    }

    @Test
    void a_release_that_understands_none_of_them_is_not_stormed_and_nothing_is_parked() {
        openimisAnswers(as(Recorded.openimis("908")));
        Map<Due, Outcome> outcomes = run(batch(30));
        assertThat(calls(OPENIMIS).size()).isLessThanOrEqualTo(30);
        assertThat(outcomes.values()).hasSize(30).allSatisfy(outcome -> {
            assertThat(outcome.to()).isNull();
            assertThat(outcome.reason()).isEqualTo(Reason.OPENIMIS_REFUSED);
        });
    }

    @Test
    void when_openimis_is_away_all_come_back_with_that() {
        openimisAnswers(json(503, ""));
        assertThat(run(batch(3)).values()).hasSize(3).allSatisfy(outcome -> {
            assertThat(outcome.reason()).isEqualTo(Reason.PARTNER_AWAY);
            assertThat(outcome.to()).isNull();
        });
    }

    @Test
    void an_error_of_the_server_may_have_done_part_of_it_so_nothing_is_sent_again_before_a_look() {
        openimisAnswers(json(500, "<h1>Server Error (500)</h1>"));
        assertThat(run(batch(3)).values()).hasSize(3).allMatch(outcome -> outcome.reason() == Reason.UNEXPECTED);
        assertThat(calls(OPENIMIS)).hasSize(1);
    }

    @ParameterizedTest(name = "log {0}, for {1} h: {2} {3}")
    @CsvSource({"0, 0, LATER, BEING_VERIFIED", "0, 7, DONE, ORDER_NOT_CARRIED_OUT", "2, 0, FAILED, BEING_VERIFIED"})
    void an_order_that_waits_in_openimis_is_not_sent_again(int status, int hours, Outcome.Kind kind, Reason reason) {
        openimisTakesAll(1);
        gathered = due -> due.withTold(log(status, null, hours, 1));
        Outcome outcome = run(batch(1)).values().iterator().next();
        assertThat(outcome.kind()).isEqualTo(kind);
        assertThat(outcome.reason()).isEqualTo(reason);
        assertThat(calls(OPENIMIS)).hasSize(kind == Outcome.Kind.FAILED ? 1 : 0);
    }

    @Test
    void only_orders_that_openimis_has_logged_count_as_tries() {
        openimisTakesAll(1);
        gathered = due -> Works.withAttempts(due, 11);
        assertThat(run(batch(1)).values())
                .as("eleven attempts, none of which got an order out")
                .allMatch(outcome -> outcome.reason() == Reason.BEING_VERIFIED);

        gathered = due -> due.withTold(log(1, "Failed to update claim", 0, 3));
        assertThat(run(batch(1)).values()).singleElement().satisfies(outcome -> {
            assertThat(outcome.to()).isEqualTo(State.REFUSED);
            assertThat(outcome.reason()).isEqualTo(Reason.OPENIMIS_REFUSED);
        });
    }

    @Test
    void a_missing_right_is_said_and_tried_again() {
        openimisTakesAll(1);
        String refused =
                "The mutation threw a <class 'django.core.exceptions.PermissionDenied'>, check logs for details";
        gathered = due -> due.withTold(log(1, refused, 0, 5));
        assertThat(run(batch(1)).values()).allMatch(outcome -> outcome.reason() == Reason.NO_ACCESS);

        gathered = due -> Works.after(due.withTold(log(1, refused, 0, 5)), Reason.NO_ACCESS);
        assertThat(run(batch(1)).values()).allMatch(outcome -> outcome.reason() == Reason.BEING_VERIFIED);
    }

    private static JsonNode log(int status, String error, int hoursAgo, int orders) {
        ObjectNode told = JSON.createObjectNode();
        var log = told.putArray("log");
        for (int i = 0; i < orders; i++) {
            log.addObject()
                    .put("status", status)
                    .put("error", error)
                    .put("clientMutationLabel", "ClaimLoop deliverClaimFeedback")
                    .put(
                            "requestDateTime",
                            LocalDateTime.now(ZoneOffset.UTC)
                                    .minusHours(hoursAgo)
                                    .toString());
        }
        return told;
    }

    private static void openimisTakesAll(int most) {
        ObjectNode data = JSON.createObjectNode();
        for (int i = 0; i < most; i++) {
            data.putObject("m" + i).put("clientMutationId", "c" + i).put("internalId", "i" + i);
        }
        OPENIMIS.stubFor(post(urlEqualTo(GRAPHQL))
                .atPriority(5)
                .willReturn(json(200, JSON.createObjectNode().set("data", data).toString())));
    }

    private static List<Due> batch(int size) {
        try {
            List<Due> batch = new ArrayList<>();
            String feedback = Files.readString(ANSWERED);
            for (int i = 0; i < size; i++) {
                UUID uuid = UUID.randomUUID();
                ObjectNode claim = EnrichmentAndRulesTest.claim();
                claim.put("uuid", uuid.toString());
                batch.add(Works.withClaim(
                        Works.withSubmission(Works.due(Step.DELIVER, State.ANSWERED, uuid), null, feedback), claim));
            }
            return batch;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Map<Due, Outcome> run(List<Due> batch) {
        routes.ledger.completions.clear();
        routes.ledger.makeDue(Step.DELIVER, batch);
        routes.wake(Step.DELIVER);
        await().atMost(Duration.ofSeconds(20)).until(() -> routes.ledger.completions.size() >= batch.size());
        Map<Long, Due> asked = batch.stream().collect(Collectors.toMap(Due::id, Function.identity()));
        return routes.ledger.completions.stream()
                .collect(Collectors.toMap(done -> asked.get(done.due().id()), Completion::outcome));
    }
}
