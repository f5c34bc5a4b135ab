package dev.heliograph.protocol.pusher;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a query string or of a form, as Pusher's verifier has them: keys in lower case; {@code k[]=a&k[]=b} is one parameter that is a list; of a
 * plain one that is repeated the last holds. What is signed and what is used is the same. Immutable; any thread. Source: pusher-signature; Rack's query parser.
 */
public final class QueryParameters {
    /** Most values in one query string. */
    public static final int VALUES_MAX = 256;
    /** No parameters. */
    public static final QueryParameters NONE = new QueryParameters();

    private static final String SIGNATURE = "auth_signature";
    private static final String LIST = "[]";

    private final TreeMap<String, Parameter> parameters = new TreeMap<>();

    private record Parameter(List<String> values, boolean list) {}

    private QueryParameters() {}

    /**
     * Reads what stands behind the question mark of a request's target.
     *
     * @param encoded still percent-encoded; a plus sign is a blank
     */
    public static QueryParameters parse(String encoded) throws ApiException {
        var parameters = new QueryParameters();
        int values = 0;
        for (int from = 0; from < encoded.length(); ) {
            int to = encoded.indexOf('&', from);
            to = to < 0 ? encoded.length() : to;
            if (to > from) {
                parameters.count(++values);
                parameters.add(encoded.substring(from, to));
            }
            from = to + 1;
        }
        return parameters;
    }

    /** The parameters of a query string that has been decoded, in the order in which they stood there. */
    public static QueryParameters of(Map<String, List<String>> decoded) throws ApiException {
        var parameters = new QueryParameters();
        int values = 0;
        for (Map.Entry<String, List<String>> entry : decoded.entrySet()) {
            for (String value : entry.getValue()) {
                parameters.count(++values);
                parameters.add(entry.getKey(), value);
            }
        }
        return parameters;
    }

    private void count(int values) throws ApiException {
        if (values > VALUES_MAX) {
            throw ApiException.badRequest("Too many parameters, expected at most " + VALUES_MAX);
        }
    }

    /** Reads a body of the type {@code application/x-www-form-urlencoded}. */
    public static QueryParameters parseForm(byte[] body) throws ApiException {
        return parse(utf8(body, body.length));
    }

    private void add(String pair) throws ApiException {
        int equals = pair.indexOf('=');
        add(
                decode(equals < 0 ? pair : pair.substring(0, equals)),
                equals < 0 ? "" : decode(pair.substring(equals + 1)));
    }

    private void add(String name, String value) throws ApiException {
        String key = name.toLowerCase(Locale.ROOT);
        boolean list = key.endsWith(LIST);
        String plain = list ? key.substring(0, key.length() - LIST.length()) : key;
        Parameter known = parameters.get(plain);
        if (known != null && known.list() != list) {
            throw ApiException.badRequest(
                    "Invalid parameter " + Cited.shortly(plain) + ": expected either one value or a list");
        }
        if (known != null && list) {
            known.values().add(value);
        } else {
            parameters.put(plain, new Parameter(new ArrayList<>(List.of(value)), list));
        }
    }

    private static String decode(String encoded) throws ApiException {
        if (encoded.indexOf('%') < 0 && encoded.indexOf('+') < 0) {
            return encoded;
        }
        byte[] from = encoded.getBytes(StandardCharsets.UTF_8);
        byte[] to = new byte[from.length];
        int length = 0;
        for (int i = 0; i < from.length; i++) {
            byte b = from[i];
            if (b == '%') {
                int high = i + 2 < from.length ? Character.digit(from[i + 1], 16) : -1;
                int low = high < 0 ? -1 : Character.digit(from[i + 2], 16);
                if (low < 0) {
                    throw ApiException.badRequest(
                            "Invalid %-encoding in the parameters, expected two hexadecimal digits");
                }
                b = (byte) (high << 4 | low);
                i += 2;
            } else if (b == '+') {
                b = ' ';
            }
            to[length++] = b;
        }
        return utf8(to, length);
    }

    private static String utf8(byte[] bytes, int length) throws ApiException {
        try {
            var text = ByteBuffer.wrap(bytes, 0, length);
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw ApiException.badRequest("Invalid parameters, expected UTF-8");
        }
    }

    /** The parameter's value; null if there is none of that name, or only a list. */
    public @Nullable String value(String name) {
        Parameter parameter = parameters.get(name);
        return parameter == null || parameter.list() ? null : parameter.values().getFirst();
    }

    /** The values of a parameter that is a list, {@code name[]=…}; null if there is none of that name. */
    public @Nullable List<String> list(String name) {
        Parameter parameter = parameters.get(name);
        return parameter == null || !parameter.list() ? null : List.copyOf(parameter.values());
    }

    /** Sorted by key, nothing escaped, without the signature: what is signed. */
    String toSign() {
        var out = new StringBuilder();
        parameters.forEach((name, parameter) -> {
            if (name.equals(SIGNATURE)) {
                return;
            }
            for (String value : parameter.values()) {
                out.append(out.isEmpty() ? "" : "&").append(name);
                out.append(parameter.list() ? LIST : "").append('=').append(value);
            }
        });
        return out.toString();
    }
}
