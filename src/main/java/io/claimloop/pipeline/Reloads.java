package io.claimloop.pipeline;

import io.claimloop.settings.ClaimLoopProperties;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Changed route files are taken up while everything runs, where that is wanted. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("claimloop.reload")
class Reloads {
    @Bean
    RouteReload routeReload(ClaimLoopProperties properties) {
        return new RouteReload(properties.routes());
    }

    @Bean
    CamelContextConfiguration reloadsRoutes(RouteReload reload) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext camel) {
                // watched from the start on
            }

            @Override
            public void afterApplicationStart(CamelContext camel) {
                try {
                    camel.addService(reload);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }
}
