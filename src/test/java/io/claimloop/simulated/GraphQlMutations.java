package io.claimloop.simulated;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import io.claimloop.simulated.OpenImisEffect.Kind;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The mutations. They always answer ids; what became of them is in the log, and the log lies: errors for what was done,
 * success for what was not (recordings 931-982, findings 6-8).
 */
final class GraphQlMutations {
    private static final String PERMISSION =
            "The mutation threw a <class" + " 'django.core.exceptions.PermissionDenied'>, check logs for details";
    private static final String NO_ID = "\"claim.validation.id_does_not_exist\"";
    private static final Duration REFRESH_LIFE = Duration.ofDays(30);

    private final OpenImisData data;
    private final Accounts accounts;
    private final Tasks tasks = new Tasks();
    // Newest last; guarded by itself.
    private final List<Entry> log = new ArrayList<>();
    private final Map<String, List<Entry>> logByClientId = new HashMap<>();

    private static final class Entry {
        final String internalId;
        final String clientId;
        final String label;
        final Accounts.Account owner;
        final String at;
        // 0 received, 1 error, 2 success
        volatile int status;
        volatile Outcome outcome = Outcome.FINE;

        Entry(String internalId, String clientId, String label, Accounts.Account owner, String at) {
            this.internalId = internalId;
            this.clientId = clientId;
            this.label = label;
            this.owner = owner;
            this.at = at;
        }

        void end(Outcome ended) {
            outcome = ended;
            status = ended.error == null ? 2 : 1;
        }
    }

    /** Null is success. {@code ext} is the log's jsonExt. */
    private record Outcome(String error, String ext) {
        static final Outcome FINE = new Outcome(null, null);

        static Outcome wrong(String error) {
            return new Outcome(error, null);
        }
    }

    GraphQlMutations(OpenImisData data, Accounts accounts) {
        this.data = data;
        this.accounts = accounts;
    }

    Map<String, DataFetcher<?>> fetchers() {
        var fetchers = new LinkedHashMap<String, DataFetcher<?>>();
        fetchers.put("selectClaimsForFeedback", env -> mutate(env, in -> marked(in, this::select)));
        fetchers.put("skipClaimsFeedback", env -> mutate(env, in -> marked(in, change(data::skipFeedback))));
        fetchers.put("bypassClaimsFeedback", env -> mutate(env, in -> marked(in, change(data::bypassFeedback))));
        fetchers.put("selectClaimsForReview", env -> mutate(env, in -> marked(in, review(4, Kind.REVIEW_SELECTED))));
        fetchers.put("skipClaimsReview", env -> mutate(env, in -> marked(in, review(2, Kind.REVIEW_SKIPPED))));
        fetchers.put("bypassClaimsReview", env -> mutate(env, in -> marked(in, review(16, Kind.REVIEW_BYPASSED))));
        fetchers.put("deliverClaimFeedback", env -> mutate(env, this::deliverFeedback));
        fetchers.put("createClaim", env -> mutate(env, this::createClaim));
        fetchers.put("submitClaims", env -> mutate(env, this::submit));
        fetchers.put("processClaims", env -> mutate(env, this::process));
        fetchers.put("deleteClaims", env -> mutate(env, this::delete));
        fetchers.put("saveClaimReview", env -> mutate(env, this::saveReview));
        fetchers.put("deliverClaimsReview", env -> mutate(env, this::deliverReview));
        fetchers.put("processBatch", env -> mutate(env, this::processBatch));
        fetchers.put("createClaimAttachment", env -> mutate(env, this::attach));
        return fetchers;
    }

    /** Mutations run by Celery in a release that is set so; here, some time after the answer, or by hand. */
    Tasks tasks() {
        return tasks;
    }

    Object tokenAuth(DataFetchingEnvironment env) {
        var token = accounts.login(env.getArgument("username"), env.getArgument("password"));
        if (token == null) throw new GraphQlApi.Told("Please enter valid credentials", true);
        long refresh = Instant.now().plus(REFRESH_LIFE).getEpochSecond();
        return Map.of("token", token.value(), "refreshExpiresIn", (int) refresh);
    }

