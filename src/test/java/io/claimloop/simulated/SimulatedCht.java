package io.claimloop.simulated;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.common.ConsoleNotifier;
import com.github.tomakehurst.wiremock.core.Options;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A CHT 4.21.1 for tests and the demo: it does what the real one was recorded doing, the unfriendly parts included
 * (lock-out, second revisions, 200 for invalid records, pushes that are never given up). The numbers in this package's
 * comments are those of the recordings.
 *
 * <p>Not simulated: setting up and settings, forms, cookies, the phone's replication routes, views and Mango queries,
 * hydrate and look-ups by phone, SMS-style records, other databases than {@code medic}, several outbound configurations,
 * TLS. What is not there answers as an unknown route does (119). {@code GET /api/v2/users} and the pages behind
 * {@link #failNext} are not recorded.
 *
 * <p>Everything here is thread safe. {@link #stop()} takes the API away and leaves sentinel and the phones running.
 */
public final class SimulatedCht implements AutoCloseable {

    public static final String USERNAME = "claimloop";
    public static final String PASSWORD = "simulated-cht-pass-1";

    /** An online user who may look at contacts and at nothing else; same password. */
    public static final String VIEWER = "viewer1";

    private static final Set<String> EVERYTHING = Set.of(
            "can_view_contacts",
            "can_view_reports",
            "can_view_users",
            "can_create_records",
            "can_create_people",
            "can_edit");
    private static final String TRANSFORMER = "simulated-cht";

    private final ChtDocuments documents = new ChtDocuments();
    private final ChtContacts contacts = new ChtContacts(documents);
    private final ChtLogins logins = new ChtLogins(System::nanoTime);
    private final OutboundPush outbound = new OutboundPush(documents);
    private final SimulatedHealthWorker workers = new SimulatedHealthWorker(documents, contacts);
    private final Sentinel sentinel = new Sentinel(documents, contacts, outbound, workers::see);
    private final ChtApi api = new ChtApi(documents, contacts, logins, sentinel, outbound);
    private final List<Effect> effects = new ArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger lostAnswers = new AtomicInteger();
    private volatile int failureStatus;
    private volatile Duration delay = Duration.ZERO;
    private volatile WireMockServer server;
    private volatile int port;

    private SimulatedCht(int wantedPort) {
        logins.add(USERNAME, PASSWORD, EVERYTHING);
        logins.add(VIEWER, PASSWORD, Set.of("can_view_contacts"));
        documents.onChange(this::changed);
        server = serve(wantedPort);
    }

    public static SimulatedCht start() {
        return new SimulatedCht(0);
    }

    /** On a port that is known beforehand, for a demo. */
    public static SimulatedCht start(int port) {
        return new SimulatedCht(port);
    }

    public int port() {
        return port;
    }

    /** Without a trailing slash. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** For stubs of a test's own faults: anything with a priority below 10 goes first. Gone after {@link #restart()}. */
    public WireMockServer wireMock() {
        return server;
    }

    // ---- contacts and users

    public SimulatedCht withDemoData() {
        DemoData.addTo(this);
        return this;
    }

    public void addPlace(String id, String name, String type, String parentId) {
        Map<String, Object> place = new LinkedHashMap<>();
        place.put("id", id);
        place.put("name", name);
        place.put("type", type);
        if (parentId != null) {
            place.put("parent", parentId);
        }
        contacts.add(place);
    }

    /** {@code id}, {@code name} and {@code parent} (an id), and whatever else the person's document shall have. */
    public void addPerson(Map<String, ?> fields) {
        Map<String, Object> person = new LinkedHashMap<>(fields);
        person.putIfAbsent("type", "person");
        contacts.add(person);
    }

    /** Merges fields into a contact, as an administrator would; a null value removes the field. */
    public void changeContact(String id, Map<String, ?> fields) {
        documents.update(
                id,
                contact -> {
                    fields.forEach((name, value) -> {
                        if (value == null) {
                            contact.remove(name);
                        } else if (name.equals("parent")) {
                            contact.set(name, contacts.lineageOf(value.toString()));
                        } else {
                            contact.set(name, Json.node(value));
                        }
                    });
                    return Optional.of(contact);
                },
                ChtDocuments.Origin.SETUP);
    }

    /** An offline user, who sees the tasks of everybody under the place. Logs in with {@link #PASSWORD}. */
    public void addUser(String username, String facilityId, String contactId, String... roles) {
        logins.add(username, PASSWORD, Set.of());
        contacts.addUser(new ChtContacts.User(username, facilityId, contactId, List.of(roles)));
        workers.lookAround();
    }

    public void removeUser(String username) {
        logins.remove(username);
        contacts.removeUser(username);
    }

    // ---- logins

    public int failedLogins() {
        return logins.failed();
    }

    public void unlock() {
        logins.unlock();
    }

    /** Takes a permission such as {@code can_view_users} away from the bridge's user. */
    public void denyPermission(String permission) {
        logins.deny(USERNAME, permission);
    }

    // ---- sentinel and the outbound push

    /** From a write to sentinel's own write; a burst goes through at one document each two thirds of it. */
    public void sentinelDelay(Duration latency) {
        sentinel.delay(latency);
    }

    public void pauseSentinel() {
        outbound.stopped(true);
        sentinel.pause();
    }

    /** Runs the queue of failed pushes at once, as a restart does (547). */
    public void resumeSentinel() {
        outbound.stopped(false);
        sentinel.resume();
    }

    /** Where feedback reports go; the value is sent verbatim as Authorization, none when null (515-517). */
    public void pushTo(String url, String authorizationHeaderValue) {
        outbound.pushTo(url, authorizationHeaderValue);
    }

    public void retryEvery(Duration interval) {
        outbound.retryEvery(interval);
    }

    /** The sender's patience for one push, redirects and body included: 10 s in CHT. */
    public void pushTimeout(Duration total) {
        outbound.timeout(total);
    }

    public List<Push> pushes() {
        return outbound.pushes();
    }

    public int pushBacklog() {
        return outbound.backlog();
    }

    // ---- the health workers

    /** From now on every task is answered once, this long after it appeared; tasks that wait already, too. */
    public void answerTasks(Duration after) {
        workers.answerTasks(after);
    }

    public void answerWith(String claimUuid, Answer answer) {
        answerWith(record -> SimulatedHealthWorker.claimUuid(record).equals(claimUuid), answer);
    }

    /** The predicate sees the claim record; what was said last goes first. */
    public void answerWith(Predicate<ObjectNode> claimRecord, Answer answer) {
        workers.answerWith(claimRecord, answer);
    }

    /** Uploads a submission now, with or without a task; the answer is the report's id. */
    public String submit(String claimUuid, Answer answer) {
        return workers.submit(claimUuid, answer);
    }

    public String edit(String reportId, Answer answer) {
        return workers.edit(reportId, answer);
    }

    public Optional<String> reportOf(String claimUuid) {
        return workers.reportOf(claimUuid);
    }

    public void deleteDocument(String id) {
        String rev = documents.get(id).map(doc -> doc.path("_rev").asText()).orElseThrow();
        try {
            documents.delete(id, rev, ChtDocuments.Origin.PHONE);
        } catch (ChtDocuments.Conflict | ChtDocuments.Missing meanwhile) {
            throw new IllegalStateException(meanwhile);
        }
    }

    // ---- what really happened

    public List<Effect> effects() {
        synchronized (effects) {
            return List.copyOf(effects);
        }
    }

    /** All live claim records of a claim: more than one is a second task on somebody's phone. */
    public List<ObjectNode> records(String claimUuid) {
        return workers.recordsOf(claimUuid);
    }

    public Optional<ObjectNode> document(String id) {
        return documents.get(id);
    }

    public int requests() {
        return requests.get();
    }

    /** What happened after the first {@code seen} effects. */
    public List<Effect> effectsAfter(int seen) {
        synchronized (effects) {
            return List.copyOf(effects.subList(seen, effects.size()));
        }
    }

    /** A second, cheap door to this CHT, for measurements. Close it yourself. */
    public LeanServer lean() {
        return new LeanServer(request -> {
            requests.incrementAndGet();
            ChtReply reply =
                    api.answer(ChtExchange.of(request.method(), request.url(), request.body(), request::header));
            return new LeanServer.Response(reply.status(), reply.headers(), reply.body());
        });
    }

    // ---- faults

    public void delayAll(Duration everyAnswer) {
        delay = everyAnswer;
    }

    /** The next {@code n} requests (monitoring apart) are answered with {@code status} and have no effect. */
    public void failNext(int n, int status) {
        failureStatus = status;
        failures.set(n);
    }

    /** The next {@code n} writes of documents happen, and then the connection is reset: the caller cannot know. */
    public void dropAnswerAfterEffect(int n) {
        lostAnswers.set(n);
    }

    public void stop() {
        server.stop();
    }

    /** Back on the same port. */
    public void restart() {
        server = serve(port);
    }

    @Override
    public void close() {
        sentinel.close();
        outbound.close();
        workers.close();
        server.stop();
    }

    // ---- inside

    private WireMockServer serve(int wanted) {
        WireMockConfiguration options = WireMockConfiguration.options()
                .bindAddress(System.getProperty("simulated.address", "127.0.0.1"))
                .port(wanted)
                .containerThreads(80)
                .jettyAcceptQueueSize(200)
                .jettyIdleTimeout(5_000L)
                .http2PlainDisabled(true)
                .gzipDisabled(true)
                .useChunkedTransferEncoding(Options.ChunkedEncodingPolicy.NEVER)
                .maxRequestJournalEntries(2000)
                .notifier(new ConsoleNotifier(false))
                .extensions(new Transformer());
        if (wanted == 0) {
            options.dynamicPort();
        }
        WireMockServer started = new WireMockServer(options);
        started.start();
        started.stubFor(any(anyUrl()).atPriority(10).willReturn(aResponse().withTransformers(TRANSFORMER)));
        port = started.port();
        return started;
    }

    private static boolean takeOne(AtomicInteger counter) {
        return counter.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    private ResponseDefinition answer(ServeEvent event) {
        ChtExchange exchange = ChtExchange.of(event.getRequest());
        requests.incrementAndGet();
        ResponseDefinitionBuilder response = aResponse();
        if (!delay.isZero()) {
            response.withFixedDelay((int) delay.toMillis());
        }
        boolean monitoring = exchange.path().equals("/api/v2/monitoring");
        if (!monitoring && takeOne(failures)) {
            return write(failure(exchange), exchange, response);
        }
        ChtReply reply = api.answer(exchange);
        boolean wrote = exchange.method().equals("PUT") || exchange.path().equals("/medic/_bulk_docs");
        if (wrote && reply.status() == 201 && takeOne(lostAnswers)) {
            return aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER).build();
        }
        return write(reply, exchange, response);
    }

    /** 502 to 504 are the proxy's own pages, and never JSON (nginx was not recorded); the rest is CHT's. */
    private ChtReply failure(ChtExchange exchange) {
        int status = failureStatus;
        if (status >= 502 && status <= 504) {
            String page = "<html>\r\n<head><title>" + status + "</title></head>\r\n<body></body>\r\n</html>\r\n";
            return new ChtReply(status, ChtReply.headers("Content-Type", "text/html"), page);
        }
        String error =
                switch (status) {
                    case 401 -> "unauthorized";
                    case 403 -> "Insufficient privileges";
                    case 429 -> "Too Many Requests";
                    default -> "Server error";
                };
        return ChtReply.error(exchange, status, error);
    }

    private static ResponseDefinition write(ChtReply reply, ChtExchange exchange, ResponseDefinitionBuilder response) {
        response.withStatus(reply.status());
        reply.headers().forEach(response::withHeader);
        if (!exchange.method().equals("HEAD")) {
            response.withBody(reply.body());
        }
        return response.build();
    }

    private void changed(ChtDocuments.Written written) {
        if (written.origin() == ChtDocuments.Origin.SENTINEL || written.origin() == ChtDocuments.Origin.SETUP) {
            return;
        }
        ObjectNode doc = written.after() == null ? written.before() : written.after();
        boolean created = written.before() == null;
        boolean deleted = written.after() == null;
        boolean claim = doc.path("form").asText().equals(Sentinel.CLAIM_FORM);
        Effect.Kind kind = claim
                ? created
                        ? Effect.Kind.CLAIM_RECORD_CREATED
                        : deleted ? Effect.Kind.CLAIM_RECORD_DELETED : Effect.Kind.CLAIM_RECORD_UPDATED
                : FreetextIndex.isContact(doc)
                        ? Effect.Kind.CONTACT_WRITTEN
                        : created
                                ? Effect.Kind.REPORT_UPLOADED
                                : deleted ? Effect.Kind.REPORT_DELETED : Effect.Kind.REPORT_EDITED;
        synchronized (effects) {
            effects.add(new Effect(Instant.now(), kind, written.id(), SimulatedHealthWorker.claimUuid(doc)));
        }
        sentinel.enqueue(written.id());
        // A phone may have the record before sentinel has seen it (547).
        workers.see(written.id());
    }

    private final class Transformer implements ResponseDefinitionTransformerV2 {

        @Override
        public ResponseDefinition transform(ServeEvent event) {
            return answer(event);
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
}
