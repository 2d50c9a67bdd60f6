package io.claimloop.openimis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Step;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.settings.ClaimLoopProperties;
import io.micrometer.core.instrument.Metrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads many claims in one GraphQL request, by aliases: so 150 requests a minute need not bound the claims. A claim that
 * openIMIS cannot show is null under its alias and harms no other.
 */
@Component("claimReader")
public class ClaimReader {
    /** The claim is not there, or not shown to our account. */
    public static final String ABSENT = "absent";

    /** openIMIS failed on this one claim. */
    public static final String UNREADABLE = "unreadable";

    private static final Logger log = LoggerFactory.getLogger(ClaimReader.class);
    /** What decides, of what is asked for in {@code claim-fields.graphql}. */
    private static final List<String> KNOWN = List.of(
            "uuid",
            "code",
            "status",
            "feedbackStatus",
            "reviewStatus",
            "validityTo",
            "dateFrom",
            "dateTo",
            "dateClaimed",
            "insuree",
            "healthFacility",
            "feedback",
            "items",
            "services");

    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final Pattern UNKNOWN_DIAGNOSIS = Pattern.compile("Cannot query field \\W*(icd\\d?)\\b");

    private final String fields;
    private final boolean attachments;
    /** Asked for only where diagnoses are excluded: what is not needed is not read. */
    private final Set<String> diagnoses = new ConcurrentSkipListSet<>();

