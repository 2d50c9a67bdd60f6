package io.claimloop.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.subscription.SubscriptionKeeper;
import io.claimloop.subscription.SubscriptionStatus;
import io.claimloop.subscription.SubscriptionStatus.Condition;
import io.claimloop.support.Recorded;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The keeper's route against what openIMIS answered in the recordings; only address, header and end are made ours. */
class SubscriptionKeeperTest extends PartnersOnWire {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUBSCRIPTIONS = "/api/api_fhir_r4/Subscription/";
    private static final String ENDPOINT = "https://claimloop.example.org/openimis/notifications";
    private static final String HEADER = "{\"Authorization\": \"Bearer token-of-openimis\"}";
    private static final String REMEMBERED = "openimis-subscription";
    private static final String MADE =
            Recorded.openimis("201").answerJson().path("id").asText();

    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private RoutesUnderTest routes;

    @BeforeEach
    void load() {
        routes = with(Map.of());
        said.start();
        log().addAppender(said);
        OPENIMIS.stubFor(post(urlEqualTo(SUBSCRIPTIONS))
                .willReturn(json(201, ours(MADE).put("end", inDays(90)).toString())));
        OPENIMIS.stubFor(delete(urlPathMatching(SUBSCRIPTIONS + ".+")).willReturn(as(Recorded.openimis("229"))));
        OPENIMIS.stubFor(
                get(urlPathMatching(SUBSCRIPTIONS + ".+")).atPriority(9).willReturn(as(Recorded.openimis("230"))));
    }

    @AfterEach
    void unload() {
        log().detachAppender(said);
        routes.close();
    }

