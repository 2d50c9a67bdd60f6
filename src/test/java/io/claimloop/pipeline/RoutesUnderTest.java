package io.claimloop.pipeline;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.claimloop.cht.ClaimRecords;
import io.claimloop.cht.ClaimWatch;
import io.claimloop.cht.Dispatch;
import io.claimloop.cht.Patients;
import io.claimloop.cht.RecordWatch;
import io.claimloop.cht.ResponsibleChws;
import io.claimloop.cht.SentinelBacklog;
import io.claimloop.cht.TaskDispatch;
import io.claimloop.feedback.CommunicationRules;
import io.claimloop.feedback.Correction;
import io.claimloop.feedback.Delivery;
import io.claimloop.feedback.SubmissionReader;
import io.claimloop.feedback.TakeUp;
import io.claimloop.intake.ClaimIntake;
import io.claimloop.intake.SubmissionIntake;
import io.claimloop.ledger.Completion;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Instances;
import io.claimloop.ledger.LoginTurns;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Places;
import io.claimloop.ledger.WakeUp;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.openimis.EligibilityReader;
import io.claimloop.partner.PartnerGate;
import io.claimloop.rules.RuleChecks;
import io.claimloop.rules.SelectionLimits;
import io.claimloop.rules.Wanted;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.subscription.SubscriptionKeeper;
import io.claimloop.support.LedgerInMemory;
import io.claimloop.valuation.ReviewTable;
import io.claimloop.valuation.Valuation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * The route files as they are, with the beans they name, in a plain Camel context: no Spring, no database, no server. An
 * HTTP edge is called under {@code direct:} and its route's id.
 */
public final class RoutesUnderTest implements AutoCloseable {
    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();

    public final LedgerInMemory ledger = new LedgerInMemory();
    public final Loops loops = mock(Loops.class);
    public final Places places = mock(Places.class);
    public final Set<Object> woken = new CopyOnWriteArraySet<>();
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final ProducerTemplate template;
    private final List<ExecutorService> threads;
    private final ErrorPolicy errorPolicy;
    private final Orders orders;
    private final PartnerGate openimis;
    private final PartnerGate cht;
    private final SentinelBacklog backlog;
    private final SubscriptionKeeper subscriptionKeeper;