    public ClaimReader(ClaimLoopProperties properties) {
        this.attachments = properties.feedback().attachment();
        if (!properties.selection().exclude().diagnoses().isEmpty()) {
            diagnoses.addAll(Claim.DIAGNOSES);
        }
        try (InputStream in = ClaimReader.class.getResourceAsStream("claim-fields.graphql")) {
            this.fields = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)#.*$", "")
                    .replaceAll("\\s+", " ")
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The GraphQL request for the claims of this work, each under its place in the list. */
    public String query(List<Due> due) {
        StringBuilder icds = new StringBuilder();
        diagnoses.forEach(field -> icds.append(field).append(" { code } "));
        String wanted = fields.substring(0, fields.length() - 1) + icds + "}";
        StringBuilder query = new StringBuilder("{");
        for (int i = 0; i < due.size(); i++) {
            // a spelling is made of a parsed UUID: nothing else can get into the query
            query.append(" c").append(i).append(": claim(uuid: \"");
            query.append(due.get(i).loop().spelling()).append("\") ").append(wanted);
            besides(due.get(i), i, query);
        }
        return new ObjectMapper()
                .createObjectNode()
                .put("query", query.append(" }").toString())
                .toString();
    }

    /** What became of an order that may have been sent before, and what is attached, where that is of interest. */
    private void besides(Due due, int i, StringBuilder query) {
        // also the first time: the ledger may have lost count of an order that openIMIS has
        if (due.step() == Step.DELIVER || due.step() == Step.CORRECT || due.step() == Step.VALUE) {
            query.append(" l").append(i).append(": mutationLogs(clientMutationId: \"");
            query.append(Mutation.idOf(due));
            query.append("\", orderBy: [\"-requestDateTime\"], first: 10) { edges { node {"
                    + " status error clientMutationLabel requestDateTime } } }");
        }
        if (attachments && due.step() == Step.DELIVER) {
            query.append(" a").append(i).append(": claimAttachments(claim_Uuid: \"");
            query.append(due.loop().spelling()).append("\") { edges { node { title } } }");
        }
    }

    private static Due told(Due due, JsonNode data, int i) {
        if (!data.has("l" + i) && !data.has("a" + i)) {
            return due;
        }
        ObjectNode told = JsonNodeFactory.instance.objectNode();
        ArrayNode log = told.putArray("log");
        data.at("/l" + i + "/edges").forEach(edge -> log.add(edge.path("node")));
        ArrayNode titles = told.putArray("attachments");
        data.at("/a" + i + "/edges").forEach(edge -> titles.add(edge.at("/node/title")));
        return due.withTold(told);
    }

    /**
     * Whether this is an answer to the whole request, be it a refusal; a server's error, or no data, may come of one claim
     * in it.
     */
    public boolean whole(PartnerAnswer answer) {
        if (answer.status() >= 400 && answer.status() < 500) {
            return true;
        }
        JsonNode body = answer.status() >= 500 ? null : answer.jsonOrNull();
        return body != null && (body.path("data").isObject() || refuses(body));
    }

    public Halving halving() {
        return new Halving();
    }

    public boolean mayHalve(List<Due> due, Halving halving) {
        return halving.next(due);
    }

    public List<List<Due>> halves(List<Due> due) {
        return Halving.halves(due);
    }

    /** Both halves together again. */
    public List<Due> join(List<Due> one, List<Due> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    /** openIMIS fails on these: each is a failed attempt of its own. */
    public List<Due> unreadable(List<Due> due) {
        return due.stream()
                .map(work -> work.withClaim(JsonNodeFactory.instance.nullNode(), UNREADABLE))
                .toList();
    }

    private static boolean refuses(JsonNode body) {
        return body.path("errors").findValuesAsText("message").stream().anyMatch(ClaimReader::refusal);
    }

    private static boolean refusal(String message) {
        return message.contains("not authorized");
    }

    /** A release that does not know a field refuses every request with it: it is left out from now on. */
    private void leaveOutUnknownDiagnoses(PartnerAnswer answer) {
        boolean refused = false;
        boolean news = false;
        for (JsonNode error : answer.json().path("errors")) {
            Matcher unknown = UNKNOWN_DIAGNOSIS.matcher(error.path("message").asText());
            if (unknown.find()) {
                refused = true;
                // not so when another batch was on its way at the same time
                news |= diagnoses.remove(unknown.group(1));
            }
        }
        if (news) {
            log.warn("This release of openIMIS does not show all diagnoses of a claim:"
                    + " claimloop.selection.exclude.diagnoses cannot be checked, and no claim is selected while it is set."
                    + " Leave it out, or update openIMIS.");
        }
        if (refused) {
            throw PartnerException.busy(answer.partner(), "does not know a field", AT_ONCE);
        }
    }

    /** What openIMIS shows otherwise than we know it is counted, by field: an update of it may have changed its schema. */
    private static void drift(JsonNode claim) {
        List<String> drifted = new ArrayList<>(
                KNOWN.stream().filter(field -> !claim.has(field)).toList());
        if (drifted.isEmpty()) {
            Claim.of(claim)
                    .strangeWithReview()
                    .ifPresent(strange ->
                            drifted.add(strange.replaceAll("[\\d.]+$", "").strip()));
        }
        drifted.forEach(field -> Metrics.counter("claimloop.partner.drift", "partner", "openIMIS", "field", field)
                .increment());
    }

    /** Gives each work its claim. */
    public List<Due> attach(List<Due> due, PartnerAnswer answer) {
        if (answer.status() == 400) {
            leaveOutUnknownDiagnoses(answer);
        }
        JsonNode body = answer.json();
        JsonNode data = body.path("data");
        if (!data.isObject() && !refuses(body)) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no data");
        }
        Map<String, String> errors = new HashMap<>();
        for (JsonNode error : body.path("errors")) {
            String message = error.path("message").asText();
            if (refusal(message)) {
                throw PartnerException.noAccess(answer.partner(), answer.status());
            }
            errors.put(error.path("path").path(0).asText(), message.contains("does not exist") ? ABSENT : UNREADABLE);
        }
        List<Due> read = new ArrayList<>(due.size());
        for (int i = 0; i < due.size(); i++) {
            JsonNode claim = data.path("c" + i);
            if (claim.isObject()) {
                drift(claim);
            }
            Due work = told(due.get(i), data, i);
            read.add(
                    // a claim that came in part is not taken for whole
                    claim.isObject() && !errors.containsKey("c" + i)
                            ? work.withClaim(claim, null)
                            : work.withClaim(
                                    JsonNodeFactory.instance.nullNode(), errors.getOrDefault("c" + i, ABSENT)));
        }
        return read;
    }
}
