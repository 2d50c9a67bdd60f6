package io.claimloop.contract;

import static io.claimloop.contract.Behaviour.asked;
import static io.claimloop.contract.Behaviour.reliedOn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.contract.Behaviour.NotTried;
import io.claimloop.support.Recorded;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Login, contacts, users, and the claim record with its revisions. */
final class ChtBehaviours {
    private static final Duration SENTINEL = Duration.ofSeconds(30);

    private final ChtServer cht;

    ChtBehaviours(ChtServer cht) {
        this.cht = cht;
    }

    Stream<Behaviour> behaviours() {
        return Stream.of(
                reliedOn("says who we are at /_session", "016, 101", this::session),
                reliedOn("refuses a wrong password with 401, where JSON is asked for", "102", this::wrongPassword),
                reliedOn("refuses a call without login with 401, where JSON is asked for", "105, 106", this::noLogin),
                reliedOn("finds the one person of an insurance number", "211, 213", this::found),
                reliedOn("finds nobody of an unknown insurance number", "212", this::notFound),
                reliedOn(
                        "shows a person, the places above and what is not there, many in one request",
                        "272, 274",
                        this::allDocs),
                reliedOn("lists the users of a place with their roles", "read, not recorded", this::users),
                reliedOn("answers 404 for a record that is not there", "348", this::missing),
                reliedOn("takes a claim record and shows it as it was written", "331, 332", this::write),
                reliedOn(
                        "writes a second revision of its own soon, and keeps the fields",
                        "333, 207",
                        this::secondRevision),
                reliedOn("refuses a record without or with an old revision with 409", "335, 336, 605", this::conflict),
                reliedOn(
                        "takes many records in one request, and tells of each whether it was written",
                        "345, 346",
                        this::bulkDocs),
                reliedOn("takes a record over its present revision, and keeps its status", "337, 602", this::overwrite),
                reliedOn(
                        "tells changes from a place on, by a selector, with the documents",
                        "361, 363, 364",
                        this::changes),
                reliedOn(
                        "deletes a record, and then it is not found, nor shown among many",
                        "607, 608; among many: CouchDB's documentation, not recorded",
                        this::delete),
                asked("Does monitoring tell both backlogs without login?", "013, 525", this::monitoring));
    }

    private void session() throws Exception {
        var answer = cht.get("/_session");
        Expect.status(200, answer);
        Expect.text(answer.json(), "/userCtx/name");
        Expect.type(answer.json(), "/userCtx/roles", JsonNodeType.ARRAY);
    }

    private void wrongPassword() throws Exception {
        if (cht.live() && !Settings.allowed("cht.try-bad-login")) {
            throw new NotTried(
                    "A wrong password counts towards the account's lock. Allow it with -Dcontract.cht.try-bad-login=true.");
        }
        Expect.status(401, cht.callWith(UUID.randomUUID().toString(), "GET", "/_session", null));
    }

    private void noLogin() throws Exception {
        Expect.status(401, cht.anonymous("/api/v1/contact/uuid?freetext=x:y&type=person"));
    }

    private String person() throws Exception {
        var answer = cht.search(Settings.of("cht.insurance-number", "070707070"));
        Expect.status(200, answer);
        Expect.type(answer.json(), "/data", JsonNodeType.ARRAY);
        if (answer.json().path("data").size() != 1) {
            throw new NotTried("not exactly one person has that number: give -Dcontract.cht.insurance-number");
        }
        return answer.json().at("/data/0").asText();
    }

    private void found() throws Exception {
        person();
        var answer = cht.search(Settings.of("cht.insurance-number", "070707070"));
        Expect.shape(Recorded.cht("211").answerJson(), answer.json());
    }

    private void notFound() throws Exception {
        var answer = cht.search("no-such-number-" + UUID.randomUUID());
        Expect.status(200, answer);
        Expect.type(answer.json(), "/data", JsonNodeType.ARRAY);
        Expect.that(answer.json().path("data").isEmpty(), "/data to be empty", "somebody");
    }

    private JsonNode personsDocument() throws Exception {
        var answer = cht.get("/medic/" + person());
        Expect.status(200, answer);
        return answer.json();
    }

    private void allDocs() throws Exception {
        var person = personsDocument();
        var ids = new ArrayList<>(List.of(person.path("_id").asText()));
        for (JsonNode place = person.path("parent"); place.hasNonNull("_id"); place = place.path("parent")) {
            ids.add(place.path("_id").asText());
        }
        Expect.that(ids.size() > 1, "/parent with its _id", "no place above");
        var nobody = UUID.randomUUID().toString();
        ids.add(nobody);
        var rows = rows(ids);
        for (int i = 0; i < ids.size() - 1; i++) {
            Expect.value(ids.get(i), rows, "/" + i + "/key");
            Expect.text(rows, "/" + i + "/doc/_id");
            Expect.text(rows, "/" + i + "/doc/name");
        }
        Expect.value(nobody, rows, "/" + (ids.size() - 1) + "/key");
        Expect.value("not_found", rows, "/" + (ids.size() - 1) + "/error");
    }

    private JsonNode rows(List<String> ids) throws Exception {
        var answer = cht.allDocs(ids);
        Expect.status(200, answer);
        Expect.type(answer.json(), "/rows", JsonNodeType.ARRAY);
        return answer.json().path("rows");
    }

