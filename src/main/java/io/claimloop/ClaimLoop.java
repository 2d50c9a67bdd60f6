package io.claimloop;

import java.security.Security;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The application: closes the loop between openIMIS and the Community Health Toolkit. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ClaimLoop {
    static {
        // before the first name is looked up
        boundNames();
    }

    /** A partner that moves to another address is found there within this time, whatever the JVM's defaults are. */
    static void boundNames() {
        keepNames("networkaddress.cache.ttl", "30");
        keepNames("networkaddress.cache.negative.ttl", "5");
    }

    /** Seconds; what the machine's java.security says holds, unless it is for ever. */
    private static void keepNames(String property, String seconds) {
        String told = Security.getProperty(property);
        if (told == null || told.isBlank() || told.strip().startsWith("-")) {
            Security.setProperty(property, seconds);
        }
    }

    public static void main(String[] args) {
        SpringApplication.run(ClaimLoop.class, args);
    }
}