    private RoutesUnderTest(Map<String, String> settings, String... files) throws Exception {
        ClaimLoopProperties properties = new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("claimloop", ClaimLoopProperties.class);
        Properties forRoutes = new Properties();
        forRoutes.putAll(settings);
        camel.getPropertiesComponent().setInitialProperties(forRoutes);
        template = camel.createProducerTemplate();
        noVisitIsReserved();

        Partners partners = new Partners();
        openimis = partners.openimis(template, Instances.alone(), LoginTurns.alone(), properties);
        PartnerGate valuation = partners.openimisValuation(openimis, template, LoginTurns.alone(), properties);
        cht = partners.cht(template, Instances.alone(), LoginTurns.alone(), properties);
        threads = List.of(partners.openimisThreads(properties), partners.chtThreads(properties));
        partners.httpConnections().configure("http", camel.getComponent("http", HttpComponent.class));
        TakeUp takeUp = new TakeUp(VALIDATOR, loops, properties);
        SedaWakeUp wakeUp = new SedaWakeUp(camel, template, Instances.alone());
        WakeUp noted = woken::addAll;
        Map<String, Object> beans = new HashMap<>();
        beans.put("openimisBreaker", partners.openimisBreaker(openimis));
        beans.put("chtBreaker", partners.chtBreaker(cht));
        beans.put("openimisCall", partners.openimisCall(openimis));
        beans.put("valuationCall", partners.valuationCall(valuation));
        orders = new Orders(properties);
        beans.put("orders", orders);
        beans.put("valuation", new Valuation(properties, new ReviewTable(properties)));
        beans.put("chtCall", partners.chtCall(cht));
        beans.put("openimisLogin", partners.openimisLogin());
        beans.put("chtLogin", partners.chtLogin(properties));
        beans.put("openimisThreads", threads.get(0));
        beans.put("chtThreads", threads.get(1));
        beans.put("openimisPaths", new OpenImisPaths());
        beans.put("fhirContext", new FhirModel().fhirContext());
        errorPolicy = new ErrorPolicy(takeUp);
        beans.put("errorPolicy", errorPolicy);
        beans.put("outcomes", new OutcomeCollector());
        beans.put("parts", new PartCollector());
        beans.put("wakeUp", wakeUp);
        backlog = new SentinelBacklog(properties, Instances.alone(), new SimpleMeterRegistry());
        beans.put("sentinelBacklog", backlog);
        beans.put("stepWorker", new StepWorker(ledger, noted, openimis, cht, backlog, properties));
        beans.put("claimIntake", new ClaimIntake(ledger, noted, properties));
        beans.put("submissionIntake", new SubmissionIntake(ledger, noted, properties));
        SelectionLimits limits = new SelectionLimits(places, properties);
        beans.put("claimReader", new ClaimReader(properties));
        beans.put("eligibilityReader", new EligibilityReader());
        beans.put("ruleChecks", new RuleChecks(loops, limits, properties));
        beans.put("taskDispatch", new TaskDispatch(limits, properties));
        beans.put("patients", new Patients(properties));
        beans.put("responsibleChws", new ResponsibleChws(properties));
        beans.put("claimRecords", new ClaimRecords(loops, limits, backlog, properties));
        beans.put("claimWatch", new ClaimWatch(loops, limits, properties));
        beans.put("recordWatch", new RecordWatch());
        beans.put("takeUp", takeUp);
        beans.put("submissionReader", new SubmissionReader(properties, takeUp));
        beans.put("delivery", new Delivery(properties));
        beans.put("correction", new Correction(loops, properties));
        beans.put("communicationRules", new CommunicationRules());
        subscriptionKeeper = new SubscriptionKeeper(loops, () -> true, properties);
        beans.put("subscriptionKeeper", subscriptionKeeper);
        beans.forEach(camel.getRegistry()::bind);

        List<Resource> resources = new ArrayList<>();
        for (String file : files) {
            resources.add(PluginHelper.getResourceLoader(camel).resolveResource("file:routes/" + file + ".yaml"));
        }
        PluginHelper.getRoutesLoader(camel).loadRoutes(resources);
        for (RouteDefinition route : camel.getRouteDefinitions().toArray(RouteDefinition[]::new)) {
            if (route.getInput().getEndpointUri().startsWith("servlet")) {
                AdviceWith.adviceWith(
                        camel, route.getRouteId(), advice -> advice.replaceFromWith("direct:" + route.getRouteId()));
            } else if ("wake-workers".equals(route.getRouteId())
                    || route.getInput().getEndpointUri().startsWith("quartz")) {
                camel.removeRouteDefinition(route);
            }
        }
        camel.start();
    }

    private void noVisitIsReserved() {
        when(loops.keyed(anyString())).thenReturn("keyed");
        when(loops.firstStart()).thenReturn(Instant.parse("2020-01-01T00:00:00Z"));
        when(loops.reserveVisits(any())).thenReturn(Map.of());
    }

    /** Forgets what a test left behind; false when a partner is still left alone. */
    public boolean asNew() {
        ledger.clear();
        woken.clear();
        noVisitIsReserved();
        boolean untouched = !openimis.degraded() && !cht.degraded() && openimis.permits() > 0 && cht.permits() > 0;
        openimis.breaker().reset();
        cht.breaker().reset();
        return untouched;
    }

    /** These files, with the error policy. */
    public static RoutesUnderTest of(WireMockServer openimis, WireMockServer cht, String... files) {
        return of(openimis, cht, Map.of(), files);
    }

