package io.claimloop.operations;

import io.claimloop.pipeline.MappingWatch;
import io.claimloop.pipeline.RouteReload;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** A changed route or mapping that is broken is not in use: who changed it should not have to search the log. */
@Component("files")
@ConditionalOnProperty("claimloop.reload")
class ReloadHealth implements HealthIndicator {
    private final RouteReload routes;
    private final MappingWatch mappings;

    ReloadHealth(RouteReload routes, MappingWatch mappings) {
        this.routes = routes;
        this.mappings = mappings;
    }

    @Override
    public Health health() {
        Map<String, String> broken = new TreeMap<>(routes.broken());
        broken.putAll(mappings.broken());
        return broken.isEmpty()
                ? Health.up().build()
                : Health.status("DEGRADED")
                        .withDetail("condition", "the last good ones stay in use; correct the files")
                        .withDetails(broken)
                        .build();
    }
}
