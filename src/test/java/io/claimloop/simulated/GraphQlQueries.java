package io.claimloop.simulated;

import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The queries. {@code claim} still answers for deleted claims, {@code claims} does not (recordings 978, 979). */
final class GraphQlQueries {
    private final OpenImisData data;

    GraphQlQueries(OpenImisData data) {
        this.data = data;
    }

    Map<String, DataFetcher<?>> fetchers() {
        return Map.ofEntries(
                Map.entry("claim", this::claim),
                Map.entry("claims", this::claims),
                Map.entry("claimAttachments", this::attachments),
                Map.entry("insurees", this::insurees),
                Map.entry("policiesByInsuree", this::policiesByInsuree),
                Map.entry("policiesByFamily", this::policiesByFamily),
                Map.entry("substitutionEnrolmentOfficers", this::officersOfVillages),
                Map.entry("enrolmentOfficers", this::officers),
                Map.entry("locations", this::locations),
                Map.entry("batchRuns", this::batchRuns));
    }

    private Object claim(DataFetchingEnvironment env) {
        synchronized (data) {
            var claim = data.claim(String.valueOf(env.<Object>getArgument("uuid")));
            if (claim == null) throw new GraphQlApi.Told("Claim matching query does not exist.");
            return readable(view(claim));
        }
    }

    /** Null where {@code claim} would be an error. */
    Map<String, Object> claimOrNull(String uuid) {
        synchronized (data) {
            var claim = data.claim(uuid);
            return claim == null || claim.poisoned ? null : view(claim);
        }
    }

    /** With the numbers that createClaim takes (recording 921). */
    private Map<String, Object> view(Claim claim) {
        var node = GraphQlViews.claim(claim);
        put(node, "insuree", GraphQlViews.relayId("InsureeGQLType", data.number(claim.insuree)));
        put(node, "healthFacility", GraphQlViews.relayId("HealthFacilityGQLType", data.number(claim.facility)));
        return node;
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> node, String member, String id) {
        ((Map<String, Object>) node.get(member)).put("id", id);
    }

    /** The row of a page, which may be one that openIMIS cannot show: the others are answered (finding 30). */
    static Object row(DataFetchingEnvironment env) {
        Map<String, Object> edge = env.getSource();
        @SuppressWarnings("unchecked")
        var claim = (Map<String, Object>) edge.get("node");
        return readable(claim);
    }

    private static Object readable(Map<String, Object> claim) {
        if (Boolean.TRUE.equals(claim.get(GraphQlViews.POISONED))) {
            throw new GraphQlApi.Told("Cannot return null for non-nullable field InsureeGQLType.family.");
        }
        return claim;
    }

    private Object attachments(DataFetchingEnvironment env) {
        String uuid = env.getArgument("claim_Uuid");
        var rows = data.liveClaims().stream()
                .filter(claim -> uuid == null || claim.uuid.equals(uuid))
                .flatMap(claim -> claim.attachments.stream())
                .toList();
        return Connections.page("claimAttachments", rows, env.getArguments(), GraphQlViews::attachment);
    }

    /** Names, arguments and the Relay id are read in the source of the location module, not recorded. */
    private Object locations(DataFetchingEnvironment env) {
        String uuid = env.getArgument("uuid");
        String code = env.getArgument("code");
        String type = env.getArgument("type");
        String parent = env.getArgument("parent_Uuid");
        var rows = filtered(
                data.locations(),
                location -> (uuid == null || uuid.equals(location.uuid()))
                        && (code == null || code.equals(location.code()))
                        && (type == null || type.equals(location.type()))
                        && (parent == null
                                || (location.parent() != null
                                        && parent.equals(location.parent().uuid()))));
        return Connections.page("locations", rows, env.getArguments(), GraphQlViews::location);
    }

    private Object claims(DataFetchingEnvironment env) {
        var arguments = env.getArguments();
        synchronized (data) {
            var rows = data.liveClaims().stream()
                    .filter(claim -> wanted(claim, arguments))
                    .sorted(order(env.getArgument("orderBy")))
                    .toList();
            return Connections.page("claims", rows, arguments, this::view);
        }
    }

    private static boolean wanted(Claim claim, Map<String, Object> arguments) {
        return arguments.entrySet().stream()
                .filter(argument -> argument.getValue() != null)
                .allMatch(argument -> matches(claim, argument.getKey(), argument.getValue()));
    }

