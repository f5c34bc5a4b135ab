package dev.heliograph.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What pages of other origins may do on a route, as the Fetch standard's CORS protocol has it. Immutable.
 *
 * @param kind which origins
 * @param admits the allow-list of {@link Kind#LISTED}; given the {@code Origin} as it came, and the {@code Host}
 * @param allowedHeaders request headers a page may set; {@code *}: whichever it asks for
 * @param shown fields of every answer that a page may read; the same for all of them, so they are put together once
 * @param maxAgeSeconds how long a browser may remember the preflight's answer
 */
public record Cors(
        Kind kind,
        BiPredicate<String, @Nullable String> admits,
        List<String> allowedHeaders,
        Map<String, String> shown,
        int maxAgeSeconds) {
    /** Which origins a route answers. */
    public enum Kind {
        /** Requests with any origin are handled; browsers keep the answers from pages of other origins. */
        NONE,
        /** Pages of all origins may read the answers. */
        ANY,
        /** Requests with another origin than the listed are refused. */
        LISTED
    }

    /** The same origin only, which is what browsers do by themselves. */
    public static final Cors NONE = new Cors(Kind.NONE, (_, _) -> false, List.of(), Map.of(), 0);

    public Cors {
        allowedHeaders = List.copyOf(allowedHeaders);
        shown = Collections.unmodifiableMap(new LinkedHashMap<>(shown));
    }

    /**
     * All origins: for write keys, which are public by nature.
     *
     * @param exposedHeaders answer headers a page may read
     */
    public static Cors any(List<String> allowedHeaders, List<String> exposedHeaders, int maxAgeSeconds) {
        var shown = new LinkedHashMap<String, String>();
        shown.put("Access-Control-Allow-Origin", "*");
        shown.putAll(exposing(exposedHeaders));
        return new Cors(Kind.ANY, (_, _) -> true, allowedHeaders, shown, maxAgeSeconds);
    }

    /** Exactly those origins that the predicate admits, and requests without one, which do not come from a page. */
    public static Cors origins(
            BiPredicate<String, @Nullable String> admits,
            List<String> allowedHeaders,
            List<String> exposedHeaders,
            int maxAgeSeconds) {
        return new Cors(Kind.LISTED, admits, allowedHeaders, exposing(exposedHeaders), maxAgeSeconds);
    }

    private static Map<String, String> exposing(List<String> headers) {
        return headers.isEmpty() ? Map.of() : Map.of("Access-Control-Expose-Headers", String.join(", ", headers));
    }

    boolean refuses(RequestHead head) {
        String origin = head.header("origin");
        return kind == Kind.LISTED && origin != null && !admits.test(origin, head.header("host"));
    }

    /** The answer as the page that asked may read it. */
    Response onAnswer(RequestHead head, Response response) {
        return switch (kind) {
            case NONE -> response;
            case ANY -> response.with(shown);
            case LISTED -> {
                Response varied = response.with("Vary", vary(response));
                String origin = head.header("origin");
                yield origin == null || refuses(head)
                        ? varied
                        : varied.with("Access-Control-Allow-Origin", origin).with(shown);
            }
        };
    }

    private static String vary(Response response) {
        String given = response.headers().get("Vary");
        return given == null ? "Origin" : given + ", Origin";
    }

    /** What a preflight is told, beside {@link #onAnswer}. */
    Response onPreflight(String methods, @Nullable String requestedHeaders, Response response) {
        if (kind == Kind.NONE) {
            return response;
        }
        String headers =
                allowedHeaders.contains("*") ? listOrEmpty(requestedHeaders) : String.join(", ", allowedHeaders);
        Response more = response.with("Access-Control-Allow-Methods", methods)
                .with("Access-Control-Max-Age", Integer.toString(maxAgeSeconds));
        return headers.isEmpty() ? more : more.with("Access-Control-Allow-Headers", headers);
    }

    /** The list that was asked for, if it is one. */
    private static String listOrEmpty(@Nullable String requestedHeaders) {
        return requestedHeaders != null && requestedHeaders.chars().allMatch(Cors::isListCharacter)
                ? requestedHeaders
                : "";
    }

    private static boolean isListCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-_, ".indexOf(c) >= 0;
    }
}
