package dev.heliograph.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's first line and headers, checked for having one meaning (RFC 9112 §3.2, §6).
 *
 * @param contentLength of a body that is not chunked; 0: no body
 * @param keepAlive whether the client wants the connection to live on
 */
record RequestHead(
        String method,
        Target target,
        HeaderFields headers,
        boolean http10,
        long contentLength,
        boolean chunked,
        boolean keepAlive) {
    private static final int LENGTH_DIGITS_MAX = 18;

    static RequestHead of(HttpRequest raw) throws Refused {
        if (raw.decoderResult().isFailure()) {
            throw Refused.malformed("the head is not as HTTP has it");
        }
        HeaderFields headers = HeaderFields.of(raw.headers());
        boolean http10 = raw.protocolVersion().equals(HttpVersion.HTTP_1_0);
        Target target = Target.parse(raw.uri());
        checkHost(headers.all("host"), target.authority(), http10);
        boolean chunked = chunked(headers, http10);
        long length = chunked ? 0 : contentLength(headers.all("content-length"));
        boolean keepAlive = keepAlive(headers, http10);
        return new RequestHead(raw.method().name(), target, headers, http10, length, chunked, keepAlive);
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
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (!isLetterOrDigit(c) && "-._~%!$&'()*+;=:[]".indexOf(c) < 0) {
                return false;
            }
        }
        return !host.isEmpty();
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean chunked(HeaderFields headers, boolean http10) throws Refused {
        List<String> codings = headers.all("transfer-encoding");
        if (codings.isEmpty()) {
            return false;
        }
        if (http10) {
            throw Refused.malformed("HTTP/1.0 has no Transfer-Encoding");
        }
        if (headers.has("content-length")) {
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
        if (lengths.size() > 1 || length.isEmpty() || length.length() > LENGTH_DIGITS_MAX || !isNumber(length)) {
            throw Refused.malformed("the Content-Length is not one number");
        }
        return Long.parseLong(length);
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean keepAlive(HeaderFields headers, boolean http10) {
        return http10
                ? hasToken(headers, "connection", "keep-alive") && !hasToken(headers, "connection", "close")
                : !hasToken(headers, "connection", "close");
    }

    private static boolean hasToken(HeaderFields headers, String name, String token) {
        for (String value : headers.all(name)) {
            if (value.indexOf(',') < 0 ? value.strip().equalsIgnoreCase(token) : lists(value, token)) {
                return true;
            }
        }
        return false;
    }

    private static boolean lists(String value, String token) {
        for (String part : value.split(",", -1)) {
            if (part.strip().equalsIgnoreCase(token)) {
                return true;
            }
        }
        return false;
    }

    String path() {
        return target.path();
    }

    @Nullable
    String header(String name) {
        return headers.first(name);
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
