package io.claimloop.operations;

import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerGate;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.subscription.SubscriptionKeeper;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Says where to look, and asks each partner once whether it is there. */
@Component
class StartReport {
    private static final Logger log = LoggerFactory.getLogger("io.claimloop.Start");

    private final PartnerGate openimis;
    private final PartnerGate cht;
    private final ClaimLoopProperties properties;
    private final SubscriptionKeeper keeper;

    StartReport(PartnerGate openimis, PartnerGate cht, ClaimLoopProperties properties, SubscriptionKeeper keeper) {
        this.openimis = openimis;
        this.cht = cht;
        this.properties = properties;
        this.keeper = keeper;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        int port = event.getApplicationContext() instanceof ServletWebServerApplicationContext web
                ? web.getWebServer().getPort()
                : 0;
        String url = properties.publicUrl() == null
                ? "http://localhost:" + port
                : properties.publicUrl().toString().replaceAll("/+$", "");
        log.info(
                "ClaimLoop is up (policy: {}).",
                properties.selection().policy().name().toLowerCase(Locale.ROOT));
        log.info("  openIMIS notifies   POST {}/openimis/notifications", url);
        log.info("  CHT pushes to       POST {}/cht/feedback", url);
        log.info("  operators look at   GET  {}/api/loops and {}/actuator/health", url, url);
        log.info("  claim notices       {}", keeper.status().what());
        Thread asking = new Thread(
                () -> {
                    ask(openimis);
                    ask(cht);
                },
                "ask-partners");
        asking.setDaemon(true);
        asking.start();
    }

    private static void ask(PartnerGate partner) {
        try {
            partner.login().header();
            log.info("{} is reachable.", partner.name());
        } catch (PartnerException e) {
            if (e.kind() != PartnerException.Kind.LOGIN_REFUSED) {
                log.warn(
                        "{} is not reachable now ({}). Notices and submissions are taken all the same; check"
                                + " claimloop.{}.url and the network if it stays so.",
                        partner.name(),
                        e.getMessage(),
                        partner.name().toLowerCase(Locale.ROOT));
            }
        }
    }
}
