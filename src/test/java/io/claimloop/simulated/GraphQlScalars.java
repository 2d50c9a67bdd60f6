package io.claimloop.simulated;

import graphql.GraphQLContext;
import graphql.execution.CoercedVariables;
import graphql.language.IntValue;
import graphql.language.StringValue;
import graphql.language.Value;
import graphql.schema.Coercing;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLScalarType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** openIMIS's own scalars. Dates and decimals travel as texts; a text for a SmallInt is refused (recording 943). */
final class GraphQlScalars {
    private static final int CODE_LENGTH = 20;

    private GraphQlScalars() {}

    static List<GraphQLScalarType> all() {
        return List.of(
                text("Date", text -> LocalDate.parse(text).toString()),
                text("DateTime", GraphQlScalars::dateTime),
                text("Decimal", BigDecimal::new),
                text("JSONString", text -> text),
                text("UUID", text -> text),
                text("ClaimCodeInputType", GraphQlScalars::code),
                smallInt());
    }

    private static LocalDateTime dateTime(String text) {
        return text.length() == 10 ? LocalDate.parse(text).atStartOfDay() : LocalDateTime.parse(text);
    }

    /** FHIR takes longer ones (recordings 410, 927). */
    private static String code(String text) {
        if (text.length() <= CODE_LENGTH) return text;
        throw new IllegalArgumentException("Value " + text + " is over maximum length: " + CODE_LENGTH);
    }

    private static GraphQLScalarType text(String name, Function<String, Object> read) {
        return scalar(name, written -> {
            if (written instanceof String text) return read.apply(text);
            throw new IllegalArgumentException("Expected type \"" + name + "\"");
        });
    }

    private static GraphQLScalarType smallInt() {
        return scalar("SmallInt", written -> {
            if (written instanceof Integer number) return number;
            throw new IllegalArgumentException("Expected type \"SmallInt\"");
        });
    }

    private static GraphQLScalarType scalar(String name, Function<Object, Object> read) {
        return GraphQLScalarType.newScalar()
                .name(name)
                .coercing(new Coercing<Object, Object>() {
                    @Override
                    public Object serialize(Object value, GraphQLContext context, Locale locale) {
                        return value;
                    }

                    @Override
                    public Object parseValue(Object value, GraphQLContext context, Locale locale) {
                        try {
                            return read.apply(value);
                        } catch (IllegalArgumentException | DateTimeException e) {
                            throw new CoercingParseValueException(e.getMessage());
                        }
                    }

                    @Override
                    public Object parseLiteral(
                            Value<?> value, CoercedVariables variables, GraphQLContext context, Locale locale) {
                        try {
                            return read.apply(plain(value));
                        } catch (IllegalArgumentException | DateTimeException e) {
                            throw new CoercingParseLiteralException(e.getMessage());
                        }
                    }
                })
                .build();
    }

    private static Object plain(Value<?> value) {
        if (value instanceof StringValue text) return text.getValue();
        if (value instanceof IntValue number) return number.getValue().intValue();
        return value;
    }
}
