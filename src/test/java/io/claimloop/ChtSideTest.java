package io.claimloop;

import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Answer;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Insuree;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Reports that CHT's own harness filled in with the form of src/cht, through the whole application. */
@ClaimLoopTest
class ChtSideTest {
    private static final Path SUBMISSIONS = Path.of("test-data", "cht", "submissions");
    private static final Map<String, State> ENDS = Map.of(
            "answered", State.DELIVERED,
            "not_found", State.NOT_REACHED,
            "moved", State.NOT_REACHED,
            "died", State.NOT_REACHED,
            "refused", State.NOT_REACHED,
            "wrong_person", State.NEEDS_IDENTITY);

    @Autowired
    private Journey journey;

    static List<String> submissions() throws IOException {
        try (Stream<Path> files = Files.list(SUBMISSIONS)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("submissions")
    void what_the_form_sends_ends_as_it_must(String file) throws IOException {
        Claim claim = journey.tasked();
        ObjectNode submission = (ObjectNode)
                new ObjectMapper().readTree(SUBMISSIONS.resolve(file).toFile());
        submission
                .put("report_id", UUID.randomUUID().toString())
                .put("claim_uuid", claim.uuid())
                .put("patient_uuid", Journey.personId(claim.insuree()));

        assertThat(journey.feedback(submission.toString()).status()).isEqualTo(200);

        State end = ENDS.get(submission.path("outcome").asText());
        Reason reason = journey.reaches(claim, end).reason();
        assertThat(reason)
                .isEqualTo(
                        switch (end) {
                            case NOT_REACHED -> Reason.NOBODY_REACHED;
                            case NEEDS_IDENTITY -> Reason.WRONG_PERSON;
                            default -> null;
                        });
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(end == State.DELIVERED ? 1 : 0);
        JsonNode kept = journey.trace(claim).path("kept");
        assertThat(kept.path("visitDate").asText())
                .isEqualTo(submission.path("visit_date").asText());
        assertThat(kept.path("durationSeconds").asText())
                .isEqualTo(submission.path("duration_seconds").asText());
        assertThat(kept.path("outcomeReason").asText(""))
                .isEqualTo(submission.path("outcome_reason").asText());
    }

    @Test
    void a_service_that_was_not_received_is_named_on_the_loop_and_the_answers_reach_the_claim() {
        Insuree insuree = journey.person();
        Claim claim = OPENIMIS.submit(OPENIMIS.enterServices(
                "SERVICES" + insuree.chfId(), insuree.chfId(), journey.day(), List.of("R1", "I1", "M14")));
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);
        JsonNode record = CHT.records(claim.uuid()).get(0).path("fields");
        assertThat(List.of(
                        record.path("line_1_code").asText(),
                        record.path("line_2_code").asText()))
                .containsExactly("R1", "I1");

        CHT.submit(claim.uuid(), Answer.content().withLine("line_2", "not_at_all"));

        journey.reaches(claim, State.DELIVERED);
        assertThat(OPENIMIS.deliveries(claim.uuid())).isEqualTo(1);
        assertThat(OPENIMIS.feedbackOf(claim.uuid()).careRendered()).isTrue();
        JsonNode discrepancies = journey.trace(claim).at("/kept/discrepancies");
        assertThat(discrepancies).hasSize(1);
        assertThat(discrepancies.at("/0/line").asInt()).isEqualTo(2);
        assertThat(discrepancies.at("/0/code").asText()).isEqualTo("I1");
        assertThat(discrepancies.at("/0/received").asText()).isEqualTo("NOT_AT_ALL");
    }
}
