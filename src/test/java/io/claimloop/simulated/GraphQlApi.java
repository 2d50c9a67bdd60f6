package io.claimloop.simulated;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.InvalidSyntaxError;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.DataFetcherExceptionHandlerResult;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.parser.ParserEnvironment;
import graphql.parser.ParserOptions;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeRuntimeWiring;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * POST /api/graphql. HTTP status is used, but not as one would wish: 200 without login, 401 for a bad token, 400 for a
 * query that is not valid, 200 for a failed mutation (recordings 901-911, 943-945).
 */
final class GraphQlApi {
    static final String PATH = "/api/graphql";
    private static final String VISIT = "visit";
    private static final int MOST_DOCUMENTS = 2_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern UNDEFINED = Pattern.compile("Field '(\\w+)' in type '(\\w+)' is undefined");
    private static final Pattern TOO_LONG = Pattern.compile("Value \\S+ is over maximum length: \\d+");
    // openIMIS sets no limit to the size of a query; many aliases in one request are used (recordings 990-994).
    private static final ParserOptions UNLIMITED = ParserOptions.newParserOptions()
            .maxTokens(Integer.MAX_VALUE)
            .maxCharacters(Integer.MAX_VALUE)
            .maxWhitespaceTokens(Integer.MAX_VALUE)
            .build();

    private final Accounts accounts;
    private final Faults faults;
    private final GraphQL engine;
    private final GraphQlMutations mutations;
    private final GraphQlPlans plans;
    private final Map<String, PreparsedDocumentEntry> documents = new ConcurrentHashMap<>();

    /** An error whose text is the one that openIMIS tells. */
    static final class Told extends RuntimeException {
        final boolean unauthorized;

        Told(String message) {
            this(message, false);
        }

        Told(String message, boolean unauthorized) {
            super(message, null, false, false);
            this.unauthorized = unauthorized;
        }
    }

    /** What one request has shown of itself so far. */
    static final class Visit {
        final Accounts.Caller caller;
        volatile boolean unauthorized;
        volatile boolean changedSomething;

        Visit(Accounts.Caller caller) {
            this.caller = caller;
        }
    }

    GraphQlApi(OpenImisData data, Accounts accounts, Faults faults) {
        this.accounts = accounts;
        this.faults = faults;
        var handler = (DataFetcherExceptionHandler) parameters -> {
            var visit = visit(parameters.getDataFetchingEnvironment());
            var thrown = parameters.getException();
            if (thrown instanceof Told told && told.unauthorized) visit.unauthorized = true;
            var error = GraphqlErrorBuilder.newError(parameters.getDataFetchingEnvironment())
                    .message("%s", String.valueOf(thrown.getMessage()))
                    .build();
            return CompletableFuture.completedFuture(
                    DataFetcherExceptionHandlerResult.newResult(error).build());
        };
        mutations = new GraphQlMutations(data, accounts);
        var queries = new GraphQlQueries(data);
        plans = new GraphQlPlans(queries::claimOrNull);
        engine = GraphQL.newGraphQL(schema(queries))
                .defaultDataFetcherExceptionHandler(handler)
                .preparsedDocumentProvider(this::parsed)
                .build();
    }

    GraphQlMutations mutations() {
        return mutations;
    }

    /** A query whose values are variables comes again and again as the same text. */
    private CompletableFuture<PreparsedDocumentEntry> parsed(
            ExecutionInput input, Function<ExecutionInput, PreparsedDocumentEntry> parse) {
        var known = documents.get(input.getQuery());
        if (known == null) {
            known = parse.apply(input);
            if (!input.getRawVariables().toMap().isEmpty() && documents.size() < MOST_DOCUMENTS) {
                documents.put(input.getQuery(), known);
            }
        }
        return CompletableFuture.completedFuture(known);
    }

    static ParserEnvironment environment(String query) {
        return ParserEnvironment.newParserEnvironment()
                .document(query)
                .parserOptions(UNLIMITED)
                .build();
    }

