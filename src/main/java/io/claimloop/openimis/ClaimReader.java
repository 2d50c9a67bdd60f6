package io.claimloop.openimis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.claimloop.ledger.Due;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Reads many claims in one GraphQL request, by aliases: so 150 requests a minute need not bound the claims. A claim that
 * openIMIS cannot show is null under its alias and harms no other.
 */
@Component("claimReader")
public class ClaimReader {
    /** The claim is not there, or not shown to our account. */
    public static final String ABSENT = "absent";

    /** openIMIS failed on this one claim. */
    public static final String UNREADABLE = "unreadable";

    private final String fields;

    public ClaimReader() {
        try (InputStream in = ClaimReader.class.getResourceAsStream("claim-fields.graphql")) {
            this.fields = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)#.*$", "")
                    .replaceAll("\\s+", " ")
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The GraphQL request for the claims of this work, each under its place in the list. */
    public String query(List<Due> due) {
        StringBuilder query = new StringBuilder("{");
        for (int i = 0; i < due.size(); i++) {
            // a spelling is made of a parsed UUID: nothing else can get into the query
            query.append(" c").append(i).append(": claim(uuid: \"");
            query.append(due.get(i).loop().spelling()).append("\") ").append(fields);
        }
        return new ObjectMapper()
                .createObjectNode()
                .put("query", query.append(" }").toString())
                .toString();
    }

    /** Gives each work its claim. */
    public List<Due> attach(List<Due> due, PartnerAnswer answer) {
        JsonNode body = answer.json();
        JsonNode data = body.path("data");
        if (!data.isObject()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no data");
        }
        Map<String, String> errors = new HashMap<>();
        for (JsonNode error : body.path("errors")) {
            String message = error.path("message").asText();
            if (message.contains("not authorized")) {
                throw PartnerException.noAccess(answer.partner(), answer.status());
            }
            errors.put(error.path("path").path(0).asText(), message.contains("does not exist") ? ABSENT : UNREADABLE);
        }
        List<Due> read = new ArrayList<>(due.size());
        for (int i = 0; i < due.size(); i++) {
            JsonNode claim = data.path("c" + i);
            read.add(
                    // a claim that came in part is not taken for whole
                    claim.isObject() && !errors.containsKey("c" + i)
                            ? due.get(i).withClaim(claim, null)
                            : due.get(i)
                                    .withClaim(
                                            JsonNodeFactory.instance.nullNode(), errors.getOrDefault("c" + i, ABSENT)));
        }
        return read;
    }
}
