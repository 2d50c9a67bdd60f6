package io.claimloop.simulated;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.common.Slf4jNotifier;
import com.github.tomakehurst.wiremock.core.Options;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.extension.requestfilter.RequestFilterAction;
import com.github.tomakehurst.wiremock.extension.requestfilter.StubRequestFilterV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * An openIMIS 24.04 that behaves as the recorded one did, also where that is unfriendly. It listens on 127.0.0.1, keeps
 * its state in memory and logs no bodies. {@link SimulatedOpenImisContractTest} holds it to the recordings.
 *
 * <p>It answers through one WireMock stub of the lowest priority, so a test may put any stub of its own before it.
 */
public final class SimulatedOpenImis implements AutoCloseable {
    public static final String USERNAME = "claimloop";
    public static final String PASSWORD = "simulated-openimis-1";

    private static final String TRANSFORMER = "simulated-openimis";
    private static final int LOWEST_PRIORITY = 100;
    private static final int THREADS = 120;
    private static final int REMEMBERED_REQUESTS = 500;

    private final OpenImisData data = new OpenImisData();
    private final Accounts accounts = new Accounts();
    private final Faults faults = new Faults();
    private final FhirLists lists = new FhirLists();
    private final Notifier notifier = new Notifier();
    private final AtomicInteger requests = new AtomicInteger();
    private final Subscriptions subscriptions = new Subscriptions(data);
    private final FhirApi fhir = new FhirApi(data, accounts, lists, faults, subscriptions, this::sendNotification);
    private final GraphQlApi graphQl = new GraphQlApi(data, accounts, faults);
    private final WireMockServer wireMock;

    private SimulatedOpenImis(int port) {
        var options = wireMockConfig()
                .bindAddress(System.getProperty("simulated.address", "127.0.0.1"))
                .containerThreads(THREADS)
                .jettyAcceptQueueSize(THREADS)
                .useChunkedTransferEncoding(Options.ChunkedEncodingPolicy.NEVER)
                .gzipDisabled(true)
                .maxRequestJournalEntries(REMEMBERED_REQUESTS)
                .notifier(new Slf4jNotifier(false))
                .extensions(new Counter(), new Answers());
        wireMock = new WireMockServer(port == 0 ? options.dynamicPort() : options.port(port));
        wireMock.start();
        wireMock.stubFor(
                any(anyUrl()).atPriority(LOWEST_PRIORITY).willReturn(aResponse().withTransformers(TRANSFORMER)));
    }

    public static SimulatedOpenImis start() {
        return start(0);
    }

    /** On a port of one's choice, for the demo. */
    public static SimulatedOpenImis start(int port) {
        return new SimulatedOpenImis(port);
    }

    public int port() {
        return wireMock.port();
    }

    /** Without a slash at the end and without /api. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** For stubs of a test's own: any priority below 100 comes first. */
    public WireMockServer wireMock() {
        return wireMock;
    }

    @Override
    public void close() {
        wireMock.stop();
        graphQl.mutations().tasks().close();
    }

    // --- accounts

    /** Another name and password for the account that may do everything. */
    public SimulatedOpenImis account(String username, String password) {
        accounts.main(username, password);
        return this;
    }

    /**
     * One more account, with these rights of openIMIS's and no others: 111001 reads claims, 111010 selects, bypasses and
     * attaches, 111009 gives feedback, 111011 processes, 111101 and 111102 run and read batches, 158001 to 158004 are
     * Subscriptions', 101101 reads insurees, 101201 policies, 121501 officers.
     */
    public SimulatedOpenImis account(String username, String password, int right, int... more) {
        int[] rights = Arrays.copyOf(more, more.length + 1);
        rights[more.length] = right;
        accounts.add(username, password, rights);
        return this;
    }

    /** All tokens given so far are refused from now on, as after a restart with another key. */
    public void expireTokens() {
        accounts.expireTokens();
    }

    /** For tokens given from now on. */
    public void setTokenLife(Duration life) {
        accounts.tokenLife(life);
    }

    /** Takes the main account's rights away (recordings 726, 944) or gives them back. */
    public void setRights(boolean granted) {
        accounts.rights(granted);
    }

    public int logins() {
        return accounts.logins();
    }

    public int failedLogins() {
        return accounts.failedLogins();
    }

    public boolean locked() {
        return accounts.locked();
    }

    public void unlock() {
        accounts.unlock();
    }

    // --- master data

    public Insuree insuree(String uuidOrChfId) {
        return data.insuree(uuidOrChfId);
    }

    public Location location(String uuidOrCode) {
        return data.location(uuidOrCode);
    }

    public Facility facility(String uuidOrCode) {
        return data.facility(uuidOrCode);
    }

