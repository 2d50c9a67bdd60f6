package io.claimloop.simulated;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The simulated CHT gives the answers that a real CHT 4.21.1 was recorded giving: same status, content type and text,
 * with the hashes of revisions masked.
 *
 * <p>Not covered, because not simulated: set-up, settings and forms (001-012, 014, 015, 017, 018), POST /_session
 * (121, 125), the firewall text for offline users (117), hydrate, phone, view, bulk_get and find look-ups (260,
 * 262-271, 275, 276), SMS-style and 33 MiB records (328, 330), other databases than {@code medic} (304, 334, 521-524,
 * 526, 534, 538, 541, 545), the phone's own replication routes (401-409, 603, 604), a missing credential (in 550), and
 * timings (701). The content of the pushes (511-518) follows this project's own mapping: only their envelope is compared.
 * {@code GET /api/v2/users} has no recording at all.
 */
class SimulatedChtContractTest {

    private static final String PERSON = "07a5d9a1f5e53858129c31b041003535";
    private static final Duration SOON = Duration.ofSeconds(10);

    private SimulatedCht cht;

    @BeforeEach
    void startWithTheRecordedWorld() {
        cht = SimulatedCht.start();
        ObjectNode rita = Recording.number("252").responseJson();
        ObjectNode household = (ObjectNode) rita.path("parent");
        ObjectNode centre = (ObjectNode) household.path("parent");
        ObjectNode district = (ObjectNode) centre.path("parent");
        String otherCentre = "other-centre";
        add(district);
        add(centre);
        cht.addUser(
                "chw1",
                centre.path("_id").asText(),
                centre.path("contact").path("_id").asText(),
                "chw");
        add((ObjectNode) centre.path("contact"));
        add(household);
        add(rita);
        cht.addPlace(
                otherCentre, "Jaljala HC", "health_center", district.path("_id").asText());
        String home = household.path("_id").asText();
        cht.addPerson(Map.of(
                "id", "person-other-chw", "name", "Gita", "insurance_number", "070707092", "parent", otherCentre));
        ObjectNode hari = Json.object().put("_id", "openimis-insuree-7f3c1a52-0c55-4f0c-9a10-0000000000a2");
        hari.put("name", "Hari Patient").put("type", "person").put("insurance_number", "070707081");
        hari.put("date_of_birth", "1979-01-15").put("reported_date", 1795313679321L);
        hari.put("parent", home).put("patient_id", "73120");
        add(hari);
        for (String dup : List.of("person-dup-1", "person-dup-2")) {
            cht.addPerson(Map.of("id", dup, "name", dup, "insurance_number", "070707099", "parent", home));
        }
        Map.of(
                        "slash", "07-07/70.70",
                        "blank", "070 707 080",
                        "colon", "07:08:09",
                        "quote", "a\"b1",
                        "plus", "070+707",
                        "unicode", "Ïñś-०७०",
                        "upper", "ABC123XY",
                        "short", "7",
                        "leading", "000123")
                .forEach((odd, number) -> cht.addPerson(Map.of(
                        "id", "person-odd-" + odd, "name", "Odd " + odd, "insurance_number", number, "parent", home)));
        cht.addPerson(
                Map.of("id", "person-odd-number", "name", "Odd number", "insurance_number", 70707555, "parent", home));
    }

    @AfterEach
    void stop() {
        cht.close();
    }

    @SuppressWarnings("unchecked")
    private void add(ObjectNode whole) {
        ObjectNode doc = whole.deepCopy();
        doc.remove("_rev");
        for (String key : List.of("parent", "contact")) {
            if (doc.path(key).has("name")) {
                doc.set(key, stub(doc.path(key)));
            }
        }
        cht.addPerson((Map<String, Object>) Json.plain(doc));
    }

