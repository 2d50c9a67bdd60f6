package io.claimloop.openimis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Eligibility;
import io.claimloop.ledger.Step;
import io.claimloop.partner.PartnerAnswer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads, in one GraphQL request for a whole batch, the policies of the insurees (recording 985) and the enrolment officers
 * of their villages (983). Who is in the batch more than once is asked about once. What openIMIS does not show stays
 * unknown, and the claims are checked without it. FHIR's Coverage and CoverageEligibilityRequest do not work (814-816,
 * 850-852).
 */
@Component("eligibilityReader")
public class EligibilityReader {
    private static final Logger log = LoggerFactory.getLogger(EligibilityReader.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A policy that ran out since the visit has status 8; suspended, idle and ready ones do not cover. */
    private static final Set<Integer> COVERING = Set.of(2, 8);

    /** All policies: for "active or last expired" openIMIS leaves out an older one of the same product (read in code). */
    private static final String POLICIES = ": policiesByInsuree(chfId: $%s, activeOrLastExpiredOnly: false)"
            + " { edges { node { policyUuid productCode effectiveDate expiryDate status } } }";

    /** One village at a time: asked for several, openIMIS gives any officer with enough villages (read in code). */
    private static final String OFFICERS =
            ": substitutionEnrolmentOfficers(villagesUuids: $%s) { edges { node { id code } } }";

    private final AtomicBoolean saidPolicies = new AtomicBoolean();
    private final AtomicBoolean saidOfficers = new AtomicBoolean();

    /** What a batch asks about, each once; its place in the list is its alias. */
    private record Asked(List<String> insurees, List<String> villages) {
        static Asked of(List<Due> batch) {
            Set<String> insurees = new LinkedHashSet<>();
            Set<String> villages = new LinkedHashSet<>();
            for (Due due : batch) {
                if (due.claimError() == null) {
                    insuranceNumber(due.claim()).ifPresent(insurees::add);
                    text(village(due.claim()), "uuid").ifPresent(villages::add);
                }
            }
            return new Asked(List.copyOf(insurees), List.copyOf(villages));
        }
    }

    /** Only the check wants to know, and only where a claim was read. */
    public boolean asks(List<Due> batch) {
        return !batch.isEmpty()
                && batch.get(0).step() == Step.CHECK
                && batch.stream().anyMatch(due -> due.claimError() == null);
    }

    /** Numbers and uuids go in as GraphQL variables, never as text of the query. */
    public String query(List<Due> batch) {
        Asked asked = Asked.of(batch);
        List<String> declared = new ArrayList<>();
        StringBuilder fields = new StringBuilder("__typename");
        ObjectNode variables = JSON.createObjectNode();
        for (int i = 0; i < asked.insurees().size(); i++) {
            declared.add("$i" + i + ": String!");
            fields.append(" i").append(i).append(POLICIES.formatted("i" + i));
            variables.put("i" + i, asked.insurees().get(i));
        }
        for (int i = 0; i < asked.villages().size(); i++) {
            declared.add("$v" + i + ": [String!]");
            fields.append(" v").append(i).append(OFFICERS.formatted("v" + i));
            variables.putArray("v" + i).add(asked.villages().get(i));
        }
        String head = declared.isEmpty() ? "query" : "query(" + String.join(", ", declared) + ")";
        ObjectNode request = JSON.createObjectNode().put("query", head + " { " + fields + " }");
        request.set("variables", variables);
        return request.toString();
    }

    /** Whether this is an answer at all, be it a refusal; a server's error may come of one insuree in it. */
    public boolean whole(PartnerAnswer answer) {
        return answer.status() < 500 && answer.jsonOrNull() != null;
    }

    /** Gives each work what is known; what is missing in the answer stays unknown. */
    public List<Due> attach(List<Due> batch, PartnerAnswer answer) {
        return known(batch, answer.json());
    }

    /** openIMIS fails on the question: the claims are checked without. */
    public List<Due> unknown(List<Due> batch) {
        return known(batch, JSON.createObjectNode());
    }

    private List<Due> known(List<Due> batch, JsonNode body) {
        Asked asked = Asked.of(batch);
        JsonNode data = body.path("data");
        // what came in part is not taken for whole
        Set<String> broken = new HashSet<>();
        body.path("errors")
                .forEach(error -> broken.add(error.path("path").path(0).asText()));
        List<Due> known = batch.stream()
                .map(due -> due.claimError() != null ? due : due.withEligibility(known(due, asked, data, broken)))
                .toList();
        say(known, Eligibility.POLICIES, asked.insurees(), saidPolicies, "policies: coverage on the service dates");
        say(
                known,
                Eligibility.OFFICERS,
                asked.villages(),
                saidOfficers,
                "enrolment officers (121501): a village's officer");
        return known;
    }

    private static Eligibility known(Due due, Asked asked, JsonNode data, Set<String> broken) {
        Claim claim = Claim.of(due.claim());
        JsonNode village = village(due.claim());
        List<String> unread = new ArrayList<>();
        Boolean covered = null;
        JsonNode policy = null;
        String insuree = insuranceNumber(due.claim()).orElse(null);
        if (insuree != null) {
            String alias = "i" + asked.insurees().indexOf(insuree);
            if (!readable(data, alias, broken)) {
                unread.add(Eligibility.POLICIES);
            } else if (claim.dateFrom() != null) {
                policy = nodes(data.path(alias)).stream()
                        .filter(node -> covers(node, claim))
                        .max(Comparator.comparing(
                                node -> node.path("effectiveDate").asText()))
                        .orElse(null);
                covered = policy != null;
            }
        }
        JsonNode officer = null;
        Optional<String> villageUuid = text(village, "uuid");
        if (villageUuid.isPresent()) {
            String alias = "v" + asked.villages().indexOf(villageUuid.get());
            if (!readable(data, alias, broken)) {
                unread.add(Eligibility.OFFICERS);
            } else {
                officer = nodes(data.path(alias)).stream()
                        .min(Comparator.comparing(node -> node.path("code").asText()))
                        .orElse(null);
            }
        }
        return new Eligibility(
                covered,
                policy == null ? null : text(policy, "policyUuid").orElse(null),
                policy == null ? null : text(policy, "productCode").orElse(null),
                text(village, "code").orElse(null),
                claim.facility() == null ? null : claim.facility().code(),
                officer == null ? null : text(officer, "code").orElse(null),
                officer == null ? null : number(officer.path("id").asText()),
                unread);
    }

    private static boolean readable(JsonNode data, String alias, Set<String> broken) {
        return data.path(alias).path("edges").isArray() && !broken.contains(alias);
    }

    /** As openIMIS decides: in force on the first day, not over on the last (read in code). */
    private static boolean covers(JsonNode policy, Claim claim) {
        LocalDate from = Claim.date(policy, "effectiveDate");
        LocalDate to = Claim.date(policy, "expiryDate");
        return COVERING.contains(policy.path("status").asInt())
                && from != null
                && to != null
                && !from.isAfter(claim.dateFrom())
                && !to.isBefore(claim.dateTo());
    }

    private static List<JsonNode> nodes(JsonNode connection) {
        return StreamSupport.stream(connection.path("edges").spliterator(), false)
                .map(edge -> edge.path("node"))
                .filter(JsonNode::isObject)
                .toList();
    }

    /** Where the insuree lives now, or else the family. */
    private static JsonNode village(JsonNode claim) {
        JsonNode current = claim.path("insuree").path("currentVillage");
        return current.hasNonNull("uuid")
                ? current
                : claim.path("insuree").path("family").path("location");
    }

    private static Optional<String> insuranceNumber(JsonNode claim) {
        return text(claim.path("insuree"), "chfId");
    }

    private static Optional<String> text(JsonNode node, String field) {
        return node.hasNonNull(field) && !node.get(field).asText().isBlank()
                ? Optional.of(node.get(field).asText())
                : Optional.empty();
    }

    /** Relay's id is base64 of "OfficerGQLType:1" (recording 983). */
    private static Integer number(String relayId) {
        try {
            String plain = new String(Base64.getDecoder().decode(relayId), java.nio.charset.StandardCharsets.UTF_8);
            return Integer.valueOf(plain.substring(plain.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Once, and only when nothing of the kind could be read: one insuree that openIMIS fails on is no missing right. */
    private static void say(List<Due> known, String kind, List<String> asked, AtomicBoolean said, String what) {
        boolean none = !asked.isEmpty()
                && known.stream()
                        .map(Due::eligibility)
                        .filter(java.util.Objects::nonNull)
                        .allMatch(eligibility -> eligibility.unread().contains(kind));
        if (none && said.compareAndSet(false, true)) {
            log.warn(
                    "openIMIS does not show ClaimLoop's account {} stays unknown. Claims are checked all the same;"
                            + " give the account the right, or see openIMIS's log. This is said once.",
                    what);
        }
    }
}
