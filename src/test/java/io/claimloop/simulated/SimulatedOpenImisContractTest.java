package io.claimloop.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds the simulator to the recordings; {@link SimulatedOpenImisSubscriptionTest} and {@link SimulatedOpenImisWorkTest}
 * go on with Subscriptions, accounts and mutations.
 *
 * <p>Not covered, because not simulated: Patient notifications (303, 304), contained=true (422, 444), Group, Coverage,
 * Contract, Practitioner, Medication and the like (811-819, 834-853), download of a file (958), row security (120), an
 * account that never logged in by GraphQL (106), the double rows of equal claims posted at once (455). Of 943 only the
 * status is kept, not the words.
 */
class SimulatedOpenImisContractTest extends OpenImisReplay {
    private static final Pattern UUID_TEXT = Pattern.compile("claim\\(uuid:\\s*\\\\?\"([0-9a-f-]{36})");

    @Test
    void logs_in_as_recorded() throws Exception {
        sameShape(OpenImisRecording.of("101"), send(OpenImisRecording.of("101"), true));
        sameWords("102", "103", "104", "105", "107");
        assertThat(openImis.logins()).isEqualTo(2);
        assertThat(openImis.failedLogins()).isEqualTo(2);
    }

    @Test
    void wrong_passwords_lock_the_account() throws Exception {
        for (int i = 0; i < 5; i++) send(OpenImisRecording.of("102"), false);

        assertThat(openImis.locked()).isTrue();
        assertThat(send(OpenImisRecording.of("101"), true).status()).isEqualTo(401);

        openImis.unlock();
        assertThat(send(OpenImisRecording.of("101"), true).status()).isEqualTo(200);
    }

    @Test
    void checks_who_calls_as_recorded() throws Exception {
        sameWords("112", "113", "114", "117", "121", "122", "123", "727");
        sameShape("801");
        assertThat(send(OpenImisRecording.of("111"), true).status()).isEqualTo(200);
        openImis.expireTokens();
        assertThat(send(OpenImisRecording.of("801"), true).status()).isEqualTo(401);
        assertThat(send(OpenImisRecording.of("912"), true).status()).isEqualTo(401);
    }

    @Test
    void takes_and_rejects_claims_as_recorded() throws Exception {
        sameShape("401", "404", "405", "406", "407", "410", "418", "426");
        sameWords("402", "403", "408", "409", "411", "412", "413", "414", "415", "416", "421", "450", "517");
        assertThat(openImis.claims()).extracting(Claim::status).containsExactly(4, 1, 1, 1, 1, 4, 1, 4);
    }

    @Test
    void shows_claims_as_recorded() throws Exception {
        var posted = send(OpenImisRecording.of("401"), true).json().path("id").asText();
        var mixed = send(OpenImisRecording.of("426"), true).json().path("id").asText();
        sameShape(OpenImisRecording.of("420"), get("Claim/" + posted + "/"));
        sameShape(OpenImisRecording.of("512"), send(OpenImisRecording.of("512"), true));
        sameShape(OpenImisRecording.of("507"), get("ClaimResponse/" + mixed + "/"));
        sameShape(OpenImisRecording.of("508"), get("Claim/" + mixed + "/"));
        var byGraphQl = OpenImisRecording.of("923").about(mixed, uuidIn(OpenImisRecording.of("923")));
        sameShape(byGraphQl, send(byGraphQl, true));
        assertThat(get("ClaimResponse/" + mixed + "/").json().findValuesAsText("display"))
                .as("match lines by code, they come in another order than posted")
                .containsSequence("0002");
        sameShape("440");
        sameWords("421", "423", "424", "425", "443", "511");
    }

    @Test
    void tells_the_state_by_the_totals_as_recorded() throws Exception {
        var claim = enter(OpenImisRecording.of("501"), "CHT101");
        sameBody("501");
        sameShape("502");
        openImis.submit(claim);
        sameBody("504");

        var reviewed = openImis.submit(enter(OpenImisRecording.of("518"), "CHT212"));
        openImis.reject(reviewed);
        sameBody("518");

        var processed = openImis.process(openImis.submit(enter(OpenImisRecording.of("519"), "CHT213")));
        sameBody("519");
        openImis.valuate(processed);
        sameBody("520");

        openImis.enter(uuidIn(OpenImisRecording.of("505")), "CHT102", "111111119", DAY, DAY);
        openImis.submit(openImis.claim(uuidIn(OpenImisRecording.of("505"))));
        sameBody("505");
    }

    @Test
    void pages_lists_as_recorded() throws Exception {
        for (int i = 0; i < 5; i++) openImis.enter("CHT00" + i, JOSEPH, DAY, DAY);
        sameShape("430", "431");
        sameBody("437");
        sameWords("432", "433", "435", "436", "439", "441", "442");
    }