    private static ObjectNode stub(JsonNode whole) {
        ObjectNode stub = Json.object().put("_id", whole.path("_id").asText());
        if (whole.has("parent")) {
            stub.set("parent", stub(whole.path("parent")));
        }
        return stub;
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static String credentials(String as) {
        String user = as.startsWith("bridge") || as.equals("admin") ? SimulatedCht.USERNAME : as;
        return basic(user + ":" + SimulatedCht.PASSWORD);
    }

    private RawHttp.Response replay(Recording recording) {
        return replay(recording, credentials(recording.as()), recording.path(), recording.requestBody());
    }

    private RawHttp.Response replay(Recording recording, String authorization, String path, String body) {
        Map<String, String> headers = recording.requestHeaders();
        headers.computeIfPresent("Authorization", (name, masked) -> authorization);
        return RawHttp.send(cht.port(), recording.method(), path, headers, body);
    }

    private static void assertSame(Recording recording, RawHttp.Response answer) {
        assertThat(answer.status()).as("status of %s", recording.number()).isEqualTo(recording.status());
        assertThat(answer.headers().get("Content-Type"))
                .as("content type of %s", recording.number())
                .isEqualTo(recording.responseHeader("content-type"));
        if (!recording.method().equals("HEAD")) {
            assertThat(masked(answer.body()))
                    .as("body of %s", recording.number())
                    .isEqualTo(masked(recording.responseBody()));
        }
        if (recording.responseHeader("location") != null) {
            assertThat(answer.headers().get("Location")).isEqualTo(recording.responseHeader("location"));
        }
        if (recording.responseHeader("etag") != null
                && !recording.responseHeader("etag").startsWith("W/")) {
            assertThat(masked(answer.headers().get("ETag"))).isEqualTo(masked(recording.responseHeader("etag")));
        }
    }

    /** The hash of a revision is nobody's business, its generation is. */
    private static String masked(String text) {
        return text.replaceAll("(\\d+)-[0-9a-f]{32}", "$1-#")
                .replaceAll("\"total_rows\":\\d+", "\"total_rows\":#")
                .replaceAll("\"uuid\":\"[0-9a-f-]{36}\"", "\"uuid\":\"#\"")
                .replaceAll("\"timestamp\":\"[^\"]+\"", "\"timestamp\":\"#\"");
    }

    private static String withoutTimesAndIds(String text) {
        return masked(text)
                .replaceAll("\"reported_date\":\\d+", "\"reported_date\":#")
                .replaceAll("\"_?id\":\"[0-9a-f-]{36}\"", "\"id\":\"#\"");
    }

    private void assertReplays(String number) {
        Recording recording = Recording.number(number);
        assertSame(recording, replay(recording));
    }

    private ObjectNode medic(String id) {
        RawHttp.Response answer = RawHttp.send(
                cht.port(),
                "GET",
                "/medic/" + id,
                Map.of("Host", "cht.example", "Authorization", credentials("bridge"), "Accept", "application/json"),
                "");
        return (ObjectNode) Json.read(answer.body()).orElseThrow();
    }

    private RawHttp.Response put(ObjectNode doc) {
        return RawHttp.send(
                cht.port(),
                "PUT",
                "/medic/" + doc.path("_id").asText(),
                Map.of("Host", "cht.example", "Authorization", credentials("bridge"), "Accept", "application/json"),
                doc.toString());
    }

    private void awaitGeneration(String id, int generation) {
        await().atMost(SOON).until(() -> medic(id).path("_rev").asText().startsWith(generation + "-"));
    }

    @ParameterizedTest
    @DisplayName("what is answered without knowing any state is answered as recorded")
    @ValueSource(
            strings = {
                "101", "105", "106", "107", "108", "109", "110", "115", "116", "119", "120", "122", "123", "204", "205",
                "206", "207", "211", "212", "213", "214", "215", "216", "217", "218", "219", "220", "221", "222", "223",
                "224", "225", "231", "232", "233", "234", "235", "236", "237", "238", "239", "240", "241", "242", "243",
                "244", "245", "246", "247", "248", "249", "250", "251", "252", "253", "254", "255", "256", "257", "258",
                "259", "261", "272", "273", "274", "277", "310", "311", "312", "313", "315", "316", "325", "326", "327",
                "340", "341", "347", "348", "354", "356", "359", "368", "370"
            })
    void statelessAnswersAreAsRecorded(String number) {
        assertReplays(number);
    }

    @Nested
    class LoggingIn {

        @Test
        void theSessionTellsTheRoles() {
            Recording recording = Recording.number("016");
            RawHttp.Response answer = replay(recording);
            assertThat(answer.body()).isEqualTo(recording.responseBody().replace("\"bridge\"", "\"claimloop\""));
        }

        @ParameterizedTest
        @ValueSource(strings = {"102", "103", "104", "111"})
        void aWrongPasswordIs401ForJsonAndARedirectForBrowsers(String number) {
            Recording recording = Recording.number(number);
            assertSame(
                    recording, replay(recording, basic("claimloop:wrong"), recording.path(), recording.requestBody()));
            assertThat(cht.failedLogins()).isEqualTo(1);
        }

        @Test
        void strangersBearersAndBrokenHeadersAreRefused() {
            Recording stranger = Recording.number("112");
            assertSame(stranger, replay(stranger, basic("nobody:x"), stranger.path(), ""));
            Recording bearer = Recording.number("113");
            assertSame(bearer, replay(bearer, "Bearer abc", bearer.path(), ""));
            Recording broken = Recording.number("114");
            assertSame(broken, replay(broken, "Basic %%%", broken.path(), ""));
        }

        @Test
        void theThirdWrongPasswordLocksTheAccountForTheRightOneToo() {
            for (String number : List.of("141", "142", "143", "144")) {
                Recording wrong = Recording.number(number);
                assertSame(wrong, replay(wrong, basic("claimloop:wrong"), wrong.path(), ""));
            }
            for (String number : List.of("145", "146", "147", "148")) {
                assertReplays(number);
            }
            cht.unlock();
            assertReplays("149");
        }

        @Test
        void tenRefusalsWithinTenSecondsCloseTheDoorForEverybodyWithCredentials() {
            Recording limit = Recording.number("131");
            for (int i = 0; i < 10; i++) {
                assertThat(replay(limit, basic("stranger" + i + ":x"), limit.path(), "")
                                .status())
                        .isEqualTo(401);
            }
            assertSame(limit, replay(limit, basic("stranger:x"), limit.path(), ""));
            for (String number : List.of("132", "133", "134", "135")) {
                assertReplays(number);
            }
        }

        @Test
        void databaseAnswersCloseTheConnectionAndOthersKeepIt() throws Exception {
            assertThat(Recording.number("126").responseHeader("connection")).isEqualTo("close");
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest.Builder request = HttpRequest.newBuilder()
                    .header("Authorization", credentials("bridge"))
                    .header("Accept", "application/json");
            HttpResponse<String> medic = client.send(
                    request.uri(URI.create(cht.url() + "/medic/" + PERSON)).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(medic.headers().allValues("connection")).containsExactly("close");
            HttpResponse<String> rest = client.send(
                    request.uri(URI.create(cht.url() + "/api/v1/contact/" + PERSON))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(rest.headers().firstValue("keep-alive")).contains("timeout=5");
        }
    }

    @Nested
    class Contacts {

        @Test
        void aPersonIsCreatedOnceAndGetsAShortcodeFromSentinel() {
            Recording first = Recording.number("202");
            String id = "openimis-insuree-new";
            String body = first.requestBody().replace("openimis-insuree-7f3c1a52-0c55-4f0c-9a10-0000000000a2", id);
            RawHttp.Response created = replay(first, credentials("bridge"), first.path(), body);
            assertThat(created.status()).isEqualTo(200);
            assertThat(masked(created.body())).isEqualTo("{\"ok\":true,\"id\":\"" + id + "\",\"rev\":\"1-#\"}");
            assertReplays("203");
            awaitGeneration(id, 2);
            assertThat(medic(id).path("patient_id").asText()).isNotEmpty();
        }

        @Test
        void aChangedNumberIsFoundAtOnceAndTheOldOneNoMore() {
            ObjectNode person = medic("person-odd-leading").put("insurance_number", "000124");
            assertThat(put(person).status()).isEqualTo(201);
            assertReplays("209");
            assertReplays("210");
        }

        @Test
        void theUsersOfAPlaceAreListedUntilTheyAreDeleted() {
            String place = Recording.number("252")
                    .responseJson()
                    .at("/parent/parent/_id")
                    .asText();
            assertThat(users(place)).singleElement().satisfies(user -> {
                assertThat(user.path("username").asText()).isEqualTo("chw1");
                assertThat(user.at("/contact/name").asText()).isEqualTo("Sita CHW");
                assertThat(user.at("/place/0/_id").asText()).isEqualTo(place);
            });
            assertThat(users("nowhere")).isEmpty();
            cht.removeUser("chw1");
            assertThat(users(place)).isEmpty();
            cht.denyPermission("can_view_users");
            assertThat(askForUsers(place).status()).isEqualTo(403);
        }

        private ArrayNode users(String place) {
            return (ArrayNode) Json.read(askForUsers(place).body()).orElseThrow();
        }

        private RawHttp.Response askForUsers(String place) {
            return RawHttp.send(
                    cht.port(),
                    "GET",
                    "/api/v2/users?facility_id=" + place,
                    Map.of("Host", "x", "Authorization", credentials("bridge"), "Accept", "application/json"),
                    "");
        }
    }

    @Nested
    class ClaimRecords {

        private static final String CLAIM = "openimis-claim-aaaaaaaa-0000-4000-8000-000000000101";

        @Test
        void aRecordGetsASecondRevisionFromSentinelAndOnlyOne() {
            assertReplays("331");
            assertReplays("332");
            awaitGeneration(CLAIM, 2);
            assertReplays("333");
            assertReplays("335");
            assertReplays("336");
            Recording update = Recording.number("337");
            String body = update.requestJson()
                    .put("_rev", medic(CLAIM).path("_rev").asText())
                    .toString();
            assertSame(update, replay(update, credentials("bridge"), update.path(), body));
            RawHttp.Response head = replay(Recording.number("349"));
            assertSame(Recording.number("349"), head);
            for (String number : List.of("351", "353", "357", "358")) {
                assertReplays(number);
            }
            assertReplays("345");
            awaitSentinel();
            assertThat(medic(CLAIM).path("_rev").asText()).as("602").startsWith("3-");
            assertReplays("346");
        }

        @Test
        void theRevisionOfTheFirstAnswerIsStaleWhenSentinelHasWritten() {
            Recording update = Recording.number("605");
            ObjectNode doc = update.requestJson();
            String first = doc.path("_rev").asText();
            doc.remove("_rev");
            assertThat(put(doc).status()).isEqualTo(201);
            String rev = medic(doc.path("_id").asText()).path("_rev").asText();
            awaitGeneration(doc.path("_id").asText(), 2);
            assertSame(
                    update,
                    replay(
                            update,
                            credentials("bridge"),
                            update.path(),
                            update.requestBody().replace(first, rev)));

            Recording delete = Recording.number("607");
            String current = medic(doc.path("_id").asText()).path("_rev").asText();
            String path = delete.path().replaceAll("rev=.*", "rev=" + current);
            assertSame(delete, replay(delete, credentials("bridge"), path, ""));
            assertReplays("608");
            // not recorded: CouchDB's documentation tells how a deleted document stands among many
            String row = askForMany(doc.path("_id").asText());
            assertThat(row).contains("\"deleted\":true").contains("\"doc\":null");
            assertReplays("609");
            assertThat(askForMany(doc.path("_id").asText())).doesNotContain("deleted");
            assertThat(askForMany(doc.path("_id").asText().toUpperCase(java.util.Locale.ROOT)))
                    .as("ids are told apart by case")
                    .contains("not_found");
        }

        private String askForMany(String id) {
            Recording many = Recording.number("274");
            return replay(many, credentials("bridge"), many.path(), "{\"keys\":[\"" + id + "\"]}")
                    .body();
        }

        @Test
        void twoWritesBeforeSentinelKeepTheLastContent() {
            cht.pauseSentinel();
            ObjectNode doc = Recording.number("331").requestJson();
            put(doc);
            doc.put("_rev", medic(CLAIM).path("_rev").asText());
            ((ObjectNode) doc.path("fields")).put("status", "withdrawn");
            assertThat(put(doc).status()).isEqualTo(201);
            assertThat(backlog("sentinel")).isEqualTo(2);
            cht.resumeSentinel();
            awaitSentinel();
            assertThat(medic(CLAIM).path("_rev").asText()).startsWith("3-");
            assertThat(medic(CLAIM).at("/fields/status").asText()).isEqualTo("withdrawn");
        }

        @Test
        void nothingIsValidatedAtTheDoorAndAnUnknownPatientShowsLater() {
            for (String number : List.of("338", "339", "342")) {
                assertReplays(number);
            }
            Recording unknown = Recording.number("343");
            put(withoutErrors(unknown.responseJson()));
            Recording incomplete = Recording.number("344");
            put(withoutErrors(incomplete.responseJson()));
            awaitSentinel();
            assertReplays("343");
            assertReplays("344");
        }

        @Test
        void theRecordsRouteSaysYesToInvalidRecordsAndStoresTheErrors() {
            storesAsRecorded("306", "307");
            storesAsRecorded("308", "309");
            storesAsRecorded("317", "318");
            storesAsRecorded("320", "321");
            storesAsRecorded("323", "324");
            for (String number : List.of("301", "305", "314", "319", "322", "329")) {
                Recording recording = Recording.number(number);
                RawHttp.Response answer = replay(recording);
                assertThat(withoutTimesAndIds(answer.body())).isEqualTo(withoutTimesAndIds(recording.responseBody()));
            }
            String repeated = "d3256498-ad16-4482-a2d2-4a6d9c78ba81";
            assertThat(cht.records(repeated)).as("no idempotency").hasSizeGreaterThan(1);
        }

        private void storesAsRecorded(String posted, String stored) {
            RawHttp.Response answer = replay(Recording.number(posted));
            assertThat(answer.status()).isEqualTo(200);
            String id = Json.read(answer.body()).orElseThrow().path("id").asText();
            assertThat(withoutTimesAndIds(medic(id) + "\n"))
                    .isEqualTo(withoutTimesAndIds(Recording.number(stored).responseBody()));
        }

        private ObjectNode withoutErrors(ObjectNode doc) {
            doc.remove("_rev");
            doc.putArray("errors");
            doc.putArray("tasks");
            return doc;
        }
    }

    @Nested
    class TheFeedOfChanges {

        @Test
        void pagesEndAndDeletionsLookAsRecorded() {
            for (String number : List.of("361", "363", "369", "373")) {
                assertShape(number, Recording.number(number).path());
            }
            String now = changes("GET", "/medic/_changes?since=now&limit=0", "")
                    .path("last_seq")
                    .asText();
            Recording nothing = Recording.number("364");
            assertShape("364", "/medic/_changes?since=" + now);
            Recording poll = Recording.number("365");
            RawHttp.Response empty =
                    replay(poll, credentials("bridge"), "/medic/_changes?feed=longpoll&timeout=50&since=" + now, "");
            assertThat(Json.read(empty.body()).orElseThrow().path("results")).isEmpty();
            assertThat(nothing.responseBody()).startsWith("{\"results\":[");

            String report = cht.submit("11111111-0000-4000-8000-000000000001", Answer.content());
            cht.deleteDocument(report);
            JsonNode deleted = changes("POST", "/medic/_changes?filter=_doc_ids", "{\"doc_ids\":[\"" + report + "\"]}");
            assertThat(deleted.path("results").get(0).properties().stream().map(Map.Entry::getKey))
                    .containsExactly("seq", "id", "changes", "deleted");
            assertThat(shape(deleted))
                    .isEqualTo(shape(
                            Json.read(Recording.number("371").responseBody()).orElseThrow()));
        }

        @Test
        void aLongPollAnswersAsSoonAsTheReportArrives() {
            Recording poll = Recording.number("374");
            String now = changes("GET", "/medic/_changes?since=now&limit=0", "")
                    .path("last_seq")
                    .asText();
            String path = poll.path().replaceAll("since=[^&]*", "since=" + now);
            var answer =
                    CompletableFuture.supplyAsync(() -> replay(poll, credentials("bridge"), path, poll.requestBody()));
            String report = cht.submit("11111111-0000-4000-8000-000000000001", Answer.content());
            await().atMost(SOON).until(answer::isDone);
            assertThat(Json.read(answer.join().body())
                            .orElseThrow()
                            .at("/results/0/id")
                            .asText())
                    .isEqualTo(report);
        }

        private JsonNode changes(String method, String path, String body) {
            RawHttp.Response answer = RawHttp.send(
                    cht.port(),
                    method,
                    path,
                    Map.of("Host", "x", "Authorization", credentials("bridge"), "Content-Type", "application/json"),
                    body);
            return Json.read(answer.body()).orElseThrow();
        }

        private void assertShape(String number, String path) {
            Recording recording = Recording.number(number);
            RawHttp.Response answer = replay(recording, credentials(recording.as()), path, recording.requestBody());
            assertThat(answer.status()).isEqualTo(recording.status());
            assertThat(answer.headers().get("Content-Type")).isEqualTo(recording.responseHeader("content-type"));
            ObjectNode actual = (ObjectNode) Json.read(answer.body()).orElseThrow();
            ObjectNode expected = recording.responseJson();
            for (ObjectNode each : List.of(actual, expected)) {
                each.path("results").forEach(change -> ((ObjectNode) change).remove("doc"));
            }
            assertThat(shape(actual)).as(number).isEqualTo(shape(expected));
        }
    }

    @Nested
    class Pushes {

        private WireMockServer bridge;

        @BeforeEach
        void listen() {
            bridge = new WireMockServer(
                    WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());
            bridge.start();
            cht.sentinelDelay(Duration.ofMillis(10));
            cht.pushTo(bridge.baseUrl() + "/cht/feedback", "Basic abc");
        }

        @AfterEach
        void close() {
            bridge.stop();
        }

        private void bridgeAnswers(ResponseDefinitionBuilder answer) {
            bridge.resetAll();
            bridge.stubFor(post("/cht/feedback").willReturn(answer));
            bridge.stubFor(any(anyUrl()).atPriority(9).willReturn(json(200, "{}")));
        }

        private static ResponseDefinitionBuilder json(int status, String body) {
            return aResponse()
                    .withStatus(status)
                    .withHeader("Content-Type", "application/json")
                    .withBody(body);
        }

        private String upload() {
            return put(Recording.number("501"));
        }

        private String put(Recording recording) {
            String id = recording.path().substring("/medic/".length());
            assertThat(replay(recording).status()).isEqualTo(201);
            return id;
        }

        private Push lastPush() {
            List<Push> pushes = cht.pushes();
            return pushes.get(pushes.size() - 1);
        }

        private void awaitPushes(int count) {
            await().atMost(SOON).until(() -> cht.pushes().size() >= count);
        }

        @Test
        void theEnvelopeIsTheRecordedOne() {
            bridgeAnswers(json(200, "{}"));
            String id = upload();
            awaitPushes(1);
            LoggedRequest sent = bridge.findAll(anyRequestedFor(anyUrl())).get(0);
            Recording recorded = Recording.number("515");
            assertThat(sent.getMethod().getName()).isEqualTo(recorded.method());
            recorded.requestHeaders().forEach((name, value) -> {
                // The Java client keeps the connection without saying so.
                if (!List.of("host", "connection", "authorization", "content-length")
                        .contains(name)) {
                    assertThat(sent.getHeader(name)).as(name).isEqualTo(value);
                }
            });
            assertThat(sent.getHeader("authorization")).isEqualTo("Basic abc");
            JsonNode body = Json.read(sent.getBody()).orElseThrow();
            ObjectNode mapped = recorded.requestJson();
            for (String key : List.of("claim_uuid", "patient_uuid", "chw_id")) {
                assertThat(body.path(key)).as(key).isEqualTo(mapped.path(key));
            }
            assertThat(body.path("report_id").asText()).isEqualTo(id);
            assertThat(body.at("/feedback/assessment").asText()).isEqualTo("4");
            assertThat(body.toString())
                    .doesNotContain("070707070")
                    .doesNotContain("Rita")
                    .doesNotContain("+977");
            assertThat(medic(id).path("_rev").asText())
                    .as("527: sentinel adds nothing")
                    .startsWith("1-");
        }

        @Test
        void everyAnswerOfTheBridgeGetsTheRecordedVerdict() {
            Map<String, ResponseDefinitionBuilder> answers = new LinkedHashMap<>();
            answers.put("200 application/json {}", json(200, "{}"));
            answers.put("200 application/json, empty body", json(200, ""));
            answers.put("200 application/json, not JSON", json(200, "not json"));
            answers.put(
                    "200 text/plain OK",
                    aResponse().withHeader("Content-Type", "text/plain").withBody("OK"));
            answers.put("201 application/json", json(201, "{\"ok\":true}"));
            answers.put("202, no content type, empty", aResponse().withStatus(202));
            answers.put("202 application/json, empty", json(202, ""));
            answers.put("204", aResponse().withStatus(204));
            answers.put("302 (then GET answered 200)", moved(302));
            answers.put("307 (then POST answered 200)", moved(307));
            answers.put("400", json(400, "{\"error\":\"unknown claim\"}"));
            answers.put("401", json(401, "{\"error\":\"no\"}"));
            answers.put("409", json(409, "{\"error\":\"dup\"}"));
            answers.put(
                    "429 with Retry-After: 3600",
                    json(429, "{\"error\":\"slow down\"}").withHeader("Retry-After", "3600"));
            answers.put(
                    "500 text/html",
                    aResponse()
                            .withStatus(500)
                            .withHeader("Content-Type", "text/html")
                            .withBody("<h1>x</h1>"));
            answers.put(
                    "503 with Retry-After: 3600",
                    json(503, "{\"error\":\"down\"}").withHeader("Retry-After", "3600"));
            answers.put("no answer for 12 s", json(200, "{}").withFixedDelay(12_000));
            answers.put("connection refused", null);
            answers.put("required mapping path missing: no request", json(200, "{}"));

            for (JsonNode row : Recording.number("550").content().path("rows")) {
                String answer = row.path("answer").asText();
                if (answer.startsWith("host name unknown") || answer.startsWith("password_key")) {
                    continue;
                }
                assertThat(answers).containsKey(answer);
                cht.pushTimeout(answer.startsWith("no answer") ? Duration.ofMillis(300) : Duration.ofSeconds(10));
                boolean refused = answers.get(answer) == null;
                cht.pushTo(refused ? "http://127.0.0.1:9" : bridge.baseUrl() + "/cht/feedback", "Basic abc");
                if (!refused) {
                    bridgeAnswers(answers.get(answer));
                }
                int before = cht.pushes().size();
                if (answer.startsWith("required mapping")) {
                    Recording incomplete = Recording.number("501");
                    ObjectNode report = incomplete.requestJson();
                    report.remove("reported_date");
                    replay(incomplete, credentials("chw1"), "/medic/incomplete-report", report.toString());
                } else {
                    cht.submit("22222222-0000-4000-8000-000000000001", Answer.content());
                }
                awaitPushes(before + 1);
                Push push = lastPush();
                assertThat(push.verdict().name())
                        .as(answer)
                        .isEqualToIgnoringCase(row.path("verdict").asText());
                if (!answer.startsWith("required mapping")) {
                    assertThat(push.log().replace(push.reportId(), "<report id>"))
                            .as(answer)
                            .isEqualTo(row.path("log").asText().trim());
                }
            }
        }

        private ResponseDefinitionBuilder moved(int status) {
            return aResponse().withStatus(status).withHeader("Location", "/cht/moved");
        }

        @Test
        void a302LosesTheBodyAndA307KeepsIt() {
            bridgeAnswers(moved(302));
            upload();
            awaitPushes(1);
            LoggedRequest followed =
                    bridge.findAll(anyRequestedFor(urlEqualTo("/cht/moved"))).get(0);
            assertThat(followed.getMethod().getName())
                    .isEqualTo(Recording.number("513").method());
            assertThat(followed.getBodyAsString()).isEmpty();
            assertThat(followed.getHeader("authorization")).isEqualTo("Basic abc");

            bridgeAnswers(moved(307));
            cht.submit("22222222-0000-4000-8000-000000000001", Answer.content());
            awaitPushes(2);
            followed = bridge.findAll(anyRequestedFor(urlEqualTo("/cht/moved"))).get(0);
            assertThat(followed.getMethod().getName())
                    .isEqualTo(Recording.number("514").method());
            assertThat(followed.getBodyAsString()).contains("22222222");
        }

        @Test
        void editsAreSentAgainAndUnmappedChangesAreNot() {
            bridgeAnswers(json(200, "{}"));
            String id = upload();
            awaitPushes(1);
            ObjectNode report = medic(id);
            String first = report.at("/fields/feedback/assessment").asText();
            assess(report, "2");
            awaitPushes(2);
            SimulatedChtContractTest.this.put(medic(id).put("verified", true));
            assess(medic(id), first);
            awaitPushes(3);
            assertThat(cht.pushes())
                    .as("534: three, the unmapped change is not among them")
                    .hasSize(3);
            assertThat(cht.pushes().get(2).body()).isEqualTo(cht.pushes().get(0).body());
            cht.deleteDocument(id);
            assertReplays("536");
            assertReplays("537");
            assertThat(cht.pushes()).hasSize(3);
        }

        private void assess(ObjectNode report, String assessment) {
            ((ObjectNode) report.at("/fields/feedback")).put("assessment", assessment);
            assertThat(SimulatedChtContractTest.this.put(report).status()).isEqualTo(201);
        }

        @Test
        void failuresAreTriedAgainInOrderOfReportIdUntilTheyAreTaken() {
            bridgeAnswers(json(503, "{}"));
            String later = upload();
            awaitPushes(1);
            Recording other = Recording.number("502");
            String earlier = put(other);
            awaitPushes(2);
            assertThat(backlog("outbound_push")).isEqualTo(2);
            cht.retryEvery(Duration.ofMillis(100));
            awaitPushes(6);
            assertThat(cht.pushes().get(4).body())
                    .as("542: identical")
                    .isIn(cht.pushes().get(0).body(), cht.pushes().get(1).body());
            bridgeAnswers(json(200, "{}"));
            await().atMost(SOON).until(() -> cht.pushBacklog() == 0);
            List<String> retried = cht.pushes().stream()
                    .filter(Push::retry)
                    .map(Push::reportId)
                    .toList();
            assertThat(retried.subList(0, 2)).containsExactlyElementsOf(new TreeSet<>(List.of(later, earlier)));
        }

        @Test
        void anEditWhileQueuedIsTriedAtOnceAndTheEntryStays() {
            bridgeAnswers(json(503, "{}"));
            String id = upload();
            awaitPushes(1);
            bridgeAnswers(json(200, "{}"));
            assess(medic(id), "1");
            awaitPushes(2);
            assertThat(lastPush().verdict()).isEqualTo(Push.Verdict.DELIVERED);
            assertThat(cht.pushBacklog()).as("545").isEqualTo(1);
            cht.retryEvery(Duration.ofMillis(50));
            await().atMost(SOON).until(() -> cht.pushBacklog() == 0);
            assertThat(cht.pushes()).hasSize(2);
        }

        @Test
        void aBridgeThatHangsHoldsUpEverythingBehindIt() {
            cht.pushTimeout(Duration.ofSeconds(2));
            bridgeAnswers(json(200, "{}").withFixedDelay(6_000));
            upload();
            SimulatedChtContractTest.this.put(Recording.number("331").requestJson());
            await().atMost(SOON).until(() -> backlog("sentinel") >= 1);
            assertThat(cht.pushes()).isEmpty();
            awaitPushes(1);
            assertThat(lastPush().millis()).isBetween(1_900L, 5_900L);
            awaitSentinel();
        }
    }

    @Nested
    class HealthWorkers {

        private final ObjectNode record = open(Recording.number("331").requestJson());
        private final String claim = record.at("/fields/claim_uuid").asText();

        /** The task rule of src/cht wants a record that says so. */
        private static ObjectNode open(ObjectNode record) {
            ((ObjectNode) record.path("fields")).put("status", "open");
            return record;
        }

        @Test
        void aTaskIsAnsweredOnceWhateverHappensToItsRecord() {
            cht.answerTasks(Duration.ofMillis(10));
            put(record);
            await().atMost(SOON).until(() -> cht.reportOf(claim).isPresent());
            awaitSentinel();
            ObjectNode current = medic(record.path("_id").asText());
            put(current);
            awaitSentinel();
            assertThat(cht.effects().stream().map(Effect::kind))
                    .containsExactly(
                            Effect.Kind.CLAIM_RECORD_CREATED,
                            Effect.Kind.REPORT_UPLOADED,
                            Effect.Kind.CLAIM_RECORD_UPDATED);
            ObjectNode report = medic(cht.reportOf(claim).get());
            JsonNode recorded = Recording.number("501").requestJson();
            // the form's own fields: SimulatedReportTest
            assertThat(names(report)).as("but for _id and _rev").containsExactlyElementsOf(names(recorded));
            assertThat(report.path("contact")).isEqualTo(recorded.path("contact"));
            for (String key : List.of("patient_uuid", "patient_id", "patient_name")) {
                assertThat(report.path("fields").path(key))
                        .isEqualTo(recorded.path("fields").path(key));
            }
        }

        private List<String> names(JsonNode node) {
            return node.properties().stream()
                    .map(Map.Entry::getKey)
                    .filter(name -> !name.startsWith("_"))
                    .toList();
        }

        @Test
        void withdrawnRecordsAndPatientsWithoutWorkerMakeNoTask() {
            cht.answerTasks(Duration.ofMillis(10));
            ((ObjectNode) record.path("fields")).put("status", "withdrawn");
            put(record);
            ObjectNode elsewhere = record.deepCopy().put("_id", "elsewhere");
            ((ObjectNode) elsewhere.path("fields"))
                    .put("status", "open")
                    .put("claim_uuid", "33333333-0000-4000-8000-000000000001")
                    .put("patient_id", "person-other-chw");
            put(elsewhere);
            awaitSentinel();
            assertThat(cht.effects()).hasSize(2);
            cht.addUser("chw2", "other-centre", "person-other-chw", "chw");
            await().atMost(SOON).until(() -> cht.reportOf("33333333-0000-4000-8000-000000000001")
                    .isPresent());
        }
    }

    @Nested
    class ManyCallersAtOnce {

        @Test
        void fiftyWritersOfOneRecordMakeOneRecord() {
            ObjectNode record = Recording.number("331").requestJson();
            List<CompletableFuture<Integer>> answers =
                    inParallel(50, i -> put(record).status());
            assertThat(answers.stream().map(CompletableFuture::join).filter(status -> status == 201))
                    .hasSize(1);
            assertThat(cht.effects()).hasSize(1);
        }

        @Test
        void fiftySlowAnswersTakeAsLongAsOne() {
            cht.delayAll(Duration.ofMillis(500));
            long start = System.nanoTime();
            inParallel(50, i -> replay(Recording.number("211")).status())
                    .forEach(answer -> assertThat(answer.join()).isEqualTo(200));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }

        @Test
        void sentinelWorksThroughABurstAtItsOwnPace() {
            ArrayNode docs = Json.array();
            for (int i = 0; i < 30; i++) {
                ObjectNode record = Recording.number("331").requestJson().put("_id", "burst-" + i);
                ((ObjectNode) record.path("fields")).put("claim_uuid", "burst-" + i);
                docs.add(record);
            }
            Recording bulk = Recording.number("345");
            ObjectNode body = Json.object().set("docs", docs);
            long start = System.nanoTime();
            assertThat(replay(bulk, credentials("bridge"), bulk.path(), body.toString())
                            .status())
                    .isEqualTo(201);
            assertThat(backlog("sentinel")).isPositive();
            awaitSentinel();
            // About twelve documents a second (701).
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(2));
        }

        private List<CompletableFuture<Integer>> inParallel(int callers, IntFunction<Integer> call) {
            ExecutorService threads = Executors.newFixedThreadPool(callers);
            List<CompletableFuture<Integer>> answers = IntStream.range(0, callers)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> call.apply(i), threads))
                    .toList();
            threads.shutdown();
            return answers;
        }
    }

