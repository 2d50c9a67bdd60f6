package io.claimloop.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Rights, mutations that take their time, files, valuation and rows that cannot be shown. */
class SimulatedOpenImisWorkTest extends OpenImisReplay {
    private static final String ADMIN_PASSWORD = "secret-of-a-claim-admin";

    @Test
    void refuses_an_account_without_the_right_as_recorded() throws Exception {
        submitted("944", "CHT210");
        openImis.account("JHOS0011", ADMIN_PASSWORD, Rights.READ_CLAIMS, Rights.READ_INSUREES, Rights.SUBMIT_CLAIMS);
        var all = token;
        token = login("JHOS0011", ADMIN_PASSWORD);
        sameWords("119", "726", "745");
        sameShape("810");
        assertThat(get("Claim/").status()).isEqualTo(200);
        sameShape("944");
        sameLog("944");

        token = all;
        assertThat(send(OpenImisRecording.of(logOf("944")), true).json().at("/data/mutationLogs/edges"))
                .as("one sees one's own log only (946)")
                .isEmpty();
        assertThat(openImis.claims().get(0).feedbackStatus()).isEqualTo(Claim.IDLE);
    }

    @Test
    void refuses_queries_without_the_right_with_the_words_of_no_login() throws Exception {
        openImis.account("clerk", ADMIN_PASSWORD, Rights.READ_CLAIMS);
        token = login("clerk", ADMIN_PASSWORD);
        var recorded = OpenImisRecording.of("904").response().at("/body/errors/0/message");
        for (var query : List.of(
                "{ insurees { totalCount } }",
                "{ policiesByInsuree(chfId: \\\"070707070\\\") { totalCount } }",
                "{ enrolmentOfficers { totalCount } }",
                "{ batchRuns { totalCount } }")) {
            var answer = graphQl(query);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().at("/errors/0/message")).as(query).isEqualTo(recorded);
        }
        assertThat(graphQl("{ claims { totalCount } }").json().has("errors")).isFalse();
    }

    @Test
    void mutations_are_done_when_they_are_run() throws Exception {
        var claim = submitted("931", "CHT200");
        openImis.holdMutations();
        sameShape("931");
        assertThat(logStatus("931")).isZero();
        assertThat(claim.feedbackStatus()).isEqualTo(Claim.IDLE);

        assertThat(openImis.runMutations()).isEqualTo(1);
        sameLog("931");
        assertThat(claim.feedbackStatus()).isEqualTo(Claim.SELECTED);

        openImis.mutationsTake(Duration.ofMillis(150));
        sameShape("947");
        assertThat(logStatus("947")).isZero();
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> logStatus("947") == 2);
        openImis.mutationsTake(Duration.ZERO);
        sameShape("950");
        assertThat(logStatus("950")).isEqualTo(2);
    }

    @Test
    void a_file_on_a_claim_breaks_its_fhir_claim_as_recorded() throws Exception {
        var claim = submitted("521", "CHT215");
        sameShape("955");
        sameLog("955");
        sameShape("956", "957");
        sameShape("959");
        sameLog("959");
        sameWords("427");
        sameShape("521");
        openImis.attachFile(submitted("454", "CHT101"));
        openImis.attachFile(submitted("456", "CHT404"));
        sameWords("454", "456");
        assertThat(openImis.effects(OpenImisEffect.Kind.FILE_ATTACHED, claim.uuid()))
                .isEqualTo(1);

        openImis.survivesAttachments(true);
        assertThat(get("Claim/" + claim.uuid() + "/").status()).isEqualTo(200);
        assertThat(get("Claim/").json().path("entry")).hasSize(3);
    }

    @Test
    void claims_at_fixed_prices_need_no_batch_run() throws Exception {
        var relative = submitted("964", "CHT213");
        sameShape("964");
        sameLog("964");
        assertThat(relative.status()).isEqualTo(Claim.PROCESSED);

        var fixed = openImis.submit(openImis.enterAtFixedPrices("CHT300", JOSEPH, DAY, DAY));
        var process = OpenImisRecording.of("964").about(fixed.uuid(), relative.uuid());
        assertThat(send(process, true).status()).isEqualTo(200);
        assertThat(fixed.status()).isEqualTo(Claim.VALUATED);
        assertThat(openImis.effects(OpenImisEffect.Kind.BATCH_RUN, null)).isZero();
    }

    @Test
    void lists_batch_runs_as_recorded() throws Exception {
        for (var number : List.of("967", "969", "970", "971")) {
            sameShape(number);
            sameLog(number);
        }
        sameShape("972");
        var runs = send(OpenImisRecording.of("972"), true).json().at("/data/batchRuns/edges");
        assertThat(runs.findValuesAsText("runMonth")).containsExactly("11", "1", "11");
        assertThat(runs.at("/0/node/location").isNull())
                .as("newest first: national")
                .isTrue();
        assertThat(graphQl("{ batchRuns(location_Isnull: false) { totalCount } }")
                        .json()
                        .at("/data/batchRuns/totalCount")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void reviews_as_recorded() throws Exception {
        var claim = submitted("960", "CHT212");
        sameShape("960");
        sameLog("960");
        assertThat(claim.reviewStatus()).isEqualTo(Claim.SELECTED);
        openImis.reject(claim);
        sameShape("962");
        sameLog("962");
        assertThat(claim.reviewStatus()).isEqualTo(Claim.DELIVERED);
        sameShape("984", "986", "988");
    }

    @Test
    void finds_places_by_code() throws Exception {
        var found = graphQl("{ locations(code: \\\"R1\\\", type: \\\"R\\\")"
                        + " { totalCount edges { node { id uuid code name type } } } }")
                .json();
        var region = found.at("/data/locations/edges/0/node");
        assertThat(region.path("uuid").asText()).isEqualTo("75250515-40d7-4c77-bafe-a2c65ffc5a72");
        assertThat(new String(Base64.getDecoder().decode(region.path("id").asText())))
                .as("the number that processBatch takes for it (967)")
                .isEqualTo("LocationGQLType:1");
    }

    @Test
    void one_row_that_cannot_be_shown_spoils_no_other() throws Exception {
        var first = openImis.enter("CHT001", JOSEPH, DAY, DAY);
        var bad = openImis.poison(openImis.enter("CHT002", JOSEPH, DAY, DAY));
        var page = graphQl("{ claims(first: 10) { edges { node { uuid code } } } }")
                .json();
        assertThat(page.at("/data/claims/edges/0/node/uuid").asText()).isEqualTo(first.uuid());
        assertThat(page.at("/data/claims/edges/1/node").isNull()).isTrue();
        assertThat(page.at("/errors/0/path").toString()).isEqualTo("[\"claims\",\"edges\",1,\"node\"]");

        var both = graphQl("{ a: claim(uuid: \\\"%s\\\") { uuid } b: claim(uuid: \\\"%s\\\") { uuid } }"
                        .formatted(bad.uuid(), first.uuid()))
                .json();
        assertThat(both.at("/data/a").isNull()).isTrue();
        assertThat(both.at("/data/b/uuid").asText()).isEqualTo(first.uuid());
        assertThat(both.at("/errors/0/path").toString()).isEqualTo("[\"a\"]");
    }

    @Test
    void fails_whole_requests_that_name_a_claim() throws Exception {
        var uuid = UUID.randomUUID().toString();
        openImis.failGraphQlNaming(uuid);
        assertThat(graphQl("{ claim(uuid: \\\"" + uuid + "\\\") { uuid } }").status())
                .isEqualTo(500);
        assertThat(graphQl("{ claims { totalCount } }").status()).isEqualTo(200);
        openImis.failGraphQlNamingNothing();
        assertThat(graphQl("{ claim(uuid: \\\"" + uuid + "\\\") { uuid } }").status())
                .isEqualTo(200);
    }

    private int logStatus(String number) throws Exception {
        return send(OpenImisRecording.of(logOf(number)), true)
                .json()
                .at("/data/mutationLogs/edges/0/node/status")
                .asInt(-1);
    }
}