    @Test
    void where_there_is_none_one_is_made_as_openimis_wants_it() throws Exception {
        openimisHas();

        look();

        JsonNode sent = JSON.readTree(sent("POST").get(0).getBodyAsString());
        assertThat(sent.path("criteria").asText()).isEqualTo("Claim");
        assertThat(sent.path("reason").asText()).isEqualTo("Claim");
        assertThat(sent.path("status").asText()).isEqualTo("active");
        assertThat(sent.path("channel").path("type").asText()).isEqualTo("rest-hook");
        assertThat(sent.path("channel").path("endpoint").asText()).isEqualTo(ENDPOINT);
        assertThat(sent.path("channel").path("header")).hasSize(1);
        assertThat(JSON.readTree(sent.path("channel").path("header").get(0).asText()))
                .isEqualTo(JSON.readTree(HEADER));
        assertThat(OffsetDateTime.parse(sent.path("end").asText()).toInstant())
                .isBetween(
                        Instant.now().plus(89, ChronoUnit.DAYS), Instant.now().plus(91, ChronoUnit.DAYS));
        // the same members as the recorded one, and no other: openIMIS refuses unknown ones (227)
        assertThat(sent.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(() ->
                        Recorded.openimis("201").content().at("/request/body").fieldNames());
        verify(routes.loops).watermark(REMEMBERED, MADE);
        assertThat(status().condition()).isEqualTo(Condition.ACTIVE);
        assertThat(status().id()).isEqualTo(MADE);
    }

    @Test
    void one_that_fits_is_left_alone_and_remembered() {
        openimisHas(ours("good").put("end", inDays(80)));

        look();

        assertThat(sent("POST")).isEmpty();
        assertThat(sent("DELETE")).isEmpty();
        verify(routes.loops).watermark(REMEMBERED, "good");
        assertThat(status().condition()).isEqualTo(Condition.ACTIVE);
    }

    @Test
    void one_that_ends_within_thirty_days_is_made_anew_before_the_old_one_is_deleted() {
        remembers(ours("old").put("end", inDays(29)));
        openimisHas(ours("old").put("end", inDays(29)));

        look();

        assertThat(changes()).containsExactly("POST " + SUBSCRIPTIONS, "DELETE " + SUBSCRIPTIONS + "old/");
        verify(routes.loops).watermark(REMEMBERED, MADE);
        assertThat(status().id()).isEqualTo(MADE);
    }

    /** As recorded: header in HTTP style, criteria in lower case, past its end. All were taken with 201, none fires. */
    @ParameterizedTest
    @ValueSource(strings = {"211", "214", "218"})
    void one_that_never_fires_is_made_anew(String recording) {
        ObjectNode spoilt = Recorded.openimis(recording).answerJson().deepCopy();
        channel(spoilt).put("endpoint", ENDPOINT);
        openimisHas(spoilt);

        look();

        assertThat(changes())
                .containsExactly(
                        "POST " + SUBSCRIPTIONS,
                        "DELETE " + SUBSCRIPTIONS + spoilt.path("id").asText() + "/");
    }

    @Test
    void one_that_is_off_or_shows_another_token_is_made_anew() {
        ObjectNode otherToken = ours("other-token").put("end", inDays(80));
        channel(otherToken).withArray("header").removeAll().add("{\"Authorization\": \"Bearer yesterday\"}");
        openimisHas(ours("off").put("end", inDays(80)).put("status", "off"), otherToken);

        look();

        assertThat(changes())
                .containsExactly(
                        "POST " + SUBSCRIPTIONS,
                        "DELETE " + SUBSCRIPTIONS + "off/",
                        "DELETE " + SUBSCRIPTIONS + "other-token/");
    }

    @Test
    void a_list_that_does_not_show_it_yet_makes_no_second_one() {
        remembers(ours("mine").put("end", inDays(80)));
        openimisHas();

        look();

        assertThat(changes()).isEmpty();
        assertThat(status().condition()).isEqualTo(Condition.ACTIVE);
    }

    @Test
    void one_that_somebody_deleted_is_made_anew() {
        when(routes.loops.watermark(REMEMBERED)).thenReturn(Optional.of("gone"));
        openimisHas();

        look();

        assertThat(changes()).containsExactly("POST " + SUBSCRIPTIONS);
    }

    @Test
    void of_several_the_remembered_one_is_kept_and_the_others_are_deleted() {
        remembers(ours("b").put("end", inDays(70)));
        openimisHas(
                ours("a").put("end", inDays(80)),
                ours("b").put("end", inDays(70)),
                ours("c").put("end", inDays(90)));

        look();

        assertThat(changes()).containsExactly("DELETE " + SUBSCRIPTIONS + "a/", "DELETE " + SUBSCRIPTIONS + "c/");
        assertThat(status().id()).isEqualTo("b");
    }

    @Test
    void when_the_address_changes_ours_moves_along() {
        ObjectNode before = ours("before").put("end", inDays(80));
        channel(before).put("endpoint", "https://old.example.org/openimis/notifications");
        remembers(before);
        openimisHas(before);

        look();

        assertThat(changes()).containsExactly("POST " + SUBSCRIPTIONS, "DELETE " + SUBSCRIPTIONS + "before/");
    }

    @Test
    void the_subscriptions_of_others_are_never_touched() {
        OPENIMIS.stubFor(get(urlPathEqualTo(SUBSCRIPTIONS)).willReturn(as(Recorded.openimis("204"))));

        look();

        assertThat(changes()).containsExactly("POST " + SUBSCRIPTIONS);
    }

    @Test
    void one_that_silences_all_is_named_once_and_not_touched() {
        ObjectNode bad = Recorded.openimis("222").answerJson().deepCopy();
        openimisHas(ours("good").put("end", inDays(80)), bad.put("end", inDays(80)));

        look();
        look();

        String id = bad.path("id").asText();
        assertThat(changes()).isEmpty();
        assertThat(status().warnings()).singleElement().asString().contains(id).doesNotContain("nosuchfield");
        assertThat(said.list.stream().map(ILoggingEvent::getFormattedMessage).filter(line -> line.contains(id)))
                .hasSize(1);
    }

    @Test
    void a_release_that_cannot_subscribe_to_claims_is_told_as_such_and_once() {
        openimisHas();
        OPENIMIS.stubFor(post(urlEqualTo(SUBSCRIPTIONS)).willReturn(as(Recorded.openimis("215"))));

        look();
        look();

        assertThat(status().condition()).isEqualTo(Condition.NOT_OFFERED);
        assertThat(said.list).hasSize(1);
        verify(routes.loops, never()).watermark(eq(REMEMBERED), any());
        assertThat(routes.subscriptionKeeper().due()).isFalse();
    }

    @Test
    void a_release_without_subscriptions_is_told_as_such() {
        OPENIMIS.stubFor(get(urlPathEqualTo(SUBSCRIPTIONS)).willReturn(as(Recorded.openimis("123"))));

        look();

        assertThat(status().condition()).isEqualTo(Condition.NOT_OFFERED);
    }

    @Test
    void a_missing_right_is_named() {
        OPENIMIS.stubFor(get(urlPathEqualTo(SUBSCRIPTIONS)).willReturn(as(Recorded.openimis("118"))));
        look();
        assertThat(status().condition()).isEqualTo(Condition.NO_RIGHT);
        assertThat(status().what()).contains("158001");

        openimisHas();
        OPENIMIS.stubFor(post(urlEqualTo(SUBSCRIPTIONS)).willReturn(as(Recorded.openimis("228"))));
        look();
        assertThat(status().what()).contains("158002");
        assertThat(said.list).hasSize(2);
    }

    @Test
    void one_that_we_may_not_delete_is_named_and_ours_serves_all_the_same() {
        openimisHas(ours("first").put("end", inDays(90)), ours("theirs").put("end", inDays(80)));
        OPENIMIS.stubFor(delete(urlEqualTo(SUBSCRIPTIONS + "theirs/")).willReturn(as(Recorded.openimis("228"))));

        look();

        assertThat(status().condition()).isEqualTo(Condition.ACTIVE);
        assertThat(status().warnings()).singleElement().asString().contains("theirs");
    }

    @Test
    void an_error_page_for_the_list_is_understood_and_nothing_is_made() {
        OPENIMIS.stubFor(get(urlPathEqualTo(SUBSCRIPTIONS)).willReturn(as(Recorded.openimis("215"))));

        look();

        assertThat(status().condition()).isEqualTo(Condition.FAILED);
        assertThat(changes()).isEmpty();
        assertThat(routes.subscriptionKeeper().due()).as("not at once").isFalse();
    }

    @Test
    void a_refusal_with_another_cause_is_no_missing_feature() {
        openimisHas();
        OPENIMIS.stubFor(post(urlEqualTo(SUBSCRIPTIONS)).willReturn(as(Recorded.openimis("224"))));

        look();

        assertThat(status().condition()).isEqualTo(Condition.FAILED);
    }

    @Test
    void while_openimis_is_away_it_stands_as_it_stood() {
        openimisHas(ours("good").put("end", inDays(80)));
        look();
        OPENIMIS.stubFor(
                get(urlPathEqualTo(SUBSCRIPTIONS)).willReturn(aResponse().withStatus(503)));

        look();

        assertThat(status().condition()).isEqualTo(Condition.ACTIVE);
        assertThat(said.list).hasSize(1);
    }

    @Test
    void an_address_that_openimis_never_sends_to_gets_no_subscription() {
        assertThat(statusWith(Map.of("claimloop.public-url", "http://bridge:8080"))
                        .condition())
                .isEqualTo(Condition.BAD_ADDRESS);
        assertThat(statusWith(Map.of("claimloop.public-url", "https://claimloop.example.org/" + "x".repeat(220)))
                        .what())
                .contains("255");
        assertThat(statusWith(Map.of("claimloop.public-url", "http://localhost:8080"))
                        .condition())
                .isEqualTo(Condition.UNKNOWN);
        assertThat(statusWith(Map.of("claimloop.public-url", "http://192.0.2.7:8080"))
                        .condition())
                .isEqualTo(Condition.UNKNOWN);
    }

    @Test
    void an_address_at_which_openimis_would_call_itself_gets_no_subscription_and_no_token() {
        for (String here : List.of("http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080")) {
            SubscriptionStatus status = statusWith(
                    Map.of("claimloop.public-url", here, "claimloop.openimis.url", "https://openimis.example.org"));
            assertThat(status.condition()).as(here).isEqualTo(Condition.BAD_ADDRESS);
            assertThat(status.what()).contains("call itself");
        }
    }

    @Test
    void without_an_address_or_switched_off_nothing_is_kept() {
        assertThat(statusWith(Map.of("claimloop.public-url", "")).what()).contains("claimloop.public-url");
        SubscriptionStatus off = statusWith(Map.of("claimloop.subscription.enabled", "false"));
        assertThat(off.condition()).isEqualTo(Condition.OFF);
        assertThat(off.what()).contains("claimloop.subscription.enabled");
        assertThat(calls(OPENIMIS)).isEmpty();
    }

    @Test
    void the_secret_that_comes_back_in_clear_is_never_told() {
        openimisHas(ours("good").put("end", inDays(80)), ours("theirs").put("end", inDays(70)));
        OPENIMIS.stubFor(delete(urlEqualTo(SUBSCRIPTIONS + "theirs/")).willReturn(as(Recorded.openimis("228"))));

        look();

        assertThat(said.list).isNotEmpty();
        assertThat(said.list.toString() + status()).doesNotContain("token-of-openimis");
    }

    private RoutesUnderTest with(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("claimloop.public-url", "https://claimloop.example.org/"));
        all.putAll(settings);
        all.values().remove("");
        return RoutesUnderTest.of(OPENIMIS, CHT, all, "subscription", "openimis", "openimis-login");
    }

