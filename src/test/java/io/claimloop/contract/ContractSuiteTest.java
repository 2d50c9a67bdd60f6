package io.claimloop.contract;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.contract.Report.Row;
import io.claimloop.contract.Report.Verdict;
import io.claimloop.simulated.SimulatedOpenImis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite itself: that it finds what differs, goes on, tells no names, and leaves nothing behind. */
class ContractSuiteTest {
    private static final String SECOND = "refuses a second Communication, in words that say it exists";

    @TempDir
    Path folder;

    private SimulatedOpenImis simulated;
    private Report report;

    @BeforeEach
    void start() {
        simulated = SimulatedOpenImis.start();
        report = new Report(folder.resolve("report.md"));
    }

    @AfterEach
    void stop() {
        simulated.close();
    }

    private List<Row> run() throws Exception {
        var server = OpenImisServer.of(simulated);
        OpenImisContractTest.behaviours(server).forEach(behaviour -> report.run("openIMIS", behaviour));
        assertThat(server.cleanUp()).isEmpty();
        report.write();
        return report.rows("openIMIS");
    }

    private Row row(List<Row> rows, String name) {
        return rows.stream()
                .filter(row -> row.behaviour().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> differing(List<Row> rows) {
        return rows.stream()
                .filter(row -> row.verdict() == Verdict.DIFFERED)
                .map(row -> row.behaviour().name())
                .toList();
    }

    @Test
    void finds_what_differs_goes_on_and_tells_no_names() throws Exception {
        simulated
                .wireMock()
                .stubFor(post(urlEqualTo("/api/api_fhir_r4/Communication/"))
                        .willReturn(aResponse()
                                .withStatus(201)
                                .withHeader("Content-Type", "application/json")
                                .withBody("{\"subject\": \"Joseph Macintyre\", \"issue\": \"070707070\"}")));
        var rows = run();

        var second = row(rows, SECOND);
        assertThat(second.verdict()).isEqualTo(Verdict.DIFFERED);
        assertThat(second.behaviour().reliedOn()).isTrue();
        assertThat(second.detail()).isEqualTo("expected status 500 (or 400, later); came 201");
        assertThat(row(rows, "deletes one's own Subscription, and then it is not found")
                        .verdict())
                .as("the run goes on to its end")
                .isEqualTo(Verdict.HELD);
        assertThat(Files.readString(folder.resolve("report.md")))
                .contains("| " + SECOND + " | 702, 749 | relied on | differed |")
                .doesNotContain("Macintyre", "070707070", "Rachla");
        assertThat(report.summary()).contains("differed: " + SECOND).contains("could not be tried: ");
    }

    @Test
    void leaves_nothing_behind() throws Exception {
        assertThat(differing(run())).isEmpty();
        assertThat(simulated.claims()).isEmpty();
        assertThat(simulated.subscriptions()).isZero();
    }

    @Test
    void waits_for_mutations_that_take_their_time() throws Exception {
        simulated.mutationsTake(Duration.ofMillis(150));
        assertThat(differing(run())).isEmpty();
    }

    @Test
    void a_later_release_is_told_and_fails_nothing() throws Exception {
        simulated.survivesAttachments(true);
        simulated.claimSubscriptions(false);
        var rows = run();

        assertThat(differing(rows))
                .containsExactlyInAnyOrder(
                        "Does this release survive a file on a claim?", "Can this release subscribe to claims?");
        assertThat(rows).filteredOn(row -> row.verdict() == Verdict.DIFFERED).noneMatch(row -> row.behaviour()
                .reliedOn());
        assertThat(row(rows, "shows a Subscription with its header as it was given")
                        .detail())
                .isEqualTo("this release cannot subscribe to claims");
    }

    @Test
    void a_missing_right_is_no_difference() throws Exception {
        simulated.setRights(false);
        var rows = run();

        assertThat(differing(rows)).isEmpty();
        assertThat(row(rows, SECOND).verdict()).isEqualTo(Verdict.NOT_TRIED);
        assertThat(row(rows, SECOND).detail()).contains("lacks the right");
    }

    @Test
    void keeps_its_pace() throws Exception {
        var wire = new Wire(simulated.url(), 600);
        long begin = System.nanoTime();
        for (int i = 0; i < 4; i++) wire.send("GET", "/", null, Map.of());
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }
}
