package io.claimloop.contract;

import static io.claimloop.contract.Behaviour.reliedOn;

import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.claimloop.contract.Behaviour.NotTried;
import io.claimloop.simulated.Answer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** CHT's outbound push. Its address is a setting of CHT's, so a live one cannot be tried from here. */
final class ChtPushes {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ChtServer cht;

    ChtPushes(ChtServer cht) {
        this.cht = cht;
    }

    Stream<Behaviour> behaviours() {
        return Stream.of(
                reliedOn("pushes a feedback report as JSON with our header", "511, 516", this::push),
                reliedOn(
                        "takes 200 {} for delivered and keeps a refused push, which monitoring counts",
                        "550",
                        this::queue),
                reliedOn("repeats a push that failed, with the same body", "542", () -> {
                    throw new NotTried(
                            "CHT's own clock repeats it after minutes; the simulator is held to it elsewhere");
                }));
    }

    private void simulatedOnly() {
        if (cht.live()) {
            throw new NotTried(
                    "where CHT pushes to is a setting of CHT's; send one report and look at ClaimLoop's trace");
        }
    }

    private void push() throws Exception {
        simulatedOnly();
        try (var receiver = new Receiver("127.0.0.1", 0)) {
            cht.simulated.pushTo("http://127.0.0.1:" + receiver.port() + "/cht/feedback", "Bearer contract");
            cht.simulated.submit(UUID.randomUUID().toString(), Answer.content());
            await("a push within " + PATIENCE, () -> !receiver.received().isEmpty());
            var push = receiver.received().get(0);
            Expect.that("Bearer contract".equals(push.authorization()), "our Authorization header", "another");
            var body = Wire.JSON.readTree(push.body());
            Expect.text(body, "/report_id");
            Expect.text(body, "/claim_uuid");
            Expect.type(body, "/reported_date", JsonNodeType.NUMBER);
            Expect.text(body, "/feedback/care_rendered");
        }
    }

    private void queue() throws Exception {
        simulatedOnly();
        try (var receiver = new Receiver("127.0.0.1", 0)) {
            cht.simulated.pushTo("http://127.0.0.1:" + receiver.port() + "/cht/feedback", "Bearer contract");
            cht.simulated.submit(UUID.randomUUID().toString(), Answer.content());
            await("a push within " + PATIENCE, () -> !receiver.received().isEmpty());
        }
        int before = backlog();
        cht.simulated.submit(UUID.randomUUID().toString(), Answer.content());
        await("one more in /outbound_push/backlog", () -> backlog() == before + 1);
    }

    private int backlog() throws Exception {
        return cht.anonymous("/api/v2/monitoring")
                .json()
                .at("/outbound_push/backlog")
                .asInt();
    }

    private static void await(String what, Callable<Boolean> until) {
        try {
            Awaitility.await().atMost(PATIENCE).until(until);
        } catch (ConditionTimeoutException e) {
            throw new Behaviour.Difference(what, "none");
        }
    }
}
