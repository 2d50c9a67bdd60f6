package io.claimloop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The application: closes the loop between openIMIS and the Community Health Toolkit. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ClaimLoop {
    public static void main(String[] args) {
        SpringApplication.run(ClaimLoop.class, args);
    }
}
