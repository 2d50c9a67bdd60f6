package io.claimloop.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.SimulatedOpenImis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The demo's story: a facility enters claims CHT083 and CHT084 in the simulated openIMIS by FHIR, as one does in production;
 * nothing else is told to ClaimLoop. What follows is the application's own doing. With {@code --demo.push=false} openIMIS
 * is a release that cannot subscribe to claims, and CHT083 is typed into its web interface and submitted later.
 */
@Component
@Profile("demo")
class Demo {
    private static final Path CLAIM = Path.of("test-data", "recorded", "openimis", "401-claim-post.json");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Loops loops;

    Demo(Loops loops) {
        this.loops = loops;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        int port = ((ServletWebServerApplicationContext) event.getApplicationContext())
                .getWebServer()
                .getPort();
        String url = "http://localhost:" + port;
        SimulatedPartners.cht.pushTo(
                "http://127.0.0.1:" + port + "/cht/feedback", "Bearer " + SimulatedPartners.chtToken);
        Thread story = new Thread(() -> tell(url, Instant.now()), "demo");
        story.setDaemon(true);
        story.start();
    }

    private void tell(String url, Instant up) {
        try {
            String login = "operator:" + SimulatedPartners.operatorPassword;
            say(
                    "openIMIS and CHT are simulated: %s and %s",
                    SimulatedPartners.openimis.url(), SimulatedPartners.cht.url());
            if (SimulatedPartners.push) {
                subscribed();
                say("A facility sends claim CHT083 to openIMIS (POST /Claim/); openIMIS notifies ClaimLoop.");
                post("CHT083", 1);
            } else {
                typedIn();
            }
            Loop loop = follow("CHT083", State.VALUED);
            say(
                    "Claim %s is %s, %.1f s after start. openIMIS now holds its feedback: %s",
                    loop.name(), loop.state(), seconds(up), feedback(loop));
            if (SimulatedPartners.push) {
                say("A second claim, CHT084: here the patient says that there was no care.");
                post("CHT084", 2);
                Loop second = follow("CHT084", State.IN_REVIEW);
                say("Claim %s is %s: an officer reviews it in openIMIS.", second.name(), second.state());
                nextClaim();
            }
            say("Its trace:       curl -su %s '%s/api/loops/%s'", login, url, loop.uuid());
            say("All loops:       curl -su %s '%s/api/loops'", login, url);
            say("Health:          %s/actuator/health", url);
            say("Routes:          %s/actuator/hawtio/ (login %s)", url, login.replace(":", ", password "));
            if (!SimulatedPartners.push) {
                say("Ctrl-C ends the demo.");
                return;
            }
            say("Send the next claim (another visit, so another task):");
            say(
                    "  curl -s -X POST %s/api/api_fhir_r4/Claim/ -H 'Content-Type: application/json' -H \"Authorization: Bearer"
                            + " $(curl -s -X POST %s/api/api_fhir_r4/login/ -H 'Content-Type: application/json' -d"
                            + " '{\"username\":\"%s\",\"password\":\"%s\"}' | sed 's/.*\"token\":\"\\([^\"]*\\)\".*/\\1/')\""
                            + " -d @target/next-claim.json",
                    SimulatedPartners.openimis.url(),
                    SimulatedPartners.openimis.url(),
                    SimulatedOpenImis.USERNAME,
                    SimulatedOpenImis.PASSWORD);
            say("Ctrl-C ends the demo.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            say("The demo stopped: %s", e);
        }
    }

    /** ClaimLoop itself subscribes to claims, soon after its start. */
    private static void subscribed() throws InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        while (SimulatedPartners.openimis.subscriptions() == 0 && Instant.now().isBefore(end)) {
            java.util.concurrent.TimeUnit.MILLISECONDS.sleep(50);
        }
        say("ClaimLoop has made its Subscription in openIMIS.");
    }

    /** On Monday and on Friday, so to say: of neither openIMIS tells anybody. */
    private void typedIn() throws InterruptedException {
        say("Claim CHT083 is typed into openIMIS's web interface; this openIMIS cannot notify anybody.");
        LocalDate day = LocalDate.now().minusDays(1);
        Claim claim = SimulatedPartners.openimis.enter("CHT083", "070707070", day, day);
        follow("CHT083", State.WAITING);
        say("The sweep found it; it is entered, not submitted. Now it is submitted, and again nobody is told.");
        SimulatedPartners.openimis.submit(claim);
    }

    private static void post(String code, int daysAgo) throws IOException, InterruptedException {
        send(new ObjectMapper(), claim(code, daysAgo));
    }

    private static void nextClaim() throws IOException {
        Files.writeString(
                Path.of("target", "next-claim.json"), claim("CHT085", 3).toString());
    }

    /** As recorded, on a day of our own. */
    private static ObjectNode claim(String code, int daysAgo) throws IOException {
        ObjectNode claim = (ObjectNode)
                new ObjectMapper().readTree(CLAIM.toFile()).path("request").path("body");
        date(claim, LocalDate.now().minusDays(daysAgo));
        ((ObjectNode) claim.path("identifier").path(0)).put("value", code);
        return claim;
    }

    private static void date(ObjectNode claim, LocalDate day) {
        ((ObjectNode) claim.path("billablePeriod")).put("start", day.toString()).put("end", day.toString());
        claim.put("created", LocalDate.now().toString());
    }

    private static void send(ObjectMapper json, JsonNode claim) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        String base = SimulatedPartners.openimis.url() + "/api/api_fhir_r4/";
        String login = json.createObjectNode()
                .put("username", SimulatedOpenImis.USERNAME)
                .put("password", SimulatedOpenImis.PASSWORD)
                .toString();
        String token = json.readTree(client.send(request(base + "login/", login).build(), BodyHandlers.ofString())
                        .body())
                .path("token")
                .asText();
        int status = client.send(
                        request(base + "Claim/", claim.toString())
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
        if (status != 201) {
            throw new IOException("openIMIS refused the claim with " + status);
        }
    }

    private static HttpRequest.Builder request(String url, String body) {
        return HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }

    private Loop follow(String code, State last) throws InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        State told = null;
        while (Instant.now().isBefore(end)) {
            List<Loop> found = loops.find(code, null, 1);
            if (!found.isEmpty() && found.get(0).state() != told) {
                told = found.get(0).state();
                if (told == State.TASKED) {
                    say("The claim record is in CHT; the CHW sees the task and visits the patient (3 s here).");
                }
                if (told == last) {
                    return found.get(0);
                }
            }
            java.util.concurrent.TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IllegalStateException(code + " did not reach " + last + " in time; it stands at " + told);
    }

    private static String feedback(Loop loop) {
        return String.valueOf(SimulatedPartners.openimis.feedbackOf(loop.spelling()));
    }

    private static double seconds(Instant since) {
        return Duration.between(since, Instant.now()).toMillis() / 1000.0;
    }

    private static void say(String line, Object... values) {
        System.out.println("demo | " + String.format(line, values));
    }
}
