package io.claimloop.operations;

import io.claimloop.ledger.Instances;
import io.claimloop.ledger.Leadership;
import java.time.Instant;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who shares the ledger, and who leads. */
@RestController
class InstancesController {
    private final Instances instances;
    private final Leadership leadership;

    InstancesController(Instances instances, Leadership leadership) {
        this.instances = instances;
        this.leadership = leadership;
    }

    /**
     * @param answers the instance that answered this call
     * @param leads whether the one that answers believes to lead
     * @param live how many share the partners' limits, as it believes
     */
    record Answer(String answers, boolean leads, int live, List<Row> instances) {}

    record Row(String name, String version, Instant startedAt, Instant seenAt, boolean alive, boolean leads) {}

    @GetMapping(path = "/api/instances", produces = "application/json")
    Answer instances() {
        List<Row> rows = instances.list().stream()
                .map(member -> new Row(
                        member.name(),
                        member.version(),
                        member.startedAt(),
                        member.seenAt(),
                        member.alive(),
                        member.leads()))
                .toList();
        return new Answer(instances.me(), leadership.held(), instances.live(), rows);
    }
}
