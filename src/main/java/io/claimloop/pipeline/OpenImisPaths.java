package io.claimloop.pipeline;

import io.claimloop.partner.PartnerRequest;
import org.springframework.stereotype.Component;

/** Gives openIMIS's two protocols their paths. */
@Component("openimisPaths")
public class OpenImisPaths {
    /** @param query a GraphQL request as JSON */
    public PartnerRequest graphql(String query) {
        return PartnerRequest.post("/api/graphql", query);
    }

    public PartnerRequest fhir(PartnerRequest request) {
        return new PartnerRequest(
                request.method(), "/api/api_fhir_r4" + request.path(), request.query(), request.body());
    }
}