    @Nested
    class Faults {

        @Test
        void aLostAnswerHadItsEffect() {
            cht.dropAnswerAfterEffect(1);
            ObjectNode record = Recording.number("331").requestJson();
            assertThatThrownBy(() -> put(record)).isInstanceOf(UncheckedIOException.class);
            assertThat(cht.records(record.at("/fields/claim_uuid").asText())).hasSize(1);
            assertThat(put(record).status()).isEqualTo(409);
        }

        @Test
        void failuresDelaysAndAnOutageComeAndGo() {
            cht.failNext(2, 503);
            assertThat(replay(Recording.number("101")).status()).isEqualTo(503);
            assertThat(replay(Recording.number("101")).status()).isEqualTo(503);
            assertReplays("101");
            cht.delayAll(Duration.ofMillis(200));
            long start = System.nanoTime();
            assertReplays("101");
            assertThat(System.nanoTime() - start).isGreaterThan(190_000_000L);
            cht.stop();
            assertThatThrownBy(() -> replay(Recording.number("101"))).isInstanceOf(UncheckedIOException.class);
            cht.restart();
            assertReplays("101");
        }
    }

    /** The demo's people: who may be asked, and who may not. */
    @Test
    void theDemoHasEveryKindOfPatient() {
        try (SimulatedCht demo = SimulatedCht.start().withDemoData()) {
            ObjectNode joseph = demo.document(DemoData.JOSEPH).orElseThrow();
            assertThat(joseph.path("patient_id").asText()).isEqualTo("97871");
            assertThat(joseph.path("_rev").asText()).startsWith("2-");
            assertThat(joseph.at("/parent/parent/_id").asText()).isEqualTo(DemoData.VIRU);
            assertThat(demo.document(DemoData.DECEASED).orElseThrow().has("date_of_death"))
                    .isTrue();
            assertThat(demo.document(DemoData.MUTED).orElseThrow().has("muted")).isTrue();
            assertThat(demo.effects()).isEmpty();
        }
    }