    private static boolean matches(Claim claim, String filter, Object value) {
        if (filter.startsWith("date")) return date(claim, filter, LocalDate.parse(value.toString()));
        if (filter.startsWith("claimed")) return ordered(filter, claim.claimed.compareTo((BigDecimal) value));
        var text = value.toString();
        return switch (filter) {
            case "uuid" -> claim.uuid.equals(text);
            case "code" -> claim.code.equals(text);
            case "code_Iexact" -> claim.code.equalsIgnoreCase(text);
            case "code_Istartswith" -> claim.code.toLowerCase().startsWith(text.toLowerCase());
            case "code_Icontains" -> claim.code.toLowerCase().contains(text.toLowerCase());
            case "codeIsNot" -> !claim.code.equals(text);
            case "status" -> claim.status == (Integer) value;
            case "status_Gt" -> claim.status > (Integer) value;
            case "feedbackStatus" -> claim.feedbackStatus == (Integer) value;
            case "reviewStatus" -> claim.reviewStatus == (Integer) value;
            case "visitType" -> text.equals(claim.visitType);
            case "insuree_Uuid" -> claim.insuree.uuid().equals(text);
            case "insuree_ChfId" -> claim.insuree.chfId().equals(text);
            case "healthFacility_Uuid" -> claim.facility.uuid().equals(text);
            case "healthFacility_Code" -> claim.facility.code().equals(text);
            default -> true;
        };
    }

    private static boolean date(Claim claim, String filter, LocalDate limit) {
        var day =
                switch (filter.replaceFirst("_.*", "")) {
                    case "dateFrom" -> claim.dateFrom;
                    case "dateTo" -> claim.dateTo;
                    case "dateProcessed" -> claim.dateProcessed;
                    default -> claim.dateClaimed;
                };
        if (day == null) return false;
        return ordered(filter, day.compareTo(limit));
    }

    private static boolean ordered(String filter, int order) {
        return switch (filter.replaceFirst("^[^_]*_?", "")) {
            case "Lt" -> order < 0;
            case "Lte" -> order <= 0;
            case "Gt" -> order > 0;
            case "Gte" -> order >= 0;
            default -> order == 0;
        };
    }

    private static Comparator<Claim> order(List<String> orderBy) {
        Comparator<Claim> order = (one, other) -> 0;
        if (orderBy == null) return order;
        for (var field : orderBy) {
            boolean down = field.startsWith("-");
            Comparator<Claim> next =
                    switch (field.replaceFirst("^-", "").replace("_", "").toLowerCase()) {
                        case "code" -> Comparator.comparing(claim -> claim.code);
                        case "dateclaimed" -> Comparator.comparing(claim -> claim.dateClaimed);
                        case "datefrom" -> Comparator.comparing(claim -> claim.dateFrom);
                        case "validityfrom" -> Comparator.comparing(claim -> claim.validityFrom);
                        default -> Comparator.comparingInt(claim -> claim.id);
                    };
            order = order.thenComparing(down ? next.reversed() : next);
        }
        return order;
    }

    private Object insurees(DataFetchingEnvironment env) {
        String uuid = env.getArgument("uuid");
        String chfId = env.getArgument("chfId");
        var rows = filtered(
                data.insurees(),
                insuree -> (uuid == null || uuid.equals(insuree.uuid()))
                        && (chfId == null || chfId.equals(insuree.chfId())));
        return Connections.page("insurees", rows, env.getArguments(), GraphQlViews::insuree);
    }

    private Object policiesByInsuree(DataFetchingEnvironment env) {
        String chfId = env.getArgument("chfId");
        return policies(env, "policiesByInsuree", data.insured(chfId));
    }

    private Object policiesByFamily(DataFetchingEnvironment env) {
        String family = env.getArgument("familyUuid");
        return policies(env, "policiesByFamily", filtered(data.insurees(), insuree -> insuree.familyUuid()
                .equals(family)));
    }

    private static Object policies(DataFetchingEnvironment env, String name, List<Insuree> insurees) {
        var rows = insurees.stream()
                .map(Insuree::policy)
                .filter(policy -> policy != null)
                .distinct()
                .toList();
        return Connections.page(name, rows, env.getArguments(), GraphQlViews::policy);
    }

    private Object officersOfVillages(DataFetchingEnvironment env) {
        List<String> villages = env.getArgument("villagesUuids");
        var rows = filtered(
                data.officers(),
                officer -> villages == null
                        || officer.villages().stream().map(Location::uuid).anyMatch(villages::contains));
        return Connections.page("substitutionEnrolmentOfficers", rows, env.getArguments(), GraphQlViews::officer);
    }

    private Object officers(DataFetchingEnvironment env) {
        String code = env.getArgument("code");
        var rows = filtered(
                data.officers(), officer -> code == null || officer.code().equals(code));
        return Connections.page("enrolmentOfficers", rows, env.getArguments(), GraphQlViews::officer);
    }

    private Object batchRuns(DataFetchingEnvironment env) {
        List<String> orderBy = env.getArgument("orderBy");
        String location = env.getArgument("location_Uuid");
        Boolean national = env.getArgument("location_Isnull");
        boolean newestFirst = orderBy != null && orderBy.contains("-runDate");
        var order = Comparator.comparing(BatchRun::date);
        var rows = data.batchRuns().stream()
                .filter(run -> national == null || national == (run.location() == null))
                .filter(run -> location == null
                        || (run.location() != null && run.location().uuid().equals(location)))
                .sorted(newestFirst ? order.reversed() : order)
                .toList();
        return Connections.page("batchRuns", rows, env.getArguments(), GraphQlViews::batchRun);
    }

    private static <T> List<T> filtered(List<T> rows, Predicate<T> wanted) {
        return rows.stream().filter(wanted).toList();
    }
}
