package dev.heliograph.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Operator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a filter: an object with exactly one operator, e.g. {@code {"in": ["event_name", ["A", "B"]]}}. */
final class FilterReader {
    private static final int PATH_LENGTH_MAX = 200;

    private final JsonParser parser;
    private final @Nullable String requestId;
    private int terms;
    private int values;
    private int length;

    FilterReader(JsonParser parser, @Nullable String requestId) {
        this.parser = parser;
        this.requestId = requestId;
    }

    /** Reads the filter that the parser stands on, and leaves it on the filter's last token. */
    Filter read() throws IOException, DecodeException {
        return read(0);
    }

    private Filter read(int depth) throws IOException, DecodeException {
        if (depth > Filter.DEPTH_MAX) {
            throw bad("is nested at most " + Filter.DEPTH_MAX + " deep");
        }
        if (++terms > Filter.TERMS_MAX) {
            throw bad("has at most " + Filter.TERMS_MAX + " terms");
        }
        expect(JsonToken.START_OBJECT, "is an object with one operator");
        String operator = parser.nextFieldName();
        if (operator == null) {
            throw bad("is an object with one operator");
        }
        parser.nextToken();
        Filter filter = term(operator, depth);
        if (parser.nextToken() != JsonToken.END_OBJECT) {
            throw bad("has one operator per object; use \"and\" for several");
        }
        return filter;
    }

    private Filter term(String operator, int depth) throws IOException, DecodeException {
        return switch (operator) {
            case "and" -> new Filter.And(list(depth));
            case "or" -> new Filter.Or(list(depth));
            case "not" -> new Filter.Not(read(depth + 1));
            case "in", "nin" -> in(operator.equals("nin"));
            case "exists" -> exists();
            case "eq", "ne", "starts", "ends", "contains", "lt", "lte", "gt", "gte" ->
                compare(Operator.valueOf(operator.toUpperCase(Locale.ROOT)));
            default ->
                throw bad("has no operator of that name; known: eq ne in nin exists starts ends contains lt lte gt"
                        + " gte and or not");
        };
    }

    private List<Filter> list(int depth) throws IOException, DecodeException {
        expect(JsonToken.START_ARRAY, "gives and/or a list of filters");
        var filters = new ArrayList<Filter>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            filters.add(read(depth + 1));
        }
        return filters;
    }

    private Filter compare(Operator operator) throws IOException, DecodeException {
        String path = path();
        parser.nextToken();
        Object value = value();
        endOfOperands();
        return new Filter.Compare(operator, path, value);
    }

    private Filter in(boolean negated) throws IOException, DecodeException {
        String path = path();
        parser.nextToken();
        expect(JsonToken.START_ARRAY, "gives in/nin a list of values");
        var candidates = new HashSet<Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (++values > Filter.VALUES_MAX) {
                throw bad("has at most " + Filter.VALUES_MAX + " values in its lists");
            }
            candidates.add(value());
        }
        endOfOperands();
        return new Filter.In(path, candidates, negated);
    }

    private Filter exists() throws IOException, DecodeException {
        String path = path();
        boolean wanted = true;
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            wanted = token == JsonToken.VALUE_TRUE;
            token = parser.nextToken();
        }
        if (token != JsonToken.END_ARRAY) {
            throw bad("gives exists [path] or [path, true|false]");
        }
        return new Filter.Exists(path, wanted);
    }

    private String path() throws IOException, DecodeException {
        expect(JsonToken.START_ARRAY, "gives each operator [path, value]");
        if (parser.nextToken() != JsonToken.VALUE_STRING
                || parser.getText().isEmpty()
                || parser.getText().length() > PATH_LENGTH_MAX) {
            throw bad("has paths of 1 to " + PATH_LENGTH_MAX + " characters");
        }
        return counted(parser.getText());
    }

    private String counted(String text) throws DecodeException {
        length += text.length();
        if (length > Filter.LENGTH_MAX) {
            throw bad("has at most " + Filter.LENGTH_MAX + " characters in its paths and values");
        }
        return text;
    }

    private Object value() throws IOException, DecodeException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> counted(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> throw bad("compares with a string, a number, true or false");
        };
    }

    private void endOfOperands() throws IOException, DecodeException {
        if (parser.nextToken() != JsonToken.END_ARRAY) {
            throw bad("gives each operator [path, value]");
        }
    }

    private void expect(JsonToken token, String rule) throws DecodeException {
        if (parser.currentToken() != token) {
            throw bad(rule);
        }
    }

    private DecodeException bad(String rule) {
        return new DecodeException(ErrorCode.BAD_FILTER, "a filter " + rule, requestId);
    }
}