    public static RoutesUnderTest of(
            WireMockServer openimis, WireMockServer cht, Map<String, String> settings, String... files) {
        Map<String, String> all = new HashMap<>(Map.ofEntries(
                Map.entry("claimloop.mappings", "./mappings"),
                Map.entry("claimloop.openimis.url", "http://127.0.0.1:" + openimis.port()),
                Map.entry("claimloop.openimis.username", "bridge"),
                Map.entry("claimloop.openimis.password", "password-for-openimis"),
                Map.entry("claimloop.openimis.requests-per-minute", "60000"),
                Map.entry("claimloop.openimis.connect-timeout", "1000"),
                Map.entry("claimloop.openimis.read-timeout", "5000"),
                Map.entry("claimloop.cht.url", "http://127.0.0.1:" + cht.port()),
                Map.entry("claimloop.cht.username", "bridge"),
                Map.entry("claimloop.cht.password", "password-for-cht"),
                Map.entry("claimloop.cht.writes-per-second", "1000"),
                Map.entry("claimloop.cht.backlog.look", "5000"),
                Map.entry("claimloop.cht.connect-timeout", "1000"),
                Map.entry("claimloop.cht.read-timeout", "5000"),
                Map.entry("claimloop.intake.openimis-token", "token-of-openimis"),
                Map.entry("claimloop.intake.cht-token", "token-of-cht-is-another"),
                Map.entry("claimloop.feedback.delivery", "graphql"),
                Map.entry("claimloop.selection.policy", "submitted"),
                Map.entry("claimloop.selection.max-visit-age", "10000d"),
                Map.entry("claimloop.steps.poll", "3600000")));
        all.putAll(settings);
        String[] withPolicy = java.util.Arrays.copyOf(files, files.length + 1);
        withPolicy[files.length] = "error-policy";
        try {
            return new RoutesUnderTest(all, withPolicy);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public DefaultCamelContext camel() {
        return camel;
    }

    public PartnerGate openimis() {
        return openimis;
    }

    public SubscriptionKeeper subscriptionKeeper() {
        return subscriptionKeeper;
    }

    public PartnerGate cht() {
        return cht;
    }

    public SentinelBacklog backlog() {
        return backlog;
    }

    /** Sends one work through a step's route, as the worker does; what is done together is done for it alone here. */
    public Object step(String route, Due due) {
        Exchange each = each(route, due);
        Object body = each.getMessage().getBody();
        return body instanceof Dispatch || body instanceof Wanted
                ? together(new OutcomeCollector().aggregate(null, each), Instant.now())
                        .get(due)
                : body;
    }

    private Exchange each(String route, Due due) {
        return template.request("direct:" + route, exchange -> {
            exchange.setProperty("due", due);
            exchange.getMessage().setBody(due);
        });
    }

    /** A batch on its way into CHT, as the worker sends it. */
    public Map<Due, Outcome> dispatched(List<Due> batch, String route, Instant leased) {
        Exchange gathered = null;
        for (Due due : batch) {
            gathered = new OutcomeCollector().aggregate(gathered, each(route, due));
        }
        return together(gathered, leased);
    }

    private Map<Due, Outcome> together(Exchange gathered, Instant leased) {
        BatchResults results = gathered.getMessage().getBody(BatchResults.class);
        String route = results.wanted().isEmpty() ? "direct:dispatch-together" : "direct:choose-claims";
        Exchange together = template.request(route, exchange -> {
            exchange.setProperty("since", leased);
            exchange.getMessage().setBody(results);
        });
        if (together.getException() != null) {
            orders.unsent(results, errorPolicy.outcome(together.getException(), null));
        }
        return results.completions().stream().collect(Collectors.toMap(Completion::due, Completion::outcome));
    }

    /** Looks at a record once more, as the worker does. */
    public Outcome lookAgain(Due due) {
        Exchange read = send("read-records-again", List.of(due));
        return read.getException() != null
                ? errorPolicy.outcome(read.getException(), due)
                : (Outcome) step("look-again", (Due)
                        read.getMessage().getBody(List.class).get(0));
    }

    /** The exchange as it comes out; with its exception, if any. */
    public Exchange send(String route, Object body, Map<String, Object> headers) {
        return template.request("direct:" + route, exchange -> {
            exchange.getMessage().setBody(body);
            exchange.getMessage().setHeaders(new HashMap<>(headers));
        });
    }

    public Exchange send(String route, Object body) {
        return send(route, body, Map.of());
    }

    /** What was thrown, as far down as it is ours. */
    public static <T extends Throwable> Optional<T> thrown(Exchange exchange, Class<T> type) {
        for (Throwable cause = exchange.getException(); cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    public void wake(io.claimloop.ledger.Step step) {
        template.sendBody("seda:wake-" + step.key() + "?size=1", step.key());
    }

    @Override
    public void close() {
        camel.stop();
        threads.forEach(ExecutorService::shutdownNow);
    }
}
