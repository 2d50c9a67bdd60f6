package io.claimloop.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.pipeline.RoutesUnderTest;
import io.claimloop.support.Works;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Partners behind certificates that must not be trusted, and one behind a good one. The test's authority is in the trust
 * store of the JVM, as an operator's own would be. Row 53 of {@code docs/failures.md}.
 */
class UntrustedPartnerTest {
    private static final String PASSWORD = "password-of-this-test";
    private static final String TRUST = "javax.net.ssl.trustStore";

    @TempDir
    private static Path folder;

    private static final AtomicInteger REQUESTS = new AtomicInteger();

    @BeforeAll
    static void certificates() throws Exception {
        keytool("-genkeypair", "-alias", "authority", "-dname", "CN=authority", "-ext", "bc:c");
        keytool(
                "-genkeypair",
                "-alias",
                "good",
                "-dname",
                "CN=good",
                "-signer",
                "authority",
                "-ext",
                "san=ip:127.0.0.1");
        keytool(
                "-genkeypair",
                "-alias",
                "expired",
                "-dname",
                "CN=old",
                "-signer",
                "authority",
                "-ext",
                "san=ip:127.0.0.1",
                "-startdate",
                "-10d",
                "-validity",
                "5");
        keytool(
                "-genkeypair",
                "-alias",
                "early",
                "-dname",
                "CN=early",
                "-signer",
                "authority",
                "-ext",
                "san=ip:127.0.0.1",
                "-startdate",
                "+10d",
                "-validity",
                "5");
        keytool(
                "-genkeypair",
                "-alias",
                "elsewhere",
                "-dname",
                "CN=elsewhere",
                "-signer",
                "authority",
                "-ext",
                "san=dns:elsewhere.example.org");
        keytool("-genkeypair", "-alias", "self-signed", "-dname", "CN=self", "-ext", "san=ip:127.0.0.1");
        KeyStore all = keys();
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", all.getCertificate("authority"));
        Path file = folder.resolve("trust.p12");
        try (var out = Files.newOutputStream(file)) {
            trusted.store(out, PASSWORD.toCharArray());
        }
        System.setProperty(TRUST, file.toString());
        System.setProperty(TRUST + "Password", PASSWORD);
    }

    @AfterAll
    static void trustAsBefore() {
        System.clearProperty(TRUST);
        System.clearProperty(TRUST + "Password");
    }

    @Test
    void a_partner_with_a_good_certificate_of_an_authority_in_the_trust_store_is_asked() throws Exception {
        assertThat(asked("good").requests()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "expired, its certificate has expired",
        "early, its certificate is not valid yet",
        "elsewhere, its certificate is for another host name",
        "self-signed, its certificate is signed by nobody whom Java's trust store knows"
    })
    void a_partner_whose_certificate_is_not_good_gets_no_request_and_health_says_why(String alias, String words)
            throws Exception {
        Asked asked = asked(alias);
        assertThat(asked.requests()).isZero();
        assertThat(asked.degraded()).isTrue();
        assertThat(asked.condition()).startsWith("not trusted: " + words);
        // waited for like one that is away: never parked, tried again by itself when the certificate is renewed
        assertThat(asked.outcome().reason()).isEqualTo(Reason.PARTNER_AWAY);
        assertThat(asked.outcome().detail()).contains(words);
    }

    /** Java's TLS server does not speak it either: so these are the bytes with which a server of TLS 1.0 or 1.1 begins. */
    @ParameterizedTest
    @CsvSource({"TLS 1.0, 01", "TLS 1.1, 02"})
    void old_tls_is_refused(String name, String version) throws Exception {
        byte[] hello = HexFormat.of()
                .parseHex("1603" + version + "002a" + "02000026" + "03" + version + "00".repeat(32) + "00" + "002f"
                        + "00");
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<byte[]> alert = CompletableFuture.supplyAsync(() -> {
                try (Socket client = server.accept()) {
                    InputStream in = client.getInputStream();
                    byte[] head = in.readNBytes(5);
                    in.readNBytes((head[3] & 0xff) << 8 | head[4] & 0xff);
                    client.getOutputStream().write(hello);
                    return in.readNBytes(7);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            Asked asked = ask("https://127.0.0.1:" + server.getLocalPort());
            byte[] told = alert.get(30, TimeUnit.SECONDS);
            assertThat(told[0]).as("an alert").isEqualTo((byte) 21);
            assertThat(told[6]).as("protocol_version").isEqualTo((byte) 70);
            assertThat(asked.condition()).contains("TLS 1.2 at least");
            assertThat(asked.outcome().reason()).isEqualTo(Reason.PARTNER_AWAY);
        }
    }

    private record Asked(Outcome outcome, boolean degraded, String condition, int requests) {}

    private static Asked asked(String alias) throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(alias)));
        server.createContext("/", exchange -> {
            REQUESTS.incrementAndGet();
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
        try {
            return ask("https://127.0.0.1:" + server.getAddress().getPort());
        } finally {
            server.stop(0);
        }
    }

    private static Asked ask(String url) throws Exception {
        REQUESTS.set(0);
        PartnersOnWire.OPENIMIS.start();
        try (RoutesUnderTest routes = RoutesUnderTest.of(
                PartnersOnWire.OPENIMIS,
                PartnersOnWire.OPENIMIS,
                Map.of("claimloop.cht.url", url),
                "cht",
                "record-watch")) {
            Outcome outcome = routes.lookAgain(Works.due(Step.LOOK_AGAIN, State.TASKED));
            return new Asked(outcome, routes.cht().degraded(), routes.cht().condition(), REQUESTS.get());
        }
    }

    private static SSLContext context(String alias) throws Exception {
        KeyStore one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        KeyStore all = keys();
        one.setKeyEntry(
                alias,
                all.getKey(alias, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain(alias));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(one, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static KeyStore keys() throws Exception {
        return KeyStore.getInstance(folder.resolve("keys.p12").toFile(), PASSWORD.toCharArray());
    }

    /** Keys are made anew in each run: there is none in the repository. */
    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-J-XX:TieredStopAtLevel=1",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                folder.resolve("keys.p12").toString()));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
    }
}
