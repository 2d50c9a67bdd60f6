package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.StringValue;
import graphql.parser.Parser;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Many claims under aliases, again and again with other uuids: the engine needs a tenth of a millisecond for each. What it
 * has once answered without an error is answered from here the next time, with other texts in the same places; whatever is
 * special (a variable, a directive, a claim that is not there) goes to the engine. {@link GraphQlPlansTest} holds the two
 * together.
 */
final class GraphQlPlans {
    private static final int MOST = 2_000;
    private static final Pattern TEXT = Pattern.compile("\"([^\"]*)\"");

    /** The query without its texts; {@code claims} is empty where only the engine will do. */
    private record Plan(List<Wanted> claims) {}

    private record Wanted(String alias, SelectionSet fields) {}

    private final Map<String, Plan> plans = new ConcurrentHashMap<>();
    private final Function<String, Map<String, Object>> claims;

    /** @param claims by uuid; null where the engine is to say what is wrong */
    GraphQlPlans(Function<String, Map<String, Object>> claims) {
        this.claims = claims;
    }

    /** The answer's {@code data}; empty where the engine must answer. */
    Optional<ObjectNode> answer(String query) {
        Plan plan = simple(query) ? plans.get(shape(query)) : null;
        if (plan == null || plan.claims.isEmpty()) {
            return Optional.empty();
        }
        var texts = TEXT.matcher(query);
        var data = JsonNodeFactory.instance.objectNode();
        for (var wanted : plan.claims) {
            if (!texts.find()) {
                return Optional.empty();
            }
            var claim = claims.apply(texts.group(1));
            if (claim == null) {
                return Optional.empty();
            }
            data.set(wanted.alias, shown(claim, wanted.fields));
        }
        return Optional.of(data);
    }

    /** The engine has answered this without an error. */
    void learn(String query) {
        if (plans.size() < MOST && simple(query)) {
            plans.computeIfAbsent(
                    shape(query), unused -> plan(new Parser().parseDocument(GraphQlApi.environment(query))));
        }
    }

    /** Its texts are what is between quotes, and nothing else has quotes. */
    private static boolean simple(String query) {
        return query.contains("claim(")
                && query.indexOf('\\') < 0
                && query.indexOf('#') < 0
                && !query.contains("\"\"\"");
    }

    private static String shape(String query) {
        var shape = new StringBuilder(query.length());
        boolean inside = false;
        for (int i = 0; i < query.length(); i++) {
            char letter = query.charAt(i);
            if (letter == '"') {
                inside = !inside;
            }
            if (!inside) {
                shape.append(letter);
            }
        }
        return shape.toString();
    }

    private static Plan plan(Document document) {
        var wanted = new ArrayList<Wanted>();
        if (document.getDefinitions().size() != 1
                || !(document.getDefinitions().get(0) instanceof OperationDefinition operation)
                || operation.getOperation() != OperationDefinition.Operation.QUERY
                || !operation.getVariableDefinitions().isEmpty()) {
            return new Plan(List.of());
        }
        for (Selection<?> selection : operation.getSelectionSet().getSelections()) {
            boolean plain = selection instanceof Field field
                    && field.getName().equals("claim")
                    && field.getDirectives().isEmpty()
                    && field.getArguments().size() == 1
                    && field.getArguments().get(0).getName().equals("uuid")
                    && field.getArguments().get(0).getValue() instanceof StringValue
                    && plain(field.getSelectionSet());
            if (!plain) {
                return new Plan(List.of());
            }
            wanted.add(new Wanted(((Field) selection).getResultKey(), ((Field) selection).getSelectionSet()));
        }
        // the engine would merge them
        boolean twice = wanted.stream().map(Wanted::alias).distinct().count() < wanted.size();
        return new Plan(twice ? List.of() : List.copyOf(wanted));
    }

    private static boolean plain(SelectionSet fields) {
        var names = new HashSet<String>();
        return fields == null
                || fields.getSelections().stream()
                        .allMatch(selection -> selection instanceof Field field
                                && field.getArguments().isEmpty()
                                && field.getDirectives().isEmpty()
                                && !field.getName().startsWith("__")
                                && names.add(field.getResultKey())
                                && plain(field.getSelectionSet()));
    }

    private static JsonNode shown(Object value, SelectionSet fields) {
        var nodes = JsonNodeFactory.instance;
        if (value == null) {
            return nodes.nullNode();
        }
        if (value instanceof Map<?, ?> row) {
            ObjectNode node = nodes.objectNode();
            for (Selection<?> selection : fields.getSelections()) {
                var field = (Field) selection;
                node.set(field.getResultKey(), shown(row.get(field.getName()), field.getSelectionSet()));
            }
            return node;
        }
        if (value instanceof List<?> rows) {
            ArrayNode list = nodes.arrayNode(rows.size());
            rows.forEach(row -> list.add(shown(row, fields)));
            return list;
        }
        return Json.node(value);
    }
}