    @Test
    void one_unreadable_row_spoils_the_page_as_recorded() throws Exception {
        openImis.attachFile(enter(OpenImisRecording.of("427"), "CHT215"));
        sameWords("427");
        assertThat(get("Claim/").body())
                .isEqualTo(OpenImisRecording.of("429").response().path("body").toString());
    }

    @Test
    void a_patient_without_policy_spoils_the_page_as_recorded() throws Exception {
        openImis.addInsuree(openImis.insuree(JOSEPH).withPolicy(null));
        openImis.enter("CHT001", JOSEPH, DAY, DAY);
        sameWords("446");
    }

    @Test
    void shows_feedback_requests_as_recorded() throws Exception {
        openImis.selectForFeedback(submitted("601", "CHT200"));
        var answered = submitted("602", "CHT201");
        openImis.deliverFeedback(answered, true, false, true, true, 4);
        openImis.bypassFeedback(submitted("603", "CHT202"));
        submitted("604", "CHT204");
        openImis.skipFeedback(submitted("605", "CHT205"));

        sameBody("601", "602", "603");
        sameWords("604", "605", "606", "607");
        sameShape("609");
        sameWords("611");
        sameShape("510");
        for (int i = 0; i < 10; i++) openImis.selectForFeedback(openImis.enter("CHT30" + i, JOSEPH, DAY, DAY));
        openImis.forgetListTotals();
        sameShape("608");
    }

    @Test
    void hides_new_rows_behind_a_cached_total_as_recorded() throws Exception {
        openImis.selectForFeedback(submitted("601", "CHT200"));
        assertThat(get("CommunicationRequest/?_count=60").json().path("total").asInt())
                .isEqualTo(1);
        openImis.selectForFeedback(submitted("602", "CHT201"));

        assertThat(get("CommunicationRequest/?_count=60").json().path("entry")).hasSize(1);
        var fresh = get("CommunicationRequest/?_count=60&_lastUpdated=ge2000-01-01T00:00:01")
                .json();
        assertThat(fresh.path("entry")).hasSize(2);
    }

    @Test
    void takes_feedback_once_as_recorded() throws Exception {
        for (var number : List.of("701", "703", "715", "729", "730", "731", "732", "733")) {
            submitted(number, "CHT2" + number);
        }
        sameWords("705", "706", "707", "708", "709", "710", "711", "712", "713", "714", "716", "717", "718", "719");
        sameWords("720", "721", "722", "723", "724", "725");
        assertThat(openImis.effects()).noneMatch(effect -> effect.kind() == OpenImisEffect.Kind.COMMUNICATION_CREATED);

        sameShape("701", "703", "715", "729", "730", "731", "732", "733");
        sameWords("702", "741");
        sameShape("742");
        var uuid = uuidIn(OpenImisRecording.of("702"));
        assertThat(openImis.communications(uuid)).isEqualTo(1);
        assertThat(openImis.feedbackOf(uuid).asessment()).isEqualTo(4);
        sameShape(
                OpenImisRecording.of("740"),
                get("Communication/" + openImis.feedbackOf(uuid).uuid() + "/"));
        sameWords("744");
    }

    @Test
    void of_four_equal_feedbacks_at_once_one_is_taken() throws Exception {
        submitted("701", "CHT201");
        var all = atOnce(4, () -> send(OpenImisRecording.of("701"), true).status());

        assertThat(all).containsExactlyInAnyOrder(201, 500, 500, 500);
        assertThat(openImis.communications(uuidIn(OpenImisRecording.of("701")))).isEqualTo(1);
    }

    @Test
    void shows_unknown_answers_as_no_in_fhir_only() throws Exception {
        var claim = submitted("941", "CHT211");
        sameShape("940");
        sameLog("940");

        sameShape("941");
        sameShape(
                OpenImisRecording.of("748"),
                get("Communication/" + claim.feedback().uuid() + "/"));
        assertThat(get("Communication/" + claim.feedback().uuid() + "/").json().findValuesAsText("contentString"))
                .containsExactly("yes", "no", "no", "no", "3");
    }

    @Test
    void shows_people_and_places_as_recorded() throws Exception {
        sameShape("801");
        assertThat(send(OpenImisRecording.of("802"), true).json().path("id").asText())
                .isEqualTo(JOSEPH);
        sameBody("801", "802", "820", "821", "822", "823", "825", "830");
        sameWords("804", "805");
    }

    @Test
    void answers_graphql_logins_and_errors_as_recorded() throws Exception {
        sameShape(OpenImisRecording.of("901"), send(OpenImisRecording.of("901"), true));
        sameWords("902", "904", "905", "906", "907", "908", "909", "910", "914", "916", "920");
        sameBody("911");
        assertThat(send(OpenImisRecording.of("943"), true).status()).isEqualTo(400);
    }

