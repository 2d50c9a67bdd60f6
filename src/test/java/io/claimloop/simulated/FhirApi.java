package io.claimloop.simulated;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Everything under /api/api_fhir_r4/, as openIMIS 24.04 answered it in the recordings of groups A and D to H. */
final class FhirApi {
    static final String ROOT = "/api/api_fhir_r4/";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final FhirViews BY_UUID = new FhirViews(false);
    private static final FhirViews BY_CODE = new FhirViews(true);
    private static final String NO_RIGHT = "You do not have permission to perform this action.";
    private static final String FEEDBACK_COLUMNS = "asessment, audit_user_id, care_rendered, claim, claim_id,"
            + " drug_prescribed, drug_received, feedback_date, id, legacy_id, officer_id, payment_asked, uuid,"
            + " validity_from, validity_to";

    /** The methods that openIMIS says it allows: of the list and of one (the allow header of every answer). */
    private record Allowed(String list, String one) {}

    private static final Map<String, Allowed> RESOURCES = Map.of(
            "login", new Allowed("POST, OPTIONS", null),
            "Claim", new Allowed("GET, POST, HEAD, OPTIONS", "GET, HEAD, OPTIONS"),
            "ClaimResponse", new Allowed("GET, HEAD, OPTIONS", "GET, PUT, PATCH, HEAD, OPTIONS"),
            "CommunicationRequest", new Allowed("GET, HEAD, OPTIONS", "GET, HEAD, OPTIONS"),
            "Communication", new Allowed("GET, POST, HEAD, OPTIONS", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
            "Patient", new Allowed("GET, POST, HEAD, OPTIONS", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
            "Location", new Allowed("GET, POST, HEAD, OPTIONS", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
            "Organization", new Allowed("GET, POST, HEAD, OPTIONS", "GET, PUT, PATCH, HEAD, OPTIONS"),
            "Subscription", new Allowed("GET, POST", "GET, PUT, DELETE"));

    private final OpenImisData data;
    private final Accounts accounts;
    private final FhirLists lists;
    private final ClaimIntake claims;
    private final CommunicationIntake communications;
    private final Faults faults;
    private final Subscriptions subscriptions;
    private final Consumer<Claim> afterClaim;

    FhirApi(
            OpenImisData data,
            Accounts accounts,
            FhirLists lists,
            Faults faults,
            Subscriptions subscriptions,
            Consumer<Claim> afterClaim) {
        this.data = data;
        this.accounts = accounts;
        this.lists = lists;
        this.faults = faults;
        this.subscriptions = subscriptions;
        this.afterClaim = afterClaim;
        this.claims = new ClaimIntake(data);
        this.communications = new CommunicationIntake(data);
    }

    Reply answer(Call call) {
        var parts = call.path().substring(ROOT.length()).split("/", -1);
        var resource = parts[0];
        var allowed = RESOURCES.get(resource);
        boolean slash = parts[parts.length - 1].isEmpty();
        int depth = slash ? parts.length - 1 : parts.length;
        if (allowed == null || depth > 2 || (depth == 2 && allowed.one == null)) {
            return Reply.page(404, "Not Found", "The requested resource was not found on this server.");
        }
        if (!slash) {
            return Reply.movedTo(call.path() + "/" + (call.query().isEmpty() ? "" : "?" + call.query()));
        }
        var id = depth == 2 ? parts[1] : null;
        var methods = id == null ? allowed.list : allowed.one;
        Reply reply;
        try {
            reply = resource.equals("login") ? login(call) : guarded(call, resource, id, methods);
        } catch (Refusal refusal) {
            reply = refusal.reply;
        }
        // An error page comes from outside the framework and knows of no methods (recording 215).
        return reply.isPage() ? reply : reply.allowing(methods);
    }

    private Reply login(Call call) {
        if (!call.method().equals("POST")) return notAllowed(call);
        var body = json(call.body());
        if (!body.hasNonNull("username") || !body.hasNonNull("password")) return Reply.empty(400);
        var token = accounts.login(
                body.path("username").asText(), body.path("password").asText());
        if (token == null) return Reply.empty(401);
        return Reply.json(
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("token", token.value())
                        .put("exp", token.exp()));
    }

    private Reply guarded(Call call, String resource, String id, String methods) {
        var caller = accounts.caller(call.authorization(), true);
        switch (caller.standing()) {
            case ANONYMOUS:
                return Reply.refused(401, "Authentication credentials were not provided.");
            case BAD_TOKEN:
                return Reply.refused(401, "INCORRECT_CREDENTIALS");
            case BAD_PASSWORD:
                return Reply.refused(401, "Invalid username/password.");
            default:
        }
        if (!caller.account().may(Rights.ofFhir(call.method(), resource))) return Reply.refused(403, NO_RIGHT);
        if (!List.of(methods.split(", ")).contains(call.method())) return notAllowed(call);
        if (call.method().equals("GET") || call.method().equals("HEAD")) {
            synchronized (data) {
                return id == null ? list(call, resource) : one(resource, id);
            }
        }
        return resource.equals("Subscription") ? subscribe(call, caller.account(), id) : write(call, resource, id);
    }

    private Reply subscribe(Call call, Accounts.Account caller, String id) {
        if (call.method().equals("DELETE")) return subscriptions.delete(caller, id);
        var body = json(call.body());
        return id == null ? subscriptions.create(caller, body) : subscriptions.change(caller, id, body);
    }

    private Reply write(Call call, String resource, String id) {
        var body = json(call.body());
        if (id == null && resource.equals("Claim")) {
            var claim = claims.take(body);
            // Outside the monitor: the receiver may well read the claim back before it answers.
            afterClaim.accept(claim);
            synchronized (data) {
                return Reply.json(201, BY_UUID.claimResponse(claim, data.today().toString()));
            }
        }
        if (id == null && resource.equals("Communication")) {
            var feedback = communications.take(body);
            var reply = Reply.json(201, BY_UUID.communication(feedback, data.claim(feedback.claimUuid())));
            return faults.dropsThisCommunication() ? reply.thenDropped() : reply;
        }
        if (resource.equals("Communication")) {
            return Reply.failed("Cannot resolve keyword 'identifier' into field. Choices are: " + FEEDBACK_COLUMNS);
        }
        return Reply.failed("Cannot resolve keyword 'identifier' into field.");
    }

    private Reply one(String resource, String id) {
        switch (resource) {
            case "Claim":
                var claim = data.liveClaim(id);
                if (claim != null) return Reply.json(200, claim(claim));
                return data.liveClaimByCode(id) != null ? claimByCode() : Reply.notFound(id);
            case "ClaimResponse":
                var response = data.liveClaim(id);
                var byCode = response == null ? data.liveClaimByCode(id) : null;
                if (response == null && byCode == null) return Reply.notFound(id);
                var today = data.today().toString();
                return Reply.json(
                        200,
                        response != null
                                ? BY_UUID.claimResponse(response, today)
                                : BY_CODE.claimResponse(byCode, today));
            case "CommunicationRequest":
                var asked = data.liveClaim(id);
                return asked != null && asked.feedbackStatus >= Claim.SELECTED
                        ? Reply.json(200, BY_UUID.communicationRequest(asked))
                        : Reply.notFound(id);
            case "Communication":
                var feedback = data.feedback(id);
                if (feedback != null) {
                    return Reply.json(200, BY_UUID.communication(feedback, data.claim(feedback.claimUuid())));
                }
                return Reply.failed("Cannot resolve keyword 'code' into field. Choices are: " + FEEDBACK_COLUMNS);
            case "Subscription":
                return subscriptions.one(id);
            case "Patient":
                var insuree = data.insuree(id);
                return insuree == null
                        ? Reply.notFound(id)
                        : Reply.json(200, views(id, insuree.uuid()).patient(insuree));
            case "Location":
                var location = data.location(id);
                return location == null
                        ? Reply.notFound(id)
                        : Reply.json(200, views(id, location.uuid()).location(location));
            default:
                var facility = data.facility(id);
                return facility == null
                        ? Reply.notFound(id)
                        : Reply.json(200, views(id, facility.uuid()).organization(facility));
        }
    }

    private Reply list(Call call, String resource) {
        var identifier = call.parameters().get("identifier");
        if (identifier != null) {
            // A bare resource, not a Bundle, and by code (recordings 443, 803, 804).
            if (resource.equals("Claim")) return claimByCode();
            if (!resource.startsWith("Communication")) return one(resource, identifier);
        }
        return switch (resource) {
            case "Claim" -> lists.page(call, resource, claims(call), this::claim, claim -> claim.uuid);
            case "ClaimResponse" -> {
                var today = data.today().toString();
                yield lists.page(
                        call,
                        resource,
                        claims(call),
                        claim -> BY_UUID.claimResponse(claim, today),
                        claim -> claim.uuid);
            }
            case "CommunicationRequest" ->
                lists.page(
                        call,
                        resource,
                        claims(call).stream()
                                .filter(claim -> claim.feedbackStatus >= Claim.SELECTED)
                                .toList(),
                        BY_UUID::communicationRequest,
                        claim -> null);
            case "Subscription" -> subscriptions.list(call, lists);
            case "Communication" ->
                lists.page(call, resource, data.feedbacks(), feedback -> communication(feedback), feedback -> null);
            case "Patient" -> lists.page(call, resource, data.insurees(), BY_UUID::patient, Insuree::uuid);
            case "Location" -> lists.page(call, resource, data.locations(), BY_UUID::location, Location::uuid);
            default -> lists.page(call, resource, data.facilities(), BY_UUID::organization, Facility::uuid);
        };
    }

    private ObjectNode claim(Claim claim) {
        return BY_UUID.claim(claim, data.attachmentsReadable());
    }

    private ObjectNode communication(Feedback feedback) {
        return BY_UUID.communication(feedback, data.claim(feedback.claimUuid()));
    }

    private List<Claim> claims(Call call) {
        var parameters = call.parameters();
        var refDate = parameters.get("refDate");
        if (refDate != null && !refDate.matches("\\d{4}-\\d{2}-\\d{2}")) {
            throw new Refusal(Reply.page(500, "Server Error (500)", ""));
        }
        var patient = parameters.get("patient");
        if (patient != null
                && (data.insuree(patient) == null
                        || !data.insuree(patient).uuid().equals(patient))) {
            throw Refusal.failed("Insuree matching query does not exist.");
        }
        var updated = parameters.get("_lastUpdated");
        // Checked even when no row is there to compare.
        FhirLists.updated(updated, data.now());
        return data.liveClaims().stream()
                .filter(claim -> patient == null || claim.insuree.uuid().equals(patient))
                .filter(claim -> FhirLists.updated(updated, claim.validityFrom))
                .toList();
    }

    private static FhirViews views(String asked, String uuid) {
        return asked.equals(uuid) ? BY_UUID : BY_CODE;
    }

    private static Reply claimByCode() {
        return Reply.failed("'Insuree' object has no attribute 'code'");
    }

    private static Reply notAllowed(Call call) {
        return Reply.refused(405, "Method \"" + call.method() + "\" not allowed.");
    }

    private static JsonNode json(String body) {
        var error = PythonJson.errorOf(body);
        if (error != null) throw new Refusal(Reply.refused(400, "JSON parse error - " + error));
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new Refusal(Reply.refused(400, "JSON parse error - Expecting value: line 1 column 1 (char 0)"));
        }
    }
}