    /** Only one's own entries; nobody's without login (recording 946). */
    Object logs(DataFetchingEnvironment env) {
        var caller = GraphQlApi.visit(env).caller;
        if (!caller.known()) {
            return Connections.page("mutationLogs", List.<Entry>of(), env.getArguments(), GraphQlMutations::view);
        }
        String wanted = env.getArgument("clientMutationId");
        Integer status = env.getArgument("status");
        List<String> orderBy = env.getArgument("orderBy");
        List<Entry> rows;
        synchronized (log) {
            rows = (wanted == null ? log : logByClientId.getOrDefault(wanted, List.of()))
                    .stream()
                            .filter(entry -> entry.owner == caller.account())
                            .filter(entry -> status == null || status == entry.status)
                            .sorted(
                                    orderBy != null && orderBy.stream().anyMatch(field -> field.startsWith("-"))
                                            ? Comparator.comparing((Entry entry) -> entry.at)
                                                    .reversed()
                                            : (one, other) -> 0)
                            .toList();
        }
        return Connections.page("mutationLogs", rows, env.getArguments(), GraphQlMutations::view);
    }

    private static Map<String, Object> view(Entry entry) {
        var node = new LinkedHashMap<String, Object>();
        node.put("id", GraphQlViews.relayId("MutationLogGQLType", entry.internalId));
        node.put("status", entry.status);
        node.put("error", entry.outcome.error);
        node.put("clientMutationId", entry.clientId);
        node.put("clientMutationLabel", entry.label);
        node.put("requestDateTime", entry.at);
        node.put("jsonExt", entry.outcome.ext);
        return node;
    }

    /**
     * Without login: ids as if accepted, nothing done, nothing logged (recordings 945, 946). Without the right the same,
     * and one's own log alone tells (944).
     */
    private Object mutate(DataFetchingEnvironment env, Function<Map<String, Object>, Outcome> action) {
        Map<String, Object> input = env.getArgument("input");
        var clientId = (String) input.get("clientMutationId");
        var internalId = UUID.randomUUID().toString();
        var visit = GraphQlApi.visit(env);
        if (visit.caller.known()) {
            var account = visit.caller.account();
            var label = (String) input.get("clientMutationLabel");
            var entry = new Entry(internalId, clientId, label, account, GraphQlViews.stamp(data.now()));
            synchronized (log) {
                log.add(entry);
                if (clientId != null) {
                    logByClientId
                            .computeIfAbsent(clientId, unused -> new ArrayList<>())
                            .add(entry);
                }
            }
            visit.changedSomething = true;
            int[] rights = Rights.ofGraphQl(env.getField().getName());
            tasks.run(() -> entry.end(account.may(rights) ? carriedOut(input, action) : Outcome.wrong(PERMISSION)));
        }
        var ids = new LinkedHashMap<String, Object>();
        ids.put("clientMutationId", clientId);
        ids.put("internalId", internalId);
        return ids;
    }

    private Outcome carriedOut(Map<String, Object> input, Function<Map<String, Object>, Outcome> action) {
        synchronized (data) {
            return action.apply(input);
        }
    }

    /** The check for what is missing sits inside the loop over what was found (recordings 932, 951). */
    private Outcome marked(Map<String, Object> input, Function<Claim, List<String>> change) {
        var remaining = new ArrayList<>(uuids(input));
        var errors = new ArrayList<String>();
        for (var claim : found(input)) {
            remaining.remove(claim.uuid);
            errors.addAll(change.apply(claim));
            if (!remaining.isEmpty()) errors.add(NO_ID);
        }
        return errors.isEmpty() ? Outcome.FINE : Outcome.wrong("[" + String.join(", ", errors) + "]");
    }

    private static Function<Claim, List<String>> change(Consumer<Claim> change) {
        return claim -> {
            change.accept(claim);
            return List.of();
        };
    }

    private Function<Claim, List<String>> review(int status, Kind kind) {
        return change(claim -> data.review(claim, status, kind));
    }

    /** Needs an officer with a phone in the insuree's village (recording 953). */
    private List<String> select(Claim claim) {
        var village = claim.insuree.village();
        var there = data.officers().stream()
                .filter(officer -> officer.villages().contains(village))
                .toList();
        if (there.stream()
                .anyMatch(officer -> officer.phone() != null && !officer.phone().isEmpty())) {
            data.selectForFeedback(claim);
            return List.of();
        }
        var errors = new ArrayList<String>();
        errors.add(message("claim.mutation.failed_to_change_status_of_claim"));
        errors.add(message("No officer with a phone number found for the insuree village code,             "
                + (village == null ? "None" : village.code())));
        there.forEach(officer -> errors.add(message(" officer " + officer.code() + "has not phone setup")));
        return errors;
    }

    private static String message(String text) {
        return "{\"message\": " + quoted(text) + "}";
    }