    @Test
    void shows_claims_by_graphql_as_recorded() throws Exception {
        for (var code : List.of("CHT205", "CHT210", "CHT211", "CHT216")) {
            openImis.selectForFeedback(openImis.submit(openImis.enter(code, JOSEPH, DAY, DAY)));
        }
        openImis.deliverFeedback(submitted("918", "CHT201"), true, false, true, true, 4);
        openImis.selectForFeedback(submitted("919", "CHT220"));

        sameShape("912", "913", "917", "919", "987", "983");
        var delivered = send(OpenImisRecording.of("918"), true).json().at("/data/claim/feedback");
        assertThat(OpenImisRecording.shape(delivered).keySet())
                .isEqualTo(OpenImisRecording.shape(
                                OpenImisRecording.of("918").response().at("/body/data/claim/feedback"))
                        .keySet());
        sameBodyButFor(Set.of("expiryDate"), "985");
    }

    @Test
    void answers_many_claims_in_one_request_as_recorded() throws Exception {
        for (var number : List.of("990", "993")) {
            var asked = UUID_TEXT.matcher(OpenImisRecording.of(number).request().toString());
            while (asked.find()) {
                if (openImis.claim(asked.group(1)) == null) {
                    openImis.enter(asked.group(1), "CHT-" + asked.start(), JOSEPH, DAY, DAY);
                }
            }
        }
        var claims = send(OpenImisRecording.of("990"), true);
        assertThat(claims.status()).isEqualTo(200);
        assertThat(OpenImisRecording.shape(claims.json().at("/data/c0")).keySet())
                .isEqualTo(OpenImisRecording.shape(
                                OpenImisRecording.of("990").response().at("/body/data/c0"))
                        .keySet());
        assertThat(claims.json().path("data")).hasSize(20);
        sameShape("991", "992", "993");
        sameShape("994");
        assertThat(send(OpenImisRecording.of("994"), true).json().path("errors"))
                .isEqualTo(OpenImisRecording.of("994").response().at("/body/errors"));
    }

    @Test
    void selects_and_delivers_by_graphql_with_the_lying_logs_as_recorded() throws Exception {
        submitted("601", "CHT200");
        for (var uuid : OpenImisRecording.of("932").request().toString().split("\\\\\"")) {
            if (uuid.length() == 36 && !uuid.startsWith("b0582ac0")) {
                openImis.submit(openImis.enter(uuid, "CHT" + uuid.substring(0, 4), JOSEPH, DAY, DAY));
            }
        }
        var twice = submitted("949", "CHT210");
        openImis.selectForFeedback(openImis.selectForFeedback(twice));

        for (var number : List.of("931", "932", "933", "934", "935", "937", "942", "948", "951")) {
            sameShape(number);
            sameLog(number);
        }
        sameShape("936", "938");
        assertThat(openImis.claims()).extracting(Claim::feedbackStatus).contains(Claim.BYPASSED, Claim.NOT_SELECTED);
        assertThat(twice.feedbackStatus()).isEqualTo(Claim.DELIVERED);
        sameWords("952", "746");
    }

    @Test
    void selection_needs_an_officer_with_a_phone_as_recorded() throws Exception {
        openImis.setOfficer("E00005", "", "R1D1M1V1");
        submitted("954", "CHT217");
        sameShape("953");
        sameLog("953");
        sameBody("954");
    }

    @Test
    void says_yes_to_mutations_without_login_or_right_as_recorded() throws Exception {
        submitted("945", "CHT210");
        sameShape("945");
        sameBody("946-");
        openImis.setRights(false);
        sameWords("726");
        sameShape("944");
        sameLog("944");
        assertThat(openImis.claim(uuidIn(OpenImisRecording.of("945"))).feedbackStatus())
                .isEqualTo(Claim.IDLE);
    }

    @Test
    void processes_and_valuates_as_recorded() throws Exception {
        submitted("965", "CHT213");
        sameShape("964");
        sameLog("964");
        sameShape("965");
        assertThat(send(OpenImisRecording.of("967"), true).status()).isEqualTo(200);
        sameLog("967");
        sameShape("969");
        sameLog("969");
        var valuated = openImis.valuate(openImis.submit(openImis.enter("CHT214", JOSEPH, DAY, DAY)));
        var shown = OpenImisRecording.of("968").about(valuated.uuid(), uuidIn(OpenImisRecording.of("968")));
        sameShape(shown, send(shown, true));
        assertThat(send(shown, true).json().at("/data/claim/remunerated"))
                .isEqualTo(OpenImisRecording.of("968").response().at("/body/data/claim/remunerated"));
    }

    @Test
    void forgets_deleted_claims_but_for_one_query_as_recorded() throws Exception {
        openImis.selectForFeedback(submitted("978", "CHT214"));
        sameShape("973");
        sameLog("973");
        sameWords("974", "975", "976", "977", "979");
        sameShape("978");
        for (var number : List.of("980", "981", "982")) {
            sameShape(number);
            sameLog(number);
        }
    }