    /** A head of family with a running policy in a village that is known. */
    public Insuree addInsuree(String chfId, String lastName, String otherNames, LocalDate dob, String villageCode) {
        var uuid = UUID.randomUUID().toString();
        var policy = data.insuree("070707070").policy();
        return addInsuree(new Insuree(
                uuid,
                chfId,
                lastName,
                otherNames,
                dob,
                "F",
                null,
                true,
                UUID.randomUUID().toString(),
                data.location(villageCode),
                null,
                new Policy(UUID.randomUUID().toString(), policy.start(), policy.end())));
    }

    /** Adds, or replaces the one with this uuid; claims already entered keep the insuree that they were made for. */
    public Insuree addInsuree(Insuree insuree) {
        data.add(insuree);
        return insuree;
    }

    public Facility addFacility(String code, String name) {
        var district = data.location("R1D2");
        var facility = new Facility(UUID.randomUUID().toString(), code, name, district);
        data.add(facility);
        return facility;
    }

    public Location addVillage(String code, String name) {
        return data.addVillage(code, name);
    }

    /** Replaces the officer of that code. Without any phone in a village no claim there can be selected (953). */
    public void setOfficer(String code, String phone, String... villageCodes) {
        var villages = List.of(villageCodes).stream().map(data::location).toList();
        data.add(new Officer(data.nextId(), UUID.randomUUID().toString(), code, "sri", phone, villages));
    }

    // --- claims, as the web UI's users change them: no notification is sent (recording 503)

    /** Status 2, with an item 0001 and a service A1. */
    public Claim enter(String code, String chfId, LocalDate from, LocalDate to) {
        return enter(UUID.randomUUID().toString(), code, chfId, from, to);
    }

    /** The uuid is kept as it is written: openIMIS compares case-sensitively (recording 425). */
    public Claim enter(String uuid, String code, String chfId, LocalDate from, LocalDate to) {
        return enter(uuid, code, chfId, from, to, data.facility("JMHOS001"));
    }

    public Claim enter(String uuid, String code, String chfId, LocalDate from, LocalDate to, Facility facility) {
        return enter(uuid, code, chfId, from, to, facility, data.demoLines());
    }

    /** A claim of one service whose price needs no batch run: processing makes it 16 at once. */
    public Claim enterAtFixedPrices(String code, String chfId, LocalDate from, LocalDate to) {
        var uuid = UUID.randomUUID().toString();
        return enter(uuid, code, chfId, from, to, data.facility("JMHOS001"), data.linesAtFixedPrices());
    }

    private Claim enter(
            String uuid,
            String code,
            String chfId,
            LocalDate from,
            LocalDate to,
            Facility facility,
            List<ClaimLine> lines) {
        synchronized (data) {
            var insuree = data.insuree(chfId);
            if (insuree == null) throw new IllegalArgumentException("no such insuree");
            var claimed = to.isAfter(from) ? to : from;
            return data.enter(
                    new Claim(data.nextId(), uuid, code, insuree, facility, from, to, claimed, lines, data.now()));
        }
    }

    /** With these services, one of each. */
    public Claim enterServices(String code, String chfId, LocalDate day, List<String> services) {
        synchronized (data) {
            var lines = services.stream()
                    .map(service -> new Article(
                            data.nextId(),
                            UUID.randomUUID().toString(),
                            service,
                            "Service " + service,
                            true,
                            BigDecimal.TEN,
                            true,
                            false))
                    .map(service -> new ClaimLine(data.nextId(), service, BigDecimal.ONE, BigDecimal.TEN))
                    .toList();
            return data.enter(new Claim(
                    data.nextId(),
                    UUID.randomUUID().toString(),
                    code,
                    data.insuree(chfId),
                    data.facility("JMHOS001"),
                    day,
                    day,
                    day,
                    lines,
                    data.now()));
        }
    }

    /** To 4, or to 1 when no line passes. */
    public Claim submit(Claim claim) {
        data.submit(claim);
        return claim;
    }

    /** Edits the claim's diagnoses: the main one and up to four more. */
    public Claim diagnose(Claim claim, String... codes) {
        claim.diagnoses = List.of(codes);
        return claim;
    }

    public Claim reject(Claim claim) {
        synchronized (data) {
            claim.lines.forEach(line -> line.reject(-1));
            data.reject(claim);
            claim.approved = claim.passedAmount();
        }
        return claim;
    }

    public Claim delete(Claim claim) {
        data.delete(claim);
        return claim;
    }

    public Claim selectForFeedback(Claim claim) {
        data.selectForFeedback(claim);
        return claim;
    }

    public Claim skipFeedback(Claim claim) {
        data.skipFeedback(claim);
        return claim;
    }

    public Claim bypassFeedback(Claim claim) {
        data.bypassFeedback(claim);
        return claim;
    }

    public Claim selectForReview(Claim claim) {
        data.review(claim, Claim.SELECTED, OpenImisEffect.Kind.REVIEW_SELECTED);
        return claim;
    }

