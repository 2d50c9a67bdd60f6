package io.claimloop;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static io.claimloop.support.SimulatedWorld.CHT;
import static io.claimloop.support.SimulatedWorld.CHT_TOKEN;
import static io.claimloop.support.SimulatedWorld.OPENIMIS;
import static io.claimloop.support.SimulatedWorld.OPENIMIS_TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Insuree;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import io.claimloop.support.SimulatedWorld;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Names, numbers and answers with unmistakable marks travel through everything that can go right or wrong. None may show
 * up where operators and their tools look by default: log, lists, metrics, JMX.
 */
@ClaimLoopTest
@ExtendWith(OutputCaptureExtension.class)
class PersonalDataTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String NAME = "Zzyxwv";
    private static final String OTHER_NAME = "Qqplanted";
    private static final String PHONE = "099887766";
    private static final String REMARK = "Wwremarked";
    private static final String OUTCOME = "Vvoutcome";
    private static final List<String> SECRETS = List.of(
            OPENIMIS_TOKEN,
            CHT_TOKEN,
            SimulatedWorld.OPERATOR_PASSWORD,
            SimulatedOpenImis.PASSWORD,
            SimulatedCht.PASSWORD);

    @Autowired
    private Journey journey;

    @Autowired
    private Loops loops;

    @Autowired
    private MeterRegistry registry;

    private final List<StubMapping> openimisStubs = new ArrayList<>();
    private final List<StubMapping> chtStubs = new ArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Insuree insuree;

    @BeforeEach
    void listen() {
        log.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void nothing_shows(CapturedOutput output) throws Exception {
        root().detachAppender(log);
        openimisStubs.forEach(OPENIMIS.wireMock()::removeStub);
        chtStubs.forEach(CHT.wireMock()::removeStub);

        hidesAll("the log", written());
        hidesAll("the console", output.getAll());
        hidesAll("the list of loops", journey.get("/api/loops?limit=500").body());
        hidesAll(
                "the list of submissions",
                journey.get("/api/submissions?limit=500").body());
        hidesAll("the metrics", metrics());
        hidesAll("JMX", jmx());
    }

    @Test
    void on_the_whole_way_of_a_claim() {
        Claim claim = planted();
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);
        journey.feedback(answers(claim).toString());
        journey.reaches(claim, State.DELIVERED);
        assertThat(journey.get("/api/loops/" + claim.uuid()).body())
                .as("only the trace of the one claim shows its remarks")
                .contains(REMARK);
        hides("the rest of it", journey.get("/api/loops/" + claim.uuid()).body(), NAME, OTHER_NAME, PHONE);
    }

    @Test
    void in_answers_that_break_rules() {
        Claim claim = planted();
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);
        ObjectNode submission = answers(claim);
        ((ObjectNode) submission.path("feedback")).put("care_rendered", NAME).put("assessment", PHONE);
        submission.put("outcome", OUTCOME).put("visit_date", NAME);
        journey.feedback(submission.toString());
        journey.reaches(claim, State.PARKED);

        // a shape that the mapping's schema refuses
        Claim second = planted();
        journey.notice(second);
        journey.reaches(second, State.TASKED);
        ObjectNode odd = answers(second);
        odd.putObject("outcome").put(NAME, PHONE);
        odd.putArray("reported_date").add(NAME);
        odd.putArray("feedback").add(REMARK);
        journey.feedback(odd.toString());
        journey.reaches(second, State.PARKED);
        hides("its trace", journey.get("/api/loops/" + second.uuid()).body(), NAME, PHONE);
    }

    @Test
    void in_rubbish() {
        String rubbish = "{\"" + NAME + "\":\"" + PHONE + "\", " + REMARK;
        hidesAll("the answer", journey.notice(rubbish).body());
        hidesAll(
                "the answer",
                journey.notice("{\"resourceType\":\"" + NAME + "\",\"id\":\"" + PHONE + "\"}")
                        .body());
        hidesAll("the answer", journey.feedback(rubbish).body());
        hidesAll(
                "the answer",
                journey.post("/cht/feedback", "{}", "Authorization", "Bearer " + NAME)
                        .body());
        hidesAll(
                "the answer",
                journey.post("/openimis/notifications", "{}", "Authorization", Journey.basic(NAME, PHONE))
                        .body());
        hidesAll("the answer", journey.get("/api/loops?state=" + NAME).body());
        hidesAll("the answer", journey.get("/api/loops?limit=" + NAME).body());
        hidesAll("the answer", journey.get("/api/loops/" + NAME).body());
    }

    @Test
    void in_what_openimis_says_when_it_fails() {
        String said = "{\"errors\":[{\"message\":\"" + NAME + " " + PHONE + "\"}],\"data\":" + "\"" + REMARK + "\"}";
        for (int status : new int[] {200, 400, 404, 500, 503}) {
            Claim claim = planted();
            StubMapping stub = OPENIMIS.wireMock()
                    .stubFor(post(urlPathMatching("/api/graphql"))
                            .atPriority(1)
                            .withRequestBody(containing(claim.uuid()))
                            .willReturn(aResponse().withStatus(status).withBody(said)));
            openimisStubs.add(stub);
            journey.notice(claim);
            triedAgain(claim);
            OPENIMIS.wireMock().removeStub(stub);
            journey.reaches(claim, State.TASKED);
        }
        Claim claim = planted();
        journey.notice(claim);
        journey.reaches(claim, State.TASKED);
        openimisStubs.add(OPENIMIS.wireMock()
                .stubFor(post(urlPathMatching("/api/graphql"))
                        .atPriority(1)
                        .withRequestBody(containing("deliverClaimFeedback"))
                        .withRequestBody(containing(claim.uuid()))
                        .willReturn(aResponse().withStatus(500).withBody(said))));
        journey.feedback(answers(claim).toString());
        journey.reaches(claim, State.ANSWERED);
        triedAgain(claim);
        hides("its trace", journey.get("/api/loops/" + claim.uuid()).body(), NAME, PHONE);
    }

    @Test
    void in_what_cht_says_when_it_fails() {
        List<String> said = List.of(
                "{\"error\":\"" + NAME + "\",\"details\":\"" + PHONE + "\"}",
                "{\"data\":{\"" + NAME + "\":1}}",
                NAME + " " + REMARK);
        for (int status : new int[] {200, 400, 404, 500}) {
            for (String body : said) {
                Claim claim = planted();
                StubMapping stub = CHT.wireMock()
                        .stubFor(get(urlPathMatching("/api/v1/contact/uuid"))
                                .atPriority(1)
                                .withQueryParam("freetext", containing(insuree.chfId()))
                                .willReturn(aResponse().withStatus(status).withBody(body)));
                chtStubs.add(stub);
                journey.notice(claim);
                triedAgain(claim);
                CHT.wireMock().removeStub(stub);
                journey.reaches(claim, State.TASKED);
            }
        }
        Claim claim = planted();
        StubMapping broken = CHT.wireMock()
                .stubFor(any(urlPathMatching("/medic/_all_docs"))
                        .atPriority(1)
                        .withRequestBody(containing(Journey.personId(insuree)))
                        .willReturn(aResponse()
                                .withFault(com.github.tomakehurst.wiremock.http.Fault.MALFORMED_RESPONSE_CHUNK)));
        chtStubs.add(broken);
        journey.notice(claim);
        triedAgain(claim);
        CHT.wireMock().removeStub(broken);
        journey.reaches(claim, State.TASKED);
    }

    private void triedAgain(Claim claim) {
        await().atMost(LIMIT).until(() -> loops.pending(UUID.fromString(claim.uuid())).stream()
                .anyMatch(work -> work.reason() != null));
    }

    /** A claim of somebody with a planted name, number and phone; known to both sides. */
    private Claim planted() {
        insuree = journey.stranger(NAME, OTHER_NAME);
        journey.inCht(insuree, "household-1", Map.of("phone", PHONE));
        return journey.claim(insuree);
    }

    private static ObjectNode answers(Claim claim) {
        ObjectNode submission = Journey.submission("with-remarks.json", claim);
        submission.put("outcome_reason", OUTCOME).put("insurance_number", PHONE);
        ((ObjectNode) submission.path("feedback")).put("remarks", REMARK).put("complaint", REMARK);
        return submission;
    }

    private String written() {
        StringBuilder text = new StringBuilder();
        PatternLayout layout = new PatternLayout();
        layout.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        layout.setPattern("%d %level %logger %thread %mdc %marker %msg%n%ex{full}");
        layout.start();
        List.copyOf(log.list).forEach(event -> text.append(layout.doLayout(event)));
        return text.toString();
    }

    private String metrics() {
        StringBuilder text = new StringBuilder();
        for (Meter meter : registry.getMeters()) {
            text.append(meter.getId()).append(meter.getId().getDescription()).append('\n');
        }
        assertThat(text).isNotEmpty();
        return text.toString();
    }

    private static String jmx() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        StringBuilder text = new StringBuilder();
        for (ObjectName name : server.queryNames(null, null)) {
            if (name.getDomain().startsWith("java.") || name.getDomain().startsWith("com.sun")) {
                // the machine's own: they show the test's own strings
                continue;
            }
            text.append(name);
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                try {
                    Object value = attribute.isReadable() ? server.getAttribute(name, attribute.getName()) : null;
                    text.append(value instanceof Object[] many ? Arrays.deepToString(many) : value);
                } catch (JMException | RuntimeException e) {
                    text.append(e.getMessage());
                }
            }
        }
        return text.toString();
    }

    private void hidesAll(String where, String text) {
        hides(where, text, NAME, OTHER_NAME, PHONE, REMARK, OUTCOME);
        hides(where, text, SECRETS.toArray(new String[0]));
        if (insuree != null) {
            hides(where, text, insuree.chfId());
        }
    }

    private static void hides(String where, String text, String... planted) {
        for (String mark : planted) {
            int at = text.indexOf(mark);
            assertThat(at < 0)
                    .as("%s shows %s: %s", where, mark, at < 0 ? "" : text.substring(Math.max(0, at - 300), at + 40))
                    .isTrue();
        }
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
