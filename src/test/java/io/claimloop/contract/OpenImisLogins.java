package io.claimloop.contract;

import static io.claimloop.contract.Behaviour.asked;
import static io.claimloop.contract.Behaviour.reliedOn;

import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.claimloop.contract.Behaviour.NotTried;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;

/** Login, token, and how openIMIS says no. */
final class OpenImisLogins {
    private static final String BAD_TOKEN = "Bearer bm90LmEudG9rZW4";

    private final OpenImisServer openImis;

    OpenImisLogins(OpenImisServer openImis) {
        this.openImis = openImis;
    }

    Stream<Behaviour> behaviours() {
        return Stream.of(
                reliedOn("logs in by FHIR and says when the token ends", "101", this::login),
                reliedOn("refuses a wrong password with 401", "102, 103", this::wrongPassword),
                reliedOn("takes the token as Bearer, by FHIR and by GraphQL", "110, 912", this::takesTheToken),
                reliedOn(
                        "refuses a bad token with 401, by FHIR and by GraphQL",
                        "114, 115, 905",
                        this::refusesABadToken),
                reliedOn("refuses FHIR without login with 401", "112", this::fhirWithoutLogin),
                asked("What does GraphQL answer without login?", "904, 945", this::graphQlWithoutLogin),
                asked("What happens to a path without its slash at the end?", "121, 122", this::withoutSlash),
                asked("Is the account locked after some wrong passwords?", "read, not recorded", () -> {
                    throw new NotTried(
                            "it would lock the account; ClaimLoop never repeats a password that was refused");
                }),
                asked("Does openIMIS answer 429 above its limit of requests?", "read, not recorded", () -> {
                    throw new NotTried("it would take openIMIS away from its users");
                }));
    }

    private void login() throws Exception {
        var answer = openImis.login();
        Expect.status(200, answer);
        Expect.text(answer.json(), "/token");
        Expect.type(answer.json(), "/exp", JsonNodeType.NUMBER);
        long seconds = answer.json().path("exp").asLong() - Instant.now().getEpochSecond();
        Expect.that(seconds > 0, "/exp in the future, in seconds of Unix time", "another time");
    }

    /** One wrong password only: some lock the account. */
    private void wrongPassword() throws Exception {
        openImis.onlyIfAllowed("openimis.try-bad-login", "A wrong password counts towards the account's lock.");
        var answer = openImis.login(UUID.randomUUID().toString());
        Expect.status(401, answer);
        Expect.that(!answer.json().has("token"), "no token", "a token");
    }

    private void takesTheToken() throws Exception {
        Expect.status(200, openImis.get("Location/?_count=1"));
        Expect.type(openImis.data("{ claims(first: 1) { totalCount } }"), "/claims/totalCount", JsonNodeType.NUMBER);
    }

    private void refusesABadToken() throws Exception {
        Expect.status(401, openImis.fhirAs(BAD_TOKEN, "GET", "Location/?_count=1", null));
        Expect.status(401, openImis.graphQlAs(BAD_TOKEN, "{ claims(first: 1) { totalCount } }"));
    }

    private void fhirWithoutLogin() throws Exception {
        Expect.status(401, openImis.fhirAs(null, "GET", "Claim/?_count=1", null));
    }

    private String graphQlWithoutLogin() throws Exception {
        var answer = openImis.graphQlAs(null, "{ claims(first: 1) { totalCount } }");
        Expect.status(200, answer);
        Expect.type(answer.json(), "/errors", JsonNodeType.ARRAY);
        return "200 with errors";
    }

    private String withoutSlash() throws Exception {
        var answer = openImis.get("Location");
        Expect.status(301, answer);
        Expect.that(answer.header("Location").startsWith("/"), "a path as Location", "something else");
        return "301 to the path with it, so a POST would lose its body";
    }
}