    public Claim deliverReview(Claim claim) {
        data.review(claim, Claim.DELIVERED, OpenImisEffect.Kind.REVIEW_DELIVERED);
        return claim;
    }

    public Claim process(Claim claim) {
        data.process(claim);
        return claim;
    }

    /** By a run of this month for Region 1; processed first where it was not. */
    public Claim valuate(Claim claim) {
        synchronized (data) {
            if (claim.status != Claim.PROCESSED) data.process(claim);
            if (claim.status == Claim.VALUATED) return claim;
            var today = data.today();
            var region = data.location("R1");
            data.valuate(
                    claim, new BatchRun(data.nextId(), region, today.getYear(), today.getMonthValue(), data.now()));
        }
        return claim;
    }

    /** Somebody else's answers, as typed into the web UI; overwrites. */
    public Feedback deliverFeedback(
            Claim claim,
            Boolean careRendered,
            Boolean paymentAsked,
            Boolean drugPrescribed,
            Boolean drugReceived,
            Integer asessment) {
        return data.store(
                claim,
                careRendered,
                paymentAsked,
                drugPrescribed,
                drugReceived,
                asessment,
                1,
                data.now(),
                OpenImisEffect.Kind.FEEDBACK_DELIVERED);
    }

    /** A file on a claim makes its FHIR Claim, and every list page with it, a 500 (recordings 427, 429, 456). */
    public Claim attachFile(Claim claim) {
        var day = data.today().toString();
        var uuid = UUID.randomUUID().toString();
        data.attach(claim, new Attachment(uuid, "report", "A file", day, "a.txt", "text/plain", "FILE", null, "YQ=="));
        return claim;
    }

    /** As a later release, whose FHIR Claim shows files instead of failing (read in the source, not recorded). */
    public void survivesAttachments(boolean survives) {
        data.attachmentsReadable(survives);
    }

    /** GraphQL cannot show this claim any more: null and an error with its path; other claims are answered. */
    public Claim poison(Claim claim) {
        claim.poisoned = true;
        return claim;
    }

    /** Null when unknown; a deleted claim is found. */
    public Claim claim(String uuid) {
        return data.claim(uuid);
    }

    /** Those not deleted, in the order in which they were made. */
    public List<Claim> claims() {
        return data.liveClaims();
    }

    /** The claim's current feedback, or null. */
    public Feedback feedbackOf(String uuid) {
        var claim = data.claim(uuid);
        return claim == null ? null : claim.feedback();
    }

    // --- notifications

    /**
     * A Claim subscription without asking the API, with its Authorization header (null for none). The next one replaces
     * it, a null endpoint ends it. Those made by POST fire beside it.
     */
    public void notify(String endpointUrl, String authorizationHeaderValue) {
        subscriptions.shortcut(endpointUrl, authorizationHeaderValue);
    }

    /** Off: a release that cannot subscribe to claims, refuses to, and never fires. {@link #notify} still does. */
    public void claimSubscriptions(boolean possible) {
        subscriptions.takeClaims(possible);
    }

    /** Those made by POST and not deleted, ended ones too. */
    public int subscriptions() {
        return subscriptions.all().size();
    }

    /**
     * Pushes this claim as it stands now to every subscriber; openIMIS itself does it after a FHIR POST Claim only. The
     * first one's result, or null when nobody listens.
     */
    public NotificationResult sendNotification(Claim claim) {
        var results = notifier.send(subscriptions.firing(claim), claim.uuid, notificationOf(claim));
        return results.isEmpty() ? null : results.get(0);
    }

    /** The body that would be pushed. */
    public String notificationOf(Claim claim) {
        synchronized (data) {
            return new FhirViews(false)
                    .claimResponse(claim, data.today().toString())
                    .toString();
        }
    }

    public List<NotificationResult> notifications() {
        return notifier.results();
    }

    // --- what really happened

    public List<OpenImisEffect> effects() {
        return data.effects();
    }

    public int effects(OpenImisEffect.Kind kind, String claimUuid) {
        return data.effects(kind, claimUuid);
    }

    /** How many Communications were created for the claim; more than one would be our fault. */
    public int communications(String claimUuid) {
        return effects(OpenImisEffect.Kind.COMMUNICATION_CREATED, claimUuid);
    }

    /** How often feedback was stored for the claim, whichever way. */
    public int deliveries(String claimUuid) {
        return communications(claimUuid) + feedbackDeliveries(claimUuid);
    }

    /** How often feedback was delivered by GraphQL; each one overwrites. */
    public int feedbackDeliveries(String claimUuid) {
        return effects(OpenImisEffect.Kind.FEEDBACK_DELIVERED, claimUuid);
    }

    /** All requests, those refused and those answered by a test's own stub included. */
    public int requests() {
        return requests.get();
    }

