package io.claimloop.openimis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.cht.ClaimWatch;
import io.claimloop.feedback.Delivery;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Places;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.StepEnds;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.rules.RuleChecks;
import io.claimloop.rules.SelectionLimits;
import io.claimloop.rules.Wanted;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.support.Works;
import io.claimloop.valuation.ReviewTable;
import io.claimloop.valuation.Valuation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * The golden claim, as a release of openIMIS might show it that changed a field: every step that decides by it must do
 * nothing rather than something wrong. Row 43 of {@code docs/failures.md}.
 */
class SchemaDriftTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ANSWERS = "{\"answers\":{\"careRendered\":\"yes\",\"paymentAsked\":\"no\","
            + "\"drugPrescribed\":\"yes\",\"drugReceived\":\"yes\",\"assessment\":4}}";

    private final Loops loops = mock(Loops.class);
    private final ClaimLoopProperties properties = new Binder(new MapConfigurationPropertySource(Map.of(
                    "claimloop.mappings", "./mappings",
                    "claimloop.selection.policy", "selected",
                    "claimloop.selection.max-visit-age", "10000d",
                    "claimloop.valuation.enabled", "true",
                    "claimloop.valuation.username", "valuer",
                    "claimloop.valuation.password", "password-of-this-test",
                    "claimloop.openimis.url", "http://127.0.0.1:1")))
            .bindOrCreate("claimloop", ClaimLoopProperties.class);
    private final SelectionLimits limits = new SelectionLimits(mock(Places.class), properties);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeEach
    void setUp() {
        when(loops.keyed(anyString())).thenReturn("keyed");
        when(loops.firstStart()).thenReturn(Instant.EPOCH);
        when(loops.reserveVisits(any())).thenReturn(Map.of());
        Metrics.addRegistry(meters);
    }

    @AfterEach
    void tearDown() {
        Metrics.removeRegistry(meters);
    }

    /** Selected for feedback, none given yet. */
    private static ObjectNode golden() throws IOException {
        ObjectNode claim = (ObjectNode)
                JSON.readTree(Path.of("mappings/claim-record/normal.in.json").toFile())
                        .path("claim");
        claim.put("status", 4)
                .put("feedbackStatus", 4)
                .put("reviewStatus", 1)
                .putNull("validityTo")
                .putNull("feedback");
        return claim;
    }

    /** With feedback that is the same as ours. */
    private static ObjectNode delivered() throws IOException {
        ObjectNode claim = golden().put("feedbackStatus", 8);
        claim.putObject("feedback")
                .put("careRendered", true)
                .put("paymentAsked", false)
                .put("drugPrescribed", true)
                .put("drugReceived", true)
                .put("asessment", 4);
        return claim;
    }

    private static void mutate(ObjectNode claim, String field, String to) throws IOException {
        ObjectNode holder = field.startsWith("feedback.") ? (ObjectNode) claim.path("feedback") : claim;
        String name = field.replace("feedback.", "");
        JsonNode was = holder.get(name);
        switch (to) {
            case "missing" -> holder.remove(name);
            case "renamed" -> {
                holder.remove(name);
                holder.set(name + "Code", was);
            }
            default -> holder.set(name, JSON.readTree(to));
        }
    }

    @Test
    void the_golden_claim_itself_goes_its_way_and_counts_no_drift() throws IOException {
        assertThat(check(golden()).to()).isEqualTo(State.SELECTED);
        assertThat(watch(golden()).kind()).isEqualTo(Outcome.Kind.DONE);
        assertThat(new Delivery(properties).look(work(Step.DELIVER, State.ANSWERED, golden())))
                .as("goes on to send it")
                .isNotNull();
        assertThat(look(delivered()).to()).isEqualTo(State.DELIVERED);
        assertThat(value(golden())).isNotInstanceOf(Outcome.class);
        read(golden());
        assertThat(drifts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "status; missing",
                "status; renamed",
                "status; 32",
                "status; null",
                "status; true",
                "status; 1.5",
                "status; \"CHECKED\"",
                "status; {\"value\":4}",
                "status; [4]",
                "feedbackStatus; missing",
                "feedbackStatus; renamed",
                "feedbackStatus; 32",
                "feedbackStatus; 0",
                "feedbackStatus; \"SELECTED\"",
                "feedbackStatus; {\"value\":16}",
                "validityTo; {}",
                "validityTo; false",
                "validityTo; \"never\"",
                "feedback; []",
                "feedback; \"none\""
            })
    void a_claim_that_decides_otherwise_than_we_know_moves_nothing_and_is_counted(String field, String to)
            throws IOException {
        ObjectNode claim = golden();
        mutate(claim, field, to);

        Outcome checked = check(claim);
        assertThat(checked.to()).isEqualTo(State.PARKED);
        assertThat(checked.reason()).isEqualTo(Reason.CLAIM_UNKNOWN_STATUS);
        assertThat(checked.detail()).isNotBlank();
        Outcome watched = watch(claim);
        assertThat(watched.to()).as("no task is withdrawn").isNull();
        assertThat(watched.reason()).as("and it waits visibly").isEqualTo(Reason.CLAIM_UNKNOWN_STATUS);
        assertThat(look(claim)).satisfies(outcome -> {
            assertThat(outcome.to())
                    .as("no feedback is sent, the loop is not ended")
                    .isNull();
            assertThat(outcome.reason()).isEqualTo(Reason.CLAIM_UNKNOWN_STATUS);
        });
        assertThat(value(claim)).isInstanceOfSatisfying(Outcome.class, outcome -> assertThat(outcome.to())
                .isNull());
        read(claim);
        assertThat(drifts()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "feedback; missing",
                "feedback; renamed",
                "feedback; [true]",
                "feedback.careRendered; \"yes\"",
                "feedback.paymentAsked; 0",
                "feedback.drugReceived; {}",
                "feedback.asessment; \"4\"",
                "feedback.asessment; 4.5"
            })
    void feedback_in_another_form_is_neither_taken_for_ours_nor_for_somebody_elses(String field, String to)
            throws IOException {
        ObjectNode claim = delivered();
        mutate(claim, field, to);

        Outcome outcome = look(claim);
        assertThat(outcome.to()).isNull();
        assertThat(outcome.reason()).isEqualTo(Reason.CLAIM_UNKNOWN_STATUS);
        read(claim);
        assertThat(drifts()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"missing", "renamed", "32", "true", "{}"})
    void a_review_that_we_do_not_know_moves_no_money(String to) throws IOException {
        ObjectNode claim = golden();
        mutate(claim, "reviewStatus", to);
        assertThat(value(claim)).isInstanceOfSatisfying(Outcome.class, outcome -> assertThat(outcome.to())
                .isNull());
        read(claim);
        assertThat(drifts()).isNotEmpty();
    }

    @Test
    void what_is_new_beside_what_we_know_changes_nothing() throws IOException {
        ObjectNode claim = golden().put("priority", 7);
        claim.putObject("assessor").put("status", 1);
        assertThat(check(claim).to()).isEqualTo(State.SELECTED);
        assertThat(watch(claim).kind()).isEqualTo(Outcome.Kind.DONE);
        read(claim);
        assertThat(drifts()).isEmpty();
    }

    @Test
    void digits_as_text_are_the_same_codes() throws IOException {
        assertThat(check(golden().put("status", "4").put("feedbackStatus", "4")).to())
                .isEqualTo(State.SELECTED);
    }

    private static Due work(Step step, State state, JsonNode claim) {
        return Works.withSubmission(
                Works.withClaim(Works.due(step, state, UUID.fromString("9ace1602-a99b-4c40-a167-66b6be838a45")), claim),
                null,
                ANSWERS);
    }

    private Outcome check(JsonNode claim) {
        RuleChecks rules = new RuleChecks(loops, limits, properties);
        Object checked = rules.check(work(Step.CHECK, State.NOTICED, claim));
        if (checked instanceof Wanted wanted) {
            rules.choose(List.of(wanted));
            return wanted.outcome();
        }
        return (Outcome) checked;
    }

    /** What the watch decides before it writes anything: a loop whose claim did not change. */
    private Outcome watch(JsonNode claim) {
        when(loops.keyed(anyString())).thenReturn("keyed");
        ClaimWatch watch = new ClaimWatch(loops, limits, properties);
        Due due = work(Step.WATCH, State.EXPIRED, claim);
        return catchThrowableOfType(StepEnds.class, () -> watch.changed(due)).outcome();
    }

    private Outcome look(JsonNode claim) {
        Delivery delivery = new Delivery(properties);
        return catchThrowableOfType(StepEnds.class, () -> delivery.look(work(Step.DELIVER, State.ANSWERED, claim)))
                .outcome();
    }

    private Object value(JsonNode claim) throws IOException {
        return new Valuation(properties, new ReviewTable(properties)).decide(work(Step.VALUE, State.DELIVERED, claim));
    }

    private void read(JsonNode claim) {
        String answer = "{\"data\":{\"c0\":" + claim + "}}";
        new ClaimReader(properties)
                .attach(List.of(Works.due(Step.CHECK, State.NOTICED)), new PartnerAnswer("openIMIS", 200, answer));
    }

    private List<Counter> drifts() {
        return meters.find("claimloop.partner.drift").counters().stream()
                .filter(counter -> counter.count() > 0)
                .toList();
    }
}