    @Test
    void pushes_the_response_once_inside_the_post_as_recorded() throws Exception {
        var sink = new WireMockServer(
                WireMockConfiguration.wireMockConfig().bindAddress("127.0.0.1").dynamicPort());
        sink.start();
        try {
            sink.stubFor(WireMock.post("/openimis/Claim").willReturn(WireMock.okJson("{}")));
            openImis.notify("http://127.0.0.1:" + sink.port() + "/openimis/Claim", "Bearer k1");
            var answer = send(OpenImisRecording.of("401"), true);

            var pushed = sink.getAllServeEvents().get(0).getRequest();
            assertThat(pushed.getBodyAsString()).isEqualTo(answer.body());
            assertThat(pushed.getBodyAsString().length())
                    .isEqualTo(OpenImisRecording.of("302")
                            .json()
                            .at("/raw/body_text")
                            .asText()
                            .length());
            assertThat(pushed.getHeader("User-Agent")).isEqualTo("Python/3.11 aiohttp/3.8.4");
            assertThat(pushed.getHeader("Content-Type")).isEqualTo("application/json");
            assertThat(pushed.getHeader("Authorization")).isEqualTo("Bearer k1");
            assertThat(openImis.notifications())
                    .extracting(NotificationResult::success)
                    .containsExactly(true);
        } finally {
            sink.stop();
        }
        assertThat(openImis.sendNotification(openImis.claims().get(0)).error()).startsWith("Cannot connect to host");
    }

    @Test
    void judges_the_receivers_answer_as_recorded() throws Exception {
        var sink = new WireMockServer(
                WireMockConfiguration.wireMockConfig().bindAddress("127.0.0.1").dynamicPort());
        sink.start();
        try {
            openImis.notify("http://127.0.0.1:" + sink.port() + "/x", null);
            var claim = openImis.enter("CHT001", JOSEPH, DAY, DAY);
            assertThat(judged(sink, claim, 202, "application/json; charset=utf-8", "{}"))
                    .isEqualTo("true null");
            assertThat(judged(sink, claim, 200, "application/json", "")).isEqualTo("true null");
            assertThat(judged(sink, claim, 204, null, null)).startsWith("false 0, message='Attempt to decode JSON");
            assertThat(judged(sink, claim, 200, "text/plain", "OK")).contains("unexpected mimetype: text/plain");
            assertThat(judged(sink, claim, 401, "application/json", "{}")).isEqualTo("false null");
            assertThat(judged(sink, claim, 500, "application/json", "{\"error\":\"down\"}"))
                    .isEqualTo("false {'error': 'down'}");
        } finally {
            sink.stop();
        }
    }

    @Test
    void stores_the_feedback_although_the_answer_is_lost() throws Exception {
        submitted("701", "CHT201");
        openImis.dropAnswerAfterEffect(1);

        assertThatThrownBy(() -> send(OpenImisRecording.of("701"), true)).isInstanceOf(IOException.class);
        assertThat(openImis.communications(uuidIn(OpenImisRecording.of("701")))).isEqualTo(1);
        sameWords("702");
    }

    @Test
    void fails_limits_and_delays_on_demand() throws Exception {
        openImis.failNext(1, 502);
        assertThat(send(OpenImisRecording.of("801"), true).contentType()).startsWith("text/html");

        openImis.limitRequestsPerMinute(2);
        assertThat(atOnce(4, () -> send(OpenImisRecording.of("801"), true).status()))
                .containsExactlyInAnyOrder(200, 200, 429, 429);
        openImis.startNextMinute();
        assertThat(send(OpenImisRecording.of("801"), true).status()).isEqualTo(200);
        openImis.limitRequestsPerMinute(0);

        openImis.delayAll(Duration.ofMillis(300));
        long begin = System.nanoTime();
        assertThat(atOnce(50, () -> send(OpenImisRecording.of("801"), true).status()))
                .containsOnly(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .as("fifty calls wait side by side")
                .isBetween(Duration.ofMillis(300), Duration.ofSeconds(8));
        assertThat(openImis.requests()).isGreaterThan(50);
    }

    @Test
    void notification_variants_are_json_with_their_own_uuids() throws Exception {
        var folder = Path.of("test-data", "notifications");
        try (var files = Files.list(folder)) {
            for (var file :
                    files.filter(path -> path.toString().endsWith(".json")).toList()) {
                assertThat(JSON.readTree(file.toFile()).isObject())
                        .as(file.toString())
                        .isTrue();
            }
        }
        assertThat(Files.readString(folder.resolve("claimresponse.json")))
                .isEqualTo(
                        OpenImisRecording.of("302").json().at("/raw/body_text").asText());
    }
}