    /** What happened after the first {@code seen} effects. */
    public List<OpenImisEffect> effectsAfter(int seen) {
        return data.effectsAfter(seen);
    }

    /** A second, cheap door to this openIMIS, for measurements; the limit of requests holds there, too. Close it yourself. */
    public LeanServer lean() {
        return new LeanServer(request -> {
            requests.incrementAndGet();
            var reply = answer(
                    request.method(),
                    request.url(),
                    request::header,
                    new String(request.body(), StandardCharsets.UTF_8));
            var headers = new LinkedHashMap<String, String>();
            if (reply.contentType() != null) headers.put("Content-Type", reply.contentType());
            if (reply.allow() != null) headers.put("Allow", reply.allow());
            if (reply.location() != null) headers.put("Location", reply.location());
            return new LeanServer.Response(reply.status(), headers, reply.body());
        });
    }

    // --- trouble

    /** FHIR, login and GraphQL together; 0 is off. The minute begins with the first request after this call. */
    public void limitRequestsPerMinute(int limit) {
        limitRequests(limit, Duration.ofMinutes(1));
    }

    /** The same with a compressed minute: limit and time divided by the same number. */
    public void limitRequests(int limit, Duration every) {
        faults.limit(limit, every);
    }

    /** As if the minute of the rate limit were over. */
    public void startNextMinute() {
        faults.nextMinute();
    }

    public int refusedByRateLimit() {
        return faults.refusedByRate();
    }

    /** Every answer waits so long, after its effect. */
    public void delayAll(Duration delay) {
        faults.delay(delay);
    }

    /** The next n requests of any kind are answered so, without effect. */
    public void failNext(int n, int status) {
        faults.failNext(n, status);
    }

    /** The next n Communications are stored, but the connection is reset instead of an answer. */
    public void dropAnswerAfterEffect(int n) {
        faults.dropCommunications(n);
    }

    /** The same for the next n GraphQL requests with a mutation. */
    public void dropAnswerAfterMutation(int n) {
        faults.dropMutations(n);
    }

    /** Every GraphQL request that names this text is a 500 as a whole, without effect. */
    public void failGraphQlNaming(String uuid) {
        faults.failNaming(uuid);
    }

    /** Ends {@link #failGraphQlNaming} for all texts. */
    public void failGraphQlNamingNothing() {
        faults.failNamingNothing();
    }

    /**
     * Mutations are done so long after they are answered, in another process (MODE=PROD with Celery); until then their
     * log has status 0. Zero is at once.
     */
    public void mutationsTake(Duration duration) {
        graphQl.mutations().tasks().take(duration);
    }

    /** Mutations wait for {@link #runMutations}; {@link #mutationsTake} ends it. */
    public void holdMutations() {
        graphQl.mutations().tasks().hold();
    }

    /** Does what waits, now, and says how much it was. */
    public int runMutations() {
        return graphQl.mutations().tasks().runAll();
    }

    /** Forgets the hour-long cache of list totals, which is why fresh rows may be missing from a list (614). */
    public void forgetListTotals() {
        lists.forgetTotals();
    }

    private Reply answer(String method, String url, Function<String, String> headers, String body) {
        var instead = faults.instead();
        if (instead != null) return instead;
        var call = Call.of(method, url, headers.apply("Host"), headers.apply("Authorization"), body);
        if (call.path().startsWith(FhirApi.ROOT)) return fhir.answer(call);
        if (call.path().equals(GraphQlApi.PATH)) return graphQl.answer(call);
        return Reply.page(404, "Not Found", "The requested resource was not found on this server.");
    }

    private final class Answers implements ResponseDefinitionTransformerV2 {
        @Override
        public ResponseDefinition transform(ServeEvent event) {
            var request = event.getRequest();
            var reply = answer(
                    request.getMethod().getName(), request.getUrl(), request::getHeader, request.getBodyAsString());
            var response = new ResponseDefinitionBuilder();
            if (reply.dropped()) {
                response.withFault(Fault.CONNECTION_RESET_BY_PEER);
            } else {
                response.withStatus(reply.status()).withBody(reply.body());
                if (reply.contentType() != null) response.withHeader("Content-Type", reply.contentType());
                if (reply.allow() != null) response.withHeader("Allow", reply.allow());
                if (reply.location() != null) response.withHeader("Location", reply.location());
            }
            var delay = faults.delay();
            if (!delay.isZero()) response.withFixedDelay((int) delay.toMillis());
            return response.build();
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public String getName() {
            return TRANSFORMER;
        }
    }

    private final class Counter implements StubRequestFilterV2 {
        @Override
        public RequestFilterAction filter(Request request, ServeEvent event) {
            requests.incrementAndGet();
            return RequestFilterAction.continueWith(request);
        }

        @Override
        public String getName() {
            return TRANSFORMER + "-counter";
        }
    }
}
