package io.claimloop.valuation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.MonthRuns;
import io.claimloop.ledger.MonthRuns.Standing;
import io.claimloop.openimis.Mutation;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.settings.ClaimLoopProperties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * openIMIS's batch run of a month: what was processed in it gets its value. There is one run for a month and place, ever
 * (recordings 967 to 971), and openIMIS takes a future month as gladly: so only ended months are ordered, by a person or
 * by an opt-in schedule, and it is looked first whether the run was made.
 */
@Component("monthValuation")
public class MonthValuation {
    private static final Logger log = LoggerFactory.getLogger(MonthValuation.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LOOKS = 20;
    private static final int RECENT = 100;
    /** What was missed longer ago is a person's to decide. */
    private static final Duration REMEMBERED = Duration.ofMinutes(30);

    private static final Duration ON_ITS_WAY = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofDays(1);

    private final MonthRuns runs;
    private final ClaimLoopProperties.Valuation settings;
    private final ZoneId zone;
    private volatile Missed missed;

    /** @param struck when the schedule did */
    private record Missed(MonthOrder order, Instant struck) {}

    public MonthValuation(MonthRuns runs, ClaimLoopProperties properties) {
        this.runs = runs;
        this.settings = properties.valuation();
        this.zone = properties.openimis().zone();
    }

    /** The month before this one, for the schedule. */
    public MonthOrder lastMonth() {
        return new MonthOrder(
                YearMonth.now(zone).minusMonths(1), settings.monthRun().location(), "the schedule");
    }

    /**
     * The schedule struck here while another instance leads. Should that one have ended just then, the next leader finds
     * that nothing was ordered, and orders.
     */
    public void remember() {
        missed = new Missed(lastMonth(), Instant.now());
    }

    /** Why such an order is refused; empty when it is not. */
    public Optional<String> refusal(YearMonth month) {
        if (!settings.enabled()) {
            return Optional.of("valuation is off (claimloop.valuation.enabled)");
        }
        return month.isBefore(YearMonth.now(zone))
                ? Optional.empty()
                : Optional.of("the month " + month + " has not ended; one run uses up the month");
    }

    /** What is known of it there: the latest runs, the place's number, and what became of our order. */
    public String query(MonthOrder order) {
        order.run(
                order.run() != null
                        ? order.run()
                        : runs.open(order.month(), order.location()).orElse(null));
        StringBuilder query = new StringBuilder("{ batchRuns(orderBy: [\"-runDate\"], first: 100)"
                + " { edges { node { id runDate runYear runMonth location { uuid code name } } } }");
        if (!order.location().isEmpty()) {
            // read in openIMIS's location module, not recorded
            query.append(" locations(code: ")
                    .append(JSON.getNodeFactory().textNode(order.location()))
                    .append(") { edges { node { id code type } } }");
        }
        if (order.run() != null) {
            query.append(" mutationLogs(clientMutationId: \"")
                    .append(order.run().mutation())
                    .append("\") { edges { node { status error } } }");
        }
        return JSON.createObjectNode()
                .put("query", query.append(" }").toString())
                .toString();
    }

    /** Compares what openIMIS shows with the order. */
    public MonthOrder look(MonthOrder order, PartnerAnswer answer) {
        order.look();
        JsonNode data = answer.json().path("data");
        if (!data.path("batchRuns").path("edges").isArray()) {
            order.refuse("openIMIS does not show its batch runs to claimloop.valuation.username; it needs the right"
                    + " 111102");
            log.warn("batch run of {}: {}", order.name(), order.refusal());
            return order;
        }
        for (JsonNode edge : data.at("/batchRuns/edges")) {
            JsonNode run = edge.path("node");
            if (run.path("runYear").asInt() == order.month().getYear()
                    && run.path("runMonth").asInt() == order.month().getMonthValue()
                    && run.at("/location/code").asText("").equals(order.location())) {
                order.foundRun();
            }
        }
        if (order.run() != null && order.run().standing() == Standing.ORDERED) {
            decide(order, data);
        } else if (!order.found()) {
            place(order, data);
        }
        return order;
    }

    /** The log tells whose run it is; that there is one, only the list of runs. */
    private void decide(MonthOrder order, JsonNode data) {
        JsonNode entry = data.at("/mutationLogs/edges/0/node");
        boolean again = entry.path("error").asText().contains("ProcessBatchSubmitError 2");
        Duration age = Duration.between(order.run().orderedAt(), Instant.now());
        if (again || order.found()) {
            decided(order, again ? Standing.ALREADY_RUN : Standing.RUN, null);
            return;
        }
        switch (entry.path("status").asInt(-1)) {
            case 1 ->
                decided(
                        order,
                        Standing.FAILED,
                        entry.path("error").asText().contains("PermissionDenied")
                                ? "The account lacks the right 111101."
                                : "Its log says error.");
            case 2 -> {
                if (order.looks() >= LOOKS) {
                    decided(order, Standing.FAILED, "Its log says done, and it shows no such run.");
                }
            }
            case 0 -> {
                if (age.compareTo(LONGEST) > 0) {
                    decided(order, Standing.FAILED, "It has had the order for a day; look at its workers (Celery).");
                }
            }
            default -> {
                // written down by a call that never got it there; a younger one may be on its way
                if (age.compareTo(ON_ITS_WAY) > 0) {
                    decided(order, Standing.FAILED, "The order did not reach openIMIS.");
                }
            }
        }
    }

    private void decided(MonthOrder order, Standing standing, String detail) {
        order.run(runs.decide(order.run(), standing, detail));
        log.info("batch run of {}: {}{}", order.run().name(), standing, detail == null ? "" : " (" + detail + ")");
    }

    /** openIMIS runs batches for regions and districts, by their number. */
    private static void place(MonthOrder order, JsonNode data) {
        if (order.location().isEmpty()) {
            return;
        }
        List<JsonNode> places = new ArrayList<>();
        for (JsonNode edge : data.at("/locations/edges")) {
            if (edge.at("/node/type").asText().matches("[RD]")) {
                places.add(edge.path("node"));
            }
        }
        if (places.size() == 1) {
            order.locationId(id(places.get(0).path("id").asText()));
            return;
        }
        order.refuse(
                places.isEmpty()
                        ? "openIMIS shows no region or district " + order.location()
                        : "openIMIS shows several regions and districts " + order.location());
        log.warn("batch run of {} is not ordered: {}", order.name(), order.refusal());
    }

    /** Relay writes an id as base64 of "LocationGQLType:1". */
    static Integer id(String relay) {
        String plain = relay.matches("\\d+")
                ? relay
                : new String(Base64.getDecoder().decode(relay), StandardCharsets.UTF_8).replaceFirst(".*:", "");
        return Integer.valueOf(plain);
    }

    /**
     * Whether the run is to be ordered by us: nobody made it, and nobody else has just ordered it. Then the order is written
     * down, before it is sent: after a crash the next call looks what came of it.
     */
    public boolean orders(MonthOrder order) {
        if (order.refusal() != null
                || order.run() != null
                || order.found()
                || refusal(order.month()).isPresent()) {
            return false;
        }
        Optional<MonthRuns.MonthRun> ours = runs.order(order.month(), order.location(), order.by());
        order.run(ours.or(() -> runs.open(order.month(), order.location())).orElse(null));
        return ours.isPresent();
    }

    public String mutation(MonthOrder order) {
        ObjectNode input = JSON.createObjectNode();
        if (order.locationId() != null) {
            input.put("locationId", order.locationId());
        }
        input.put("year", order.month().getYear()).put("month", order.month().getMonthValue());
        return Mutation.request(List.of(new Mutation("processBatch", order.run().mutation(), input, null)));
    }

    /** Orders of which it is not known yet what came of them: looked at by a clock, too. And what the schedule missed. */
    public List<MonthOrder> open() {
        List<MonthOrder> open = new ArrayList<>(runs.open().stream()
                .map(run -> new MonthOrder(run.month(), run.location(), run.orderedBy()))
                .toList());
        Missed remembered = missed;
        missed = null;
        if (remembered != null
                && remembered.struck().plus(REMEMBERED).isAfter(Instant.now())
                && !ordered(remembered.order())) {
            open.add(remembered.order());
        }
        return open;
    }

    private boolean ordered(MonthOrder order) {
        return runs.list(RECENT).stream()
                .anyMatch(run -> run.month().equals(order.month())
                        && run.location().equals(order.location())
                        && run.orderedBy().equals(order.by()));
    }

    /** Whether it is worth another look: with Celery a run takes a while. */
    public boolean waits(MonthOrder order) {
        return order.refusal() == null
                && order.run() != null
                && order.run().standing() == Standing.ORDERED
                && order.looks() < LOOKS;
    }

    /** What nobody waits for: a scheduled run, or a look at an open order. */
    public void failed(Exception why) {
        log.warn(
                "a batch run could not be looked at ({}), and it is not known what came of it; it is looked at again. See"
                        + " GET /api/valuations; POST the same month again where none is listed",
                why instanceof PartnerException partner
                        ? partner.getMessage()
                        : why.getClass().getSimpleName());
    }
}