    private void bulkDocs() throws Exception {
        var known = written();
        var fresh = cht.record();
        var answer = cht.bulk(List.of(known, fresh));
        Expect.status(201, answer);
        Expect.value(known.path("_id").asText(), answer.json(), "/0/id");
        Expect.value("conflict", answer.json(), "/0/error");
        Expect.value(fresh.path("_id").asText(), answer.json(), "/1/id");
        Expect.text(answer.json(), "/1/rev");
        same(fresh, rows(List.of(fresh.path("_id").asText())).at("/0/doc"));
    }

    /** The nearest place up that has any; a place without users is an empty list. */
    private void users() throws Exception {
        boolean some = false;
        for (JsonNode place = personsDocument().path("parent");
                place.isObject() && !some;
                place = place.path("parent")) {
            var answer =
                    cht.get("/api/v2/users?facility_id=" + place.path("_id").asText());
            Expect.status(200, answer);
            Expect.type(answer.json(), "", JsonNodeType.ARRAY);
            some = !answer.json().isEmpty();
            if (some) {
                Expect.text(answer.json(), "/0/id");
                Expect.type(answer.json(), "/0/roles", JsonNodeType.ARRAY);
            }
        }
        if (!some) throw new NotTried("no place above the person has a user");
    }

    private void missing() throws Exception {
        Expect.status(404, cht.get("/medic/" + UUID.randomUUID()));
    }

    private ObjectNode written() throws Exception {
        var record = cht.record();
        Expect.status(201, cht.put(record));
        return record;
    }

    private void write() throws Exception {
        var record = cht.record();
        var answer = cht.put(record);
        Expect.status(201, answer);
        Expect.shape(Recorded.cht("331").answerJson(), answer.json());
        Expect.that(answer.json().path("rev").asText().startsWith("1-"), "/rev 1", "another");
        same(record, cht.get("/medic/" + record.path("_id").asText()).json());
    }

    private static void same(JsonNode record, JsonNode shown) {
        Expect.that(record.path("fields").equals(shown.path("fields")), "the fields as they were written", "others");
        Expect.that(shown.path("errors").isEmpty(), "no errors in the record", "errors");
    }

    private JsonNode settled(JsonNode record) throws Exception {
        var path = "/medic/" + record.path("_id").asText();
        try {
            return Awaitility.await()
                    .atMost(SENTINEL)
                    .pollInterval(Duration.ofMillis(cht.live() ? 1000 : 50))
                    .until(
                            () -> cht.get(path).json(),
                            doc -> doc.path("_rev").asText().startsWith("2-"));
        } catch (ConditionTimeoutException e) {
            throw new Behaviour.Difference(
                    "a second revision within " + SENTINEL, "none: is the form declared, with accept_patient_reports?");
        }
    }

    private void secondRevision() throws Exception {
        var record = written();
        same(record, settled(record));
    }

    private void conflict() throws Exception {
        var record = written();
        Expect.status(409, cht.put(record));
        var first = cht.get("/medic/" + record.path("_id").asText())
                .json()
                .path("_rev")
                .asText();
        var settled = settled(record).path("_rev").asText();
        if (!first.equals(settled)) Expect.status(409, cht.put(record.deepCopy().put("_rev", first)));
    }

    private void overwrite() throws Exception {
        var record = written();
        record.put("_rev", settled(record).path("_rev").asText());
        ((ObjectNode) record.path("fields")).put("visit_date", "2026-11-21");
        Expect.status(201, cht.put(record));
        var shown = cht.get("/medic/" + record.path("_id").asText()).json();
        same(record, shown);
        Expect.value("withdrawn", shown, "/fields/status");
    }

    private void changes() throws Exception {
        var now = cht.get("/medic/_changes?since=now&limit=0");
        Expect.status(200, now);
        Expect.that(now.json().hasNonNull("last_seq"), "/last_seq", "none");
        var record = written();
        settled(record);
        var selector = Wire.JSON.createObjectNode();
        selector.putObject("selector")
                .put("type", "data_record")
                .put("form", record.path("form").asText());
        var since = URLEncoder.encode(now.json().path("last_seq").asText(), StandardCharsets.UTF_8);
        var feed = cht.call(
                "POST",
                "/medic/_changes?filter=_selector&include_docs=true&limit=50&since=" + since,
                selector.toString());
        Expect.status(200, feed);
        Expect.that(feed.json().hasNonNull("last_seq"), "/last_seq", "none");
        var ids = feed.json().path("results").findValuesAsText("_id");
        Expect.that(ids.contains(record.path("_id").asText()), "the new record among the results", "others");
    }

    private void delete() throws Exception {
        var record = written();
        settled(record);
        Expect.status(200, cht.delete(record.path("_id").asText()));
        Expect.status(404, cht.get("/medic/" + record.path("_id").asText()));
        var row = rows(List.of(record.path("_id").asText())).path(0);
        Expect.that(!row.path("doc").isObject(), "no document of a deleted record", "one");
        Expect.type(row, "/value/deleted", JsonNodeType.BOOLEAN);
    }

    private String monitoring() throws Exception {
        var answer = cht.anonymous("/api/v2/monitoring");
        Expect.status(200, answer);
        Expect.type(answer.json(), "/sentinel/backlog", JsonNodeType.NUMBER);
        Expect.type(answer.json(), "/outbound_push/backlog", JsonNodeType.NUMBER);
        return "yes; CHT " + answer.json().at("/version/app").asText();
    }
}