    /** Stored, and still an error, when two prompts are open (recordings 948, 949); overwrites what was there (937). */
    private Outcome deliverFeedback(Map<String, Object> input) {
        var claim = data.liveClaim((String) input.get("claimUuid"));
        if (claim == null) return failed("Failed to update claim None", "Claim matching query does not exist.");
        @SuppressWarnings("unchecked")
        var answers = (Map<String, Object>) input.getOrDefault("feedback", Map.of());
        data.store(
                claim,
                (Boolean) answers.get("careRendered"),
                (Boolean) answers.get("paymentAsked"),
                (Boolean) answers.get("drugPrescribed"),
                (Boolean) answers.get("drugReceived"),
                (Integer) answers.get("asessment"),
                (Integer) answers.get("officerId"),
                (LocalDateTime) answers.get("feedbackDate"),
                Kind.FEEDBACK_DELIVERED);
        if (claim.openPrompts > 1) {
            return failed(
                    "Failed to update claim " + claim.code,
                    "get() returned more than one FeedbackPrompt -- it returned " + claim.openPrompts + "!");
        }
        claim.openPrompts = 0;
        return Outcome.FINE;
    }

    private Outcome createClaim(Map<String, Object> input) {
        var code = (String) input.get("code");
        var insurees = data.insurees();
        int insuree = (Integer) input.get("insureeId");
        var facilities = data.facilities();
        int facility = (Integer) input.get("healthFacilityId");
        if (data.liveClaimByCode(code) != null) {
            return failed("Failed create claim " + code, "['mutation.code_name_duplicated']");
        }
        if (insuree < 1 || insuree > insurees.size() || facility < 1 || facility > facilities.size()) {
            return failed("Failed create claim " + code, "Insuree matching query does not exist.");
        }
        var lines = new ArrayList<ClaimLine>();
        for (var service : List.of(false, true)) {
            for (var line : inputs(input.get(service ? "services" : "items"))) {
                var article = data.article((int) line.get(service ? "serviceId" : "itemId"), service);
                if (article == null)
                    return failed("Failed create claim " + code, "Item matching query does not exist.");
                lines.add(
                        new ClaimLine(data.nextId(), article, amount(line, "qtyProvided"), amount(line, "priceAsked")));
            }
        }
        var from = LocalDate.parse(input.get("dateFrom").toString());
        var to = input.get("dateTo") == null
                ? from
                : LocalDate.parse(input.get("dateTo").toString());
        var claim = new Claim(
                data.nextId(),
                UUID.randomUUID().toString(),
                code,
                insurees.get(insuree - 1),
                facilities.get(facility - 1),
                from,
                to,
                LocalDate.parse(input.get("dateClaimed").toString()),
                lines,
                data.now());
        if (input.get("visitType") != null) claim.visitType = (String) input.get("visitType");
        claim.guarantee = (String) input.get("guaranteeId");
        data.enter(claim);
        return Outcome.FINE;
    }

    private Outcome submit(Map<String, Object> input) {
        var errors = new ArrayList<String>();
        int checked = 0, itemsPassed = 0, itemsRejected = 0, servicesPassed = 0, servicesRejected = 0;
        var entered = found(input).stream()
                .filter(claim -> claim.status == Claim.ENTERED)
                .toList();
        for (var claim : entered) {
            data.submit(claim);
            if (claim.status == Claim.CHECKED) checked++;
            else errors.add(allRejected(claim));
            for (var line : claim.lines) {
                if (line.article.service()) {
                    if (line.status == 1) servicesPassed++;
                    else servicesRejected++;
                } else if (line.status == 1) itemsPassed++;
                else itemsRejected++;
            }
        }
        var stats = ("{\"claim_stats\": {\"header\": \"Claims submitted\", \"checked\": %d, \"rejected\": %d,"
                        + " \"submitted\": %d, \"items_passed\": %d, \"items_rejected\": %d, \"services_passed\": %d,"
                        + " \"services_rejected\": %d}}")
                .formatted(
                        checked,
                        entered.size() - checked,
                        entered.size(),
                        itemsPassed,
                        itemsRejected,
                        servicesPassed,
                        servicesRejected);
        return new Outcome(errors.isEmpty() ? null : "[" + String.join(", ", errors) + "]", stats);
    }

    /** Looks at neither feedback nor review (recording 964); what is not checked is passed over. */
    private Outcome process(Map<String, Object> input) {
        var checked = found(input).stream()
                .filter(claim -> claim.status == Claim.CHECKED)
                .toList();
        checked.forEach(data::process);
        int valuated = (int)
                checked.stream().filter(claim -> claim.status == Claim.VALUATED).count();
        return new Outcome(
                null,
                ("{\"claim_stats\": {\"header\": \"Submitted to process\", \"rejected\": 0, \"valuated\": %d,"
                                + " \"processed\": %d, \"submitted\": %d}}")
                        .formatted(valuated, checked.size() - valuated, checked.size()));
    }

