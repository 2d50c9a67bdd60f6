package io.claimloop.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.support.Works;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.jslt.JsltEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** What the jslt component makes of a route's variables, beside the input. */
class MappingInputTest {
    @Test
    void nothing_is_made_of_what_is_ours() throws Exception {
        Due due = Works.withClaim(
                Works.due(Step.DISPATCH, State.SELECTED),
                JsonNodeFactory.instance.objectNode().put("code", "CHT201"));
        try (DefaultCamelContext camel = new DefaultCamelContext()) {

            MappingInput.customize(camel.getComponent("jslt", org.apache.camel.component.jslt.JsltComponent.class));
            ObjectMapper mapper = camel.getEndpoint("jslt:file:mappings/claim-record.jslt", JsltEndpoint.class)
                    .getObjectMapper();

            assertThat(mapper.valueToTree(Map.of(
                                    "due",
                                    due,
                                    "leased",
                                    List.of(due, due),
                                    "since",
                                    Instant.EPOCH,
                                    "results",
                                    new BatchResults()))
                            .toString())
                    .doesNotContain("CHT201")
                    .contains("\"leased\":[null,null]");
            assertThat(mapper.valueToTree(Map.of("record", "text", "number", 7)).toString())
                    .contains("\"record\":\"text\"", "\"number\":7");
        }
    }
}
