package dev.heliograph.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request's first line and headers, checked for having one meaning (RFC 9112 §3.2, §6).
 *
 * @param headers by lower-case name
 * @param contentLength of a body that is not chunked; 0: no body
 * @param keepAlive whether the client wants the connection to live on
 */
record RequestHead(
        String method,
        Target target,
        Map<String, List<String>> headers,
        boolean http10,
        long contentLength,
        boolean chunked,
        boolean keepAlive) {
    private static final int LENGTH_DIGITS_MAX = 18;

    static RequestHead of(HttpRequest raw) throws Refused {
        if (raw.decoderResult().isFailure()) {
            throw Refused.malformed("the head is not as HTTP has it");
        }
        Map<String, List<String>> headers = headers(raw);
        boolean http10 = raw.protocolVersion().equals(HttpVersion.HTTP_1_0);
        Target target = Target.parse(raw.uri());
        checkHost(headers.getOrDefault("host", List.of()), target.authority(), http10);
        boolean chunked = chunked(headers, http10);
        long length = chunked ? 0 : contentLength(headers.getOrDefault("content-length", List.of()));
        boolean keepAlive = keepAlive(headers, http10);
        return new RequestHead(raw.method().name(), target, headers, http10, length, chunked, keepAlive);
    }

    private static Map<String, List<String>> headers(HttpRequest raw) {
        var byName = new HashMap<String, List<String>>();
        raw.headers()
                .iteratorAsString()
                .forEachRemaining(field -> byName.computeIfAbsent(
                                field.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>(1))
                        .add(field.getValue()));
        byName.replaceAll((name, values) -> Collections.unmodifiableList(values));
        return Collections.unmodifiableMap(byName);
    }

    private static void checkHost(List<String> hosts, @Nullable String authority, boolean http10) throws Refused {
        if (hosts.size() > 1 || (hosts.isEmpty() && !http10)) {
            throw Refused.malformed("there is not exactly one Host field");
        }
        if (!hosts.isEmpty() && !isAuthority(hosts.getFirst())) {
            throw Refused.malformed("the Host field is not a host with an optional port");
        }
        if (authority != null && (hosts.isEmpty() || !authority.equalsIgnoreCase(hosts.getFirst()))) {
            throw Refused.malformed("the target's authority is not that of the Host field");
        }
    }

    private static boolean isAuthority(String host) {
        return !host.isEmpty()
                && host.chars().allMatch(c -> isLetterOrDigit(c) || "-._~%!$&'()*+;=:[]".indexOf(c) >= 0);
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean chunked(Map<String, List<String>> headers, boolean http10) throws Refused {
        List<String> codings = headers.get("transfer-encoding");
        if (codings == null) {
            return false;
        }
        if (http10) {
            throw Refused.malformed("HTTP/1.0 has no Transfer-Encoding");
        }
        if (headers.containsKey("content-length")) {
            throw Refused.malformed("both Content-Length and Transfer-Encoding are given");
        }
        if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
            throw Refused.malformed("the Transfer-Encoding is not chunked alone");
        }
        return true;
    }

    private static long contentLength(List<String> lengths) throws Refused {
        if (lengths.isEmpty()) {
            return 0;
        }
        String length = lengths.getFirst();
        if (lengths.size() > 1
                || length.isEmpty()
                || length.length() > LENGTH_DIGITS_MAX
                || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw Refused.malformed("the Content-Length is not one number");
        }
        return Long.parseLong(length);
    }

    private static boolean keepAlive(Map<String, List<String>> headers, boolean http10) {
        return http10
                ? hasToken(headers, "connection", "keep-alive") && !hasToken(headers, "connection", "close")
                : !hasToken(headers, "connection", "close");
    }

    private static boolean hasToken(Map<String, List<String>> headers, String name, String token) {
        for (String value : headers.getOrDefault(name, List.of())) {
            for (String part : value.split(",", -1)) {
                if (part.strip().equalsIgnoreCase(token)) {
                    return true;
                }
            }
        }
        return false;
    }

    String path() {
        return target.path();
    }

    @Nullable
    String header(String name) {
        List<String> values = headers.get(name);
        return values == null ? null : values.getFirst();
    }

    boolean hasBody() {
        return chunked || contentLength > 0;
    }

    /** Whether it asks to go on as WebSocket; HTTP/1.0 has no upgrade. */
    boolean asksForWebSocket() {
        return !http10 && method.equals("GET") && hasToken(headers, "upgrade", "websocket");
    }

    /** Whether {@code Connection} names the upgrade, does not end the connection beside it, and there is no body to read first. */
    boolean upgradeIsPlain() {
        return hasToken(headers, "connection", "upgrade") && keepAlive && !hasBody();
    }
}