    /** Only the kind "default" exists (recordings 955, 959). */
    private Outcome attach(Map<String, Object> input) {
        var claim = data.liveClaim((String) input.get("claimUuid"));
        if (claim == null) return failed("Failed to attach document to claim None", "unauthorized");
        if (!Attachment.KNOWN_TYPE.equals(input.get("predefinedType"))) {
            return failed(
                    "Failed to attach document to claim " + claim.code,
                    "ClaimAttachmentType matching query does not exist.");
        }
        data.attach(
                claim,
                new Attachment(
                        UUID.randomUUID().toString(),
                        (String) input.get("type"),
                        (String) input.get("title"),
                        (String) input.get("date"),
                        (String) input.get("filename"),
                        (String) input.get("mime"),
                        (String) input.get("generalType"),
                        (String) input.get("url"),
                        (String) input.get("document")));
        return Outcome.FINE;
    }

    /** Deleted twice is success, unknown is the useless ["title", "list"] (recordings 973, 981, 982). */
    private Outcome delete(Map<String, Object> input) {
        boolean unknown = false;
        for (var uuid : uuids(input)) {
            var claim = data.claim(uuid);
            if (claim == null) unknown = true;
            else data.delete(claim);
        }
        return unknown ? Outcome.wrong("[\"title\", \"list\"]") : Outcome.FINE;
    }

    private Outcome saveReview(Map<String, Object> input) {
        var claim = data.liveClaim((String) input.get("claimUuid"));
        if (claim == null) return failed("Failed to update claim None", "Claim matching query does not exist.");
        claim.adjustment = (String) input.get("adjustment");
        for (var service : List.of(false, true)) {
            for (var change : inputs(input.get(service ? "services" : "items"))) review(claim, service, change);
        }
        claim.approved = claim.passedAmount();
        if (claim.lines.stream().noneMatch(line -> line.status == 1)) data.reject(claim);
        return Outcome.FINE;
    }

    private static void review(Claim claim, boolean service, Map<String, Object> change) {
        for (var line : claim.lines) {
            if (line.article.service() != service || !Integer.valueOf(line.id).equals(change.get("id"))) continue;
            if (change.get("status") != null) line.status = (Integer) change.get("status");
            if (change.get("rejectionReason") != null) line.rejectionReason = (Integer) change.get("rejectionReason");
            if (change.get("qtyApproved") != null) line.quantityApproved = (BigDecimal) change.get("qtyApproved");
            line.justification = (String) change.get("justification");
        }
    }

    /** Checks again, so a claim whose lines are all rejected is an error in the log (recording 962). */
    private Outcome deliverReview(Map<String, Object> input) {
        var errors = new ArrayList<String>();
        for (var claim : found(input)) {
            data.review(claim, Claim.DELIVERED, Kind.REVIEW_DELIVERED);
            if (claim.lines.stream().noneMatch(line -> line.status == 1)) errors.add(allRejected(claim));
        }
        return errors.isEmpty() ? Outcome.FINE : Outcome.wrong("[" + String.join(", ", errors) + "]");
    }

    /** locationId 1 is Region 1, none is national; a future month is taken (recordings 967-971). */
    private Outcome processBatch(Map<String, Object> input) {
        var id = (Integer) input.get("locationId");
        var locations = data.locations();
        var location = id == null || id < 1 || id > locations.size() ? null : locations.get(id - 1);
        var run = data.runBatch(location, (Integer) input.get("year"), (Integer) input.get("month"));
        return run != null ? Outcome.FINE : Outcome.wrong("[\"ProcessBatchSubmitError 2: Already run before\"]");
    }

    private static String allRejected(Claim claim) {
        return "{\"code\": 1, \"message\": %s, \"detail\": %s}"
                .formatted(quoted(claim.code + ": All claim items/services are rejected"), quoted(claim.uuid));
    }

    private static Outcome failed(String message, String detail) {
        return Outcome.wrong("[{\"message\": %s, \"detail\": %s}]".formatted(quoted(message), quoted(detail)));
    }

    private static String quoted(String text) {
        return JsonNodeFactory.instance.textNode(text).toString();
    }

    private static BigDecimal amount(Map<String, Object> line, String field) {
        return line.get(field) == null ? BigDecimal.ZERO : (BigDecimal) line.get(field);
    }

    private List<Claim> found(Map<String, Object> input) {
        return uuids(input).stream()
                .map(data::liveClaim)
                .filter(claim -> claim != null)
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static List<String> uuids(Map<String, Object> input) {
        var uuids = (List<String>) input.get("uuids");
        return uuids == null ? List.of() : uuids.stream().distinct().toList();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> inputs(Object list) {
        return list == null ? List.of() : (List<Map<String, Object>>) list;
    }
}
