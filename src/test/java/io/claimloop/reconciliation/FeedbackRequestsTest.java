package io.claimloop.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.ClaimNotice;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.support.Recorded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The list of CommunicationRequest as recorded (608): 13 of them, of which some are active. */
class FeedbackRequestsTest {
    private static final Pattern QUERY = Pattern.compile(
            "_count=(\\d+)&page-offset=(\\d+)&_lastUpdated=ge20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d");

    private final Sweeps sweeps = new Sweeps(Map.of("claimloop.selection.policy", "selected"));
    private final FeedbackRequests requests = new FeedbackRequests(sweeps.comparison, sweeps.openimis);
    private final List<JsonNode> entries = new ArrayList<>();
    private final Set<Integer> failing = new HashSet<>();
    private int asked;

    @Test
    void only_the_active_ones_count_and_the_claim_is_the_one_they_are_about() {
        recorded();

        run();

        assertThat(sweeps.inbox.notices)
                .isNotEmpty()
                .extracting(ClaimNotice::spelling)
                .containsExactlyElementsOf(active());
    }

    @Test
    void no_insurance_number_is_kept_of_them() {
        recorded();

        run();

        assertThat(sweeps.inbox.notices)
                .allSatisfy(notice -> assertThat(new String(notice.body(), StandardCharsets.UTF_8))
                        .doesNotContain("070707070")
                        .doesNotContain("Patient"));
    }

    @Test
    void pages_are_asked_for_by_number_until_openimis_says_that_there_are_no_more() {
        for (int i = 0; i < 200; i++) {
            entries.add(request(i));
        }

        run();

        assertThat(sweeps.inbox.notices).hasSize(200);
        assertThat(asked).as("two full pages and the 404 behind them").isEqualTo(3);
    }

    @Test
    void one_that_fails_its_page_is_passed_over_and_harms_no_other() {
        for (int i = 0; i < 230; i++) {
            entries.add(request(i));
        }
        failing.add(157);

        run();

        assertThat(sweeps.inbox.notices).hasSize(229);
        assertThat(asked).isLessThan(30);
    }

    @Test
    void all_pages_of_a_reading_have_the_same_literal() {
        requests.begin();
        String first = requests.request().query().replaceFirst(".*_lastUpdated", "");
        requests.take(new PartnerAnswer("openIMIS", 500, "<html>Server Error (500)</html>"));
        assertThat(requests.request().query())
                .contains("_count=10&page-offset=1")
                .endsWith(first);
    }

    @Test
    void a_next_link_to_another_server_is_not_followed() {
        requests.begin();
        ObjectNode bundle = Recorded.openimis("608").answerJson().deepCopy();
        bundle.put("total", 1000).remove("entry");
        bundle.putArray("link").addObject().put("relation", "next").put("url", "http://127.0.0.1:1/elsewhere");
        for (int i = 0; i < 100; i++) {
            ObjectNode entry = (ObjectNode) request(i);
            String uuid = ManyClaims.uuid(i + 1).toString();
            entry.put("fullUrl", "http://127.0.0.1:1/CommunicationRequest/" + uuid);
            ((ObjectNode) entry.at("/resource/about/0")).put("reference", "http://127.0.0.1:1/Claim/" + uuid);
            bundle.withArray("entry").add(entry);
        }
        requests.take(new PartnerAnswer("openIMIS", 200, bundle.toString()));

        assertThat(requests.goesOn()).isTrue();
        PartnerRequest next = requests.request();
        assertThat(next.path()).isEqualTo("/CommunicationRequest/");
        assertThat(next.query()).matches(QUERY).doesNotContain("elsewhere").contains("page-offset=2");
    }

    @Test
    void where_nothing_is_at_this_address_it_says_so() {
        requests.begin();
        Recorded none = Recorded.openimis("123");
        assertThatThrownBy(() -> requests.take(new PartnerAnswer("openIMIS", none.status(), none.answer())))
                .isInstanceOf(PartnerException.class);
    }

    private void run() {
        requests.begin();
        while (requests.goesOn()) {
            requests.take(answer(requests.request()));
        }
        requests.end();
    }

    private void recorded() {
        Recorded.openimis("608").answerJson().path("entry").forEach(entries::add);
        assertThat(entries).isNotEmpty();
    }

    private List<String> active() {
        return entries.stream()
                .map(entry -> entry.path("resource"))
                .filter(request -> request.path("status").asText().equals("active"))
                .map(request -> request.at("/about/0/identifier/value").asText())
                .toList();
    }

    private static JsonNode request(int number) {
        ObjectNode entry =
                Recorded.openimis("608").answerJson().path("entry").get(0).deepCopy();
        ObjectNode resource = (ObjectNode) entry.path("resource");
        resource.put("status", "active");
        ((ObjectNode) resource.path("about").path(0)).put("reference", "Claim/" + ManyClaims.uuid(number + 1));
        return entry;
    }

    /** Pages as recorded: 609, past the end 611; one that cannot be shown fails its page (446). */
    private PartnerAnswer answer(PartnerRequest request) {
        asked++;
        Matcher query = QUERY.matcher(request.query());
        assertThat(query.matches()).as(request.query()).isTrue();
        int size = Integer.parseInt(query.group(1));
        int from = (Integer.parseInt(query.group(2)) - 1) * size;
        if (from > 0 && from >= entries.size()) {
            Recorded end = Recorded.openimis("611");
            return new PartnerAnswer("openIMIS", end.status(), end.answer());
        }
        ObjectNode bundle = Recorded.openimis("608").answerJson().deepCopy();
        bundle.put("total", entries.size()).remove("entry");
        for (int i = from; i < Math.min(entries.size(), from + size); i++) {
            if (failing.contains(i)) {
                Recorded failed = Recorded.openimis("446");
                return new PartnerAnswer("openIMIS", failed.status(), failed.answer());
            }
            bundle.withArray("entry").add(entries.get(i));
        }
        return new PartnerAnswer("openIMIS", 200, bundle.toString());
    }
}