    /** The status of a keeper with other settings, before it looks; it may look when it is due. */
    private SubscriptionStatus statusWith(Map<String, String> settings) {
        try (RoutesUnderTest other = with(settings)) {
            SubscriptionStatus status = other.subscriptionKeeper().status();
            assertThat(other.subscriptionKeeper().due()).isEqualTo(status.condition() == Condition.UNKNOWN);
            return status;
        }
    }

    private void look() {
        assertThat(routes.send("keep-subscription", null).getException()).isNull();
    }

    private SubscriptionStatus status() {
        return routes.subscriptionKeeper().status();
    }

    private void remembers(ObjectNode subscription) {
        String id = subscription.path("id").asText();
        when(routes.loops.watermark(REMEMBERED)).thenReturn(Optional.of(id));
        OPENIMIS.stubFor(get(urlEqualTo(SUBSCRIPTIONS + id + "/")).willReturn(json(200, subscription.toString())));
    }

    /** The list, in the form of recording 204. */
    private static void openimisHas(ObjectNode... subscriptions) {
        ObjectNode bundle = Recorded.openimis("204").answerJson().deepCopy();
        bundle.put("total", subscriptions.length).remove("entry");
        for (ObjectNode subscription : subscriptions) {
            bundle.withArray("entry").addObject().set("resource", subscription);
        }
        OPENIMIS.stubFor(get(urlPathEqualTo(SUBSCRIPTIONS)).willReturn(json(200, bundle.toString())));
    }

    /** Recording 203 with our address and header. */
    private static ObjectNode ours(String id) {
        ObjectNode subscription = Recorded.openimis("203").answerJson().deepCopy();
        subscription.put("id", id);
        channel(subscription)
                .put("endpoint", ENDPOINT)
                .withArray("header")
                .removeAll()
                .add(HEADER);
        return subscription;
    }

    private static ObjectNode channel(ObjectNode subscription) {
        return (ObjectNode) subscription.path("channel");
    }

    private static String inDays(int days) {
        return Instant.now()
                .plus(days, ChronoUnit.DAYS)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    private static List<LoggedRequest> sent(String method) {
        return calls(OPENIMIS).stream()
                .filter(request -> request.getMethod().getName().equals(method))
                .toList();
    }

    /** What was changed there, in order. */
    private static List<String> changes() {
        return calls(OPENIMIS).stream()
                .filter(request -> !request.getMethod().getName().equals("GET"))
                .sorted(java.util.Comparator.comparing(LoggedRequest::getLoggedDate))
                .map(request -> request.getMethod().getName() + " " + request.getUrl())
                .toList();
    }

    private static Logger log() {
        return (Logger) LoggerFactory.getLogger(SubscriptionKeeper.class);
    }
}