    private GraphQLSchema schema(GraphQlQueries queries) {
        var query = TypeRuntimeWiring.newTypeWiring("Query");
        queries.fetchers().forEach((name, fetcher) -> query.dataFetcher(name, checked(name, fetcher)));
        query.dataFetcher("mutationLogs", signed(mutations::logs));
        var mutation = TypeRuntimeWiring.newTypeWiring("Mutation");
        mutations.fetchers().forEach((name, fetcher) -> mutation.dataFetcher(name, signed(fetcher)));
        mutation.dataFetcher("tokenAuth", mutations::tokenAuth);
        mutation.dataFetcher("refreshToken", env -> {
            throw new Told("Invalid refresh token", true);
        });
        var edge = TypeRuntimeWiring.newTypeWiring("ClaimGQLTypeEdge").dataFetcher("node", GraphQlQueries::row);
        var wiring = RuntimeWiring.newRuntimeWiring().type(query).type(mutation).type(edge);
        GraphQlScalars.all().forEach(wiring::scalar);
        try (var sdl = new InputStreamReader(
                GraphQlApi.class.getResourceAsStream("openimis.graphqls"), StandardCharsets.UTF_8)) {
            return new SchemaGenerator().makeExecutableSchema(new SchemaParser().parse(sdl), wiring.build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answered without login too: a mutation with ids (945), the log with nothing (946); never with a bad token. */
    private static DataFetcher<?> signed(DataFetcher<?> fetcher) {
        return env -> {
            if (visit(env).caller.standing() == Accounts.Standing.BAD_TOKEN) {
                throw new Told("Error decoding signature", true);
            }
            return fetcher.get(env);
        };
    }

    /** Without login or right 200 with an error (904; the missing right read in the source: the same exception). */
    private static DataFetcher<?> checked(String field, DataFetcher<?> fetcher) {
        return signed(env -> {
            var caller = visit(env).caller;
            if (!caller.known() || !caller.account().may(Rights.ofGraphQl(field))) {
                throw new Told("User not authorized for this operation");
            }
            return fetcher.get(env);
        });
    }

    static Visit visit(DataFetchingEnvironment env) {
        return env.getGraphQlContext().get(VISIT);
    }

    Reply answer(Call call) {
        if (!call.method().equals("POST")) return said("Must provide query string.");
        if (faults.failsNaming(call.body())) return Reply.page(500, "Server Error (500)", "");
        JsonNode body;
        try {
            body = JSON.readTree(call.body());
        } catch (JsonProcessingException e) {
            return said("POST body sent invalid JSON.");
        }
        if (body == null || !body.isObject()) return said("POST body sent invalid JSON.");
        var query = body.path("query").asText("");
        if (query.isEmpty()) return said("Must provide query string.");
        Map<String, Object> variables = body.path("variables").isObject()
                ? JSON.convertValue(body.get("variables"), new TypeReference<Map<String, Object>>() {})
                : Map.of();
        var visit = new Visit(accounts.caller(call.authorization(), false));
        boolean text = variables.isEmpty() && !body.hasNonNull("operationName");
        if (text && visit.caller.known() && visit.caller.account().may(Rights.ofGraphQl("claim"))) {
            var data = plans.answer(query);
            if (data.isPresent()) {
                return Reply.json(200, JsonNodeFactory.instance.objectNode().set("data", data.get()));
            }
        }
        var input = ExecutionInput.newExecutionInput(query)
                .variables(variables)
                .operationName(body.path("operationName").asText(null))
                .graphQLContext(Map.of(VISIT, visit, ParserOptions.class, UNLIMITED))
                .build();
        var result = engine.execute(input);
        if (text && result.getErrors().isEmpty()) plans.learn(query);
        var reply = written(query, result, visit);
        return visit.changedSomething && faults.dropsThisMutation() ? reply.thenDropped() : reply;
    }

    private static Reply written(String query, ExecutionResult result, Visit visit) {
        var body = JsonNodeFactory.instance.objectNode();
        if (!result.getErrors().isEmpty()) {
            var errors = body.putArray("errors");
            result.getErrors().forEach(error -> write(errors, query, error));
        }
        if (visit.unauthorized) return Reply.json(401, body);
        if (!result.isDataPresent()) return Reply.json(400, body);
        body.set("data", JSON.valueToTree(result.getData()));
        return Reply.json(200, body);
    }

    private static void write(ArrayNode errors, String query, GraphQLError error) {
        var node = errors.addObject();
        var tooLong = TOO_LONG.matcher(error.getMessage());
        if (tooLong.find()) {
            node.put("message", tooLong.group());
            return;
        }
        node.put("message", message(query, error));
        if (error.getLocations() != null && !error.getLocations().isEmpty()) {
            var locations = node.putArray("locations");
            error.getLocations()
                    .forEach(at ->
                            locations.addObject().put("line", at.getLine()).put("column", at.getColumn()));
        }
        if (error.getPath() != null) node.set("path", JSON.valueToTree(error.getPath()));
    }

    private static String message(String query, GraphQLError error) {
        if (error instanceof InvalidSyntaxError syntax) return syntaxError(query, syntax);
        var undefined = UNDEFINED.matcher(error.getMessage());
        return undefined.find()
                ? "Cannot query field \"%s\" on type \"%s\".".formatted(undefined.group(1), undefined.group(2))
                : error.getMessage();
    }

    /** As recording 907 draws it; what was expected is always called a name here. */
    private static String syntaxError(String query, InvalidSyntaxError error) {
        var at = error.getLocations().get(0);
        var lines = query.split("\n", -1);
        var line = lines[Math.max(0, Math.min(lines.length, at.getLine()) - 1)];
        int column = Math.max(1, Math.min(at.getColumn(), line.length()));
        var found = line.isEmpty() ? "EOF" : line.substring(column - 1, column);
        var number = at.getLine() + ": ";
        return "Syntax Error GraphQL (%d:%d) Expected Name, found %s\n\n%s%s\n%s^\n"
                .formatted(at.getLine(), at.getColumn(), found, number, line, " ".repeat(number.length() + column - 1));
    }

    private static Reply said(String message) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putArray("errors").addObject().put("message", message);
        return Reply.json(400, body);
    }
}
