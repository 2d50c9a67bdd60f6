package io.claimloop.partner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What a partner answered, when it is an answer to the question: also "not there" and "conflict". */
public final class PartnerAnswer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] NOTHING = {};

    private final String partner;
    private final int status;
    private final byte[] body;

    /** @param body as it came, in UTF-8: most are read as JSON, and need not become text before; may be null */
    public PartnerAnswer(String partner, int status, byte[] body) {
        this.partner = partner;
        this.status = status;
        this.body = body == null ? NOTHING : body;
    }

    public PartnerAnswer(String partner, int status, String text) {
        this(partner, status, text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    public String partner() {
        return partner;
    }

    public int status() {
        return status;
    }

    /** The body as it came. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public boolean ok() {
        return status >= 200 && status < 300;
    }

    /** The body as JSON; a body that is none means that something else than the partner answered. */
    public JsonNode json() {
        try {
            JsonNode node = JSON.readTree(body);
            if (node != null && !node.isMissingNode()) {
                return node;
            }
        } catch (IOException e) {
            // said below: the library's message would quote the body
        }
        throw PartnerException.unexpected(partner, status, "not JSON");
    }

    /** The body as JSON, or null when it is none. */
    public JsonNode jsonOrNull() {
        try {
            return json();
        } catch (PartnerException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "PartnerAnswer[" + partner + " " + status + "]";
    }
}