    @Test
    void monitoringIsPublicAndHasTheRecordedShape() {
        Recording recording = Recording.number("013");
        RawHttp.Response answer = replay(recording);
        assertThat(answer.status()).isEqualTo(200);
        ObjectNode actual = (ObjectNode) Json.read(answer.body()).orElseThrow();
        ObjectNode expected = recording.responseJson();
        // Which views exist says nothing to a bridge.
        for (ObjectNode each : List.of(actual, expected)) {
            each.path("couchdb").forEach(database -> ((ObjectNode) database).remove("view_indexes"));
        }
        assertThat(shape(actual)).isEqualTo(shape(expected));
        assertThat(shape(Recording.number("525").responseJson())).isEqualTo(shape(recording.responseJson()));
    }

    private int backlog(String of) {
        RawHttp.Response answer = RawHttp.send(cht.port(), "GET", "/api/v2/monitoring", Map.of("Host", "x"), "");
        return Json.read(answer.body()).orElseThrow().path(of).path("backlog").asInt();
    }

    private void awaitSentinel() {
        await().atMost(SOON).until(() -> backlog("sentinel") == 0);
    }

    /** Names and kinds, without values. */
    private static String shape(JsonNode node) {
        StringBuilder shape = new StringBuilder();
        if (node.isObject()) {
            node.properties().forEach(field -> shape.append(field.getKey())
                    .append('=')
                    .append(shape(field.getValue()))
                    .append(' '));
            return "{" + shape.toString().trim() + "}";
        }
        if (node.isArray()) {
            return node.isEmpty() ? "[]" : "[" + shape(node.get(0)) + "]";
        }
        return node.getNodeType().toString();
    }
}
