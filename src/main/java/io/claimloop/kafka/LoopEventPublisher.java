package io.claimloop.kafka;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.LoopEvent;
import io.claimloop.ledger.LoopEvents;
import io.claimloop.ledger.LoopEvents.Page;
import io.claimloop.settings.ClaimLoopProperties;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Makes CloudEvents of the history, page by page. {@code docs/api/loop-event.schema.json} describes one. */
@Component("loopEventPublisher")
@Profile("kafka")
public class LoopEventPublisher {
    static final String MOVED = "io.claimloop.loop.moved";
    static final String NOTED = "io.claimloop.loop.noted";
    static final String SCHEMA = "urn:claimloop:schema:loop-event:1";

    private static final Logger log = LoggerFactory.getLogger(LoopEventPublisher.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LoopEvents loopEvents;
    private final String source;
    private volatile String failure;

    public LoopEventPublisher(LoopEvents loopEvents, ClaimLoopProperties properties) {
        this.loopEvents = loopEvents;
        this.source = properties.kafka().events().source();
    }

    /** What is to be published next. */
    public Page next() {
        return loopEvents.next();
    }

    /** A record for each event, under the claim's UUID: so those of a loop stay in their order. */
    public List<Message> records(Exchange exchange) {
        CamelContext camel = exchange.getContext();
        return exchange.getVariable("page", Page.class).events().stream()
                .map(event -> {
                    Message message = new DefaultMessage(camel);
                    message.setHeader(KafkaConstants.KEY, event.claim().toString());
                    message.setBody(cloudEvent(event, source));
                    return message;
                })
                .toList();
    }

    /** All of the page is with the brokers. */
    public void published(Page page) {
        if (!loopEvents.published(page)) {
            log.info(
                    "{} loop events were published by another instance, too.",
                    page.events().size());
        }
        if (failure != null) {
            log.info("Loop events are published again.");
        }
        failure = null;
    }

    /** The watermark stays, so the page comes again. */
    public void failed(Exchange exchange) {
        Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        String what = thrown == null ? "unknown" : thrown.getClass().getSimpleName();
        if (failure == null) {
            log.warn("Loop events cannot be published now ({}); they wait in the history and nothing is lost.", what);
        }
        failure = what;
    }

    /** Null while all goes well. */
    public String failure() {
        return failure;
    }

    static String cloudEvent(LoopEvent event, String source) {
        ObjectNode json = JSON.createObjectNode()
                .put("specversion", "1.0")
                .put("id", event.claim() + "/" + event.seq())
                .put("source", source)
                .put("type", event.from() == event.to() ? NOTED : MOVED)
                .put("subject", event.claim().toString())
                .put("time", event.at().toString())
                .put("datacontenttype", "application/json")
                .put("dataschema", SCHEMA);
        json.putObject("data")
                .put("uuid", event.claim().toString())
                .put("code", event.code())
                .put("seq", event.seq())
                .put("from", event.from() == null ? null : event.from().name())
                .put("to", event.to().name())
                .put("cause", event.cause())
                .put("reason", event.reason() == null ? null : event.reason().name())
                .put("attempts", event.attempts());
        return json.toString();
    }
}
