package io.claimloop.pipeline;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.StrictErrorHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** One R4 model for all of Camel FHIR; its parser refuses what it does not know. */
@Configuration(proxyBeanMethods = false)
class FhirModel {
    @Bean
    FhirContext fhirContext() {
        FhirContext context = FhirContext.forR4Cached();
        context.setParserErrorHandler(new StrictErrorHandler());
        return context;
    }
}
