package io.claimloop.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.claimloop.support.ClaimLoopTest;
import io.claimloop.support.Journey;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Without its profile nothing of Kafka is at work. */
@ClaimLoopTest
class WithoutKafkaTest {
    @Autowired
    private ApplicationContext application;

    @Autowired
    private CamelContext camel;

    @Autowired
    private Journey journey;

    @Test
    void there_is_no_component_no_route_and_no_bean() {
        assertThat(application.getBeansOfType(KafkaComponent.class)).isEmpty();
        assertThat(application.getBeansOfType(KafkaWatch.class)).isEmpty();
        assertThat(camel.getComponentNames()).doesNotContain("kafka");
        assertThat(camel.getRoute("claim-events")).isNull();
        assertThat(camel.getRoute("loop-events")).isNull();
    }

    @Test
    void the_list_of_parked_events_is_there_and_empty() {
        Journey.Response response = journey.get("/api/parked-events");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.json()).isEmpty();
    }
}
