package io.claimloop.openimis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.NamedUuid;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Step;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * An order to openIMIS. It answers each with ids at once, whatever becomes of it: the truth is in what is read back, a
 * hint in its {@code mutationLogs} (recordings 931 to 982). Many go in one request under aliases (recording 991).
 *
 * @param name as in openIMIS's schema
 * @param id the clientMutationId: always the same for a loop and a step, so that its log is found after a crash
 * @param input without the ids
 * @param whenSent the outcome of the step when openIMIS took the order: as a rule to come back and look
 */
public record Mutation(String name, UUID id, ObjectNode input, Outcome whenSent) {
    private static final UUID NAMESPACE = UUID.fromString("b8f0a9de-6a55-4c43-8f0e-0d5f3c1c9a77");

    /** openIMIS shows it in its journal of mutations, next to the user's name. */
    private static final String LABEL = "ClaimLoop ";

    /** In openIMIS's log it tells our orders for one claim apart. */
    static String label(String name) {
        return LABEL + name;
    }

    public static UUID idOf(Loop loop, Step step) {
        return NamedUuid.of(NAMESPACE, loop.uuid() + ":" + step.key());
    }

    /** Each correction of a loop has its own: otherwise the log of the first would speak for the second. */
    static UUID idOf(Due due) {
        return due.step() == Step.CORRECT
                ? NamedUuid.of(
                        NAMESPACE,
                        due.loop().uuid() + ":" + due.step().key() + ":"
                                + due.submission().id())
                : idOf(due.loop(), due.step());
    }

    public static Mutation of(Due due, String name, ObjectNode input, Outcome whenSent) {
        return new Mutation(name, idOf(due), input, whenSent);
    }

    /**
     * For mutations that take a list of claims. One claim each: with several, openIMIS logs errors for what it did
     * (recording 932).
     */
    public static Mutation onClaim(Due due, String name, Outcome whenSent) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        input.putArray("uuids").add(due.loop().spelling());
        return of(due, name, input, whenSent);
    }

    /** One GraphQL request, as JSON, that carries all of them: the first as {@code m0}. */
    public static String request(List<Mutation> mutations) {
        StringBuilder text = new StringBuilder("mutation {");
        for (int i = 0; i < mutations.size(); i++) {
            Mutation mutation = mutations.get(i);
            ObjectNode input = JsonNodeFactory.instance
                    .objectNode()
                    .put("clientMutationId", mutation.id.toString())
                    .put("clientMutationLabel", label(mutation.name));
            input.setAll(mutation.input);
            text.append(" m").append(i).append(": ").append(mutation.name).append("(input: ");
            literal(input, text);
            text.append(") { clientMutationId internalId }");
        }
        return JsonNodeFactory.instance
                .objectNode()
                .put("query", text.append(" }").toString())
                .toString();
    }

    /** A value as GraphQL writes it: like JSON, but names of fields stand without quotes. */
    private static void literal(JsonNode value, StringBuilder text) {
        if (value.isObject()) {
            text.append('{');
            for (Iterator<Map.Entry<String, JsonNode>> fields = value.fields(); fields.hasNext(); ) {
                Map.Entry<String, JsonNode> field = fields.next();
                text.append(field.getKey()).append(": ");
                literal(field.getValue(), text);
                text.append(fields.hasNext() ? ", " : "");
            }
            text.append('}');
        } else if (value.isArray()) {
            text.append('[');
            for (int i = 0; i < value.size(); i++) {
                text.append(i > 0 ? ", " : "");
                literal(value.get(i), text);
            }
            text.append(']');
        } else {
            // texts are escaped as in JSON, and so are numbers, true, false and null
            text.append(value);
        }
    }

    /** Inputs hold answers: they are not printed. */
    @Override
    public String toString() {
        return "Mutation[" + name + "]";
    }
}
