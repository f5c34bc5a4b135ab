package dev.heliograph.websocket;

import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The rules of the opening handshake (RFC 6455 section 4.2), as functions of the request. */
final class Handshake {
    static final String SUBPROTOCOL = "heliograph.v1";

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String EXTENSIONS = "sec-websocket-extensions";
    private static final int KEY_BYTES = 16;
    private static final String RETRY_AFTER_SECONDS = "5";

    private Handshake() {}

    /** What is wrong with the request; null if it may be upgraded. */
    static @Nullable Response fault(Request request) {
        if (!tokens(request, "connection").contains("upgrade")) {
            return bad("\"Connection: Upgrade\" is missing");
        }
        List<String> versions = request.headers().getOrDefault("sec-websocket-version", List.of());
        if (!versions.equals(List.of("13"))) {
            return Response.text(426, "only WebSocket version 13 is spoken here\n")
                    .with("Sec-WebSocket-Version", "13");
        }
        List<String> keys = request.headers().getOrDefault("sec-websocket-key", List.of());
        if (keys.size() != 1 || !isKey(keys.getFirst())) {
            return bad("\"Sec-WebSocket-Key\" is 16 bytes in base64");
        }
        if (ExtensionOffer.parse(request.headers().getOrDefault(EXTENSIONS, List.of())) == null) {
            return bad("\"Sec-WebSocket-Extensions\" is a list of names, each with parameters behind semicolons");
        }
        return request.body().length == 0 ? null : bad("an upgrade request has no body");
    }

    /** The extensions that the client offers, in its order; none if the field is at fault. */
    static List<ExtensionOffer> extensions(Request request) {
        List<ExtensionOffer> offers = ExtensionOffer.parse(request.headers().getOrDefault(EXTENSIONS, List.of()));
        return offers == null ? List.of() : offers;
    }

    /** The proof that the server has understood the request. */
    static String accept(Request request) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] proof =
                    sha1.digest((request.header("sec-websocket-key") + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(proof);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The headers that accept the request. */
    static Map<String, String> headers(Request request, @Nullable String extensions) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Sec-WebSocket-Accept", accept(request));
        if (extensions != null) {
            headers.put("Sec-WebSocket-Extensions", extensions);
        }
        List<String> offered = subprotocols(request);
        if (offered.contains(SUBPROTOCOL)) {
            headers.put("Sec-WebSocket-Protocol", SUBPROTOCOL);
        } else {
            // a browser that offers the token alone fails the connection unless what it offered is chosen
            offered.stream()
                    .filter(name -> name.startsWith(Credentials.BEARER_SUBPROTOCOL))
                    .findFirst()
                    .ifPresent(name -> headers.put("Sec-WebSocket-Protocol", name));
        }
        return headers;
    }

    /** The subprotocols that the client offers, in its order and spelling. */
    static List<String> subprotocols(Request request) {
        var offered = new ArrayList<String>();
        for (String value : request.headers().getOrDefault("sec-websocket-protocol", List.of())) {
            for (String name : value.split(",", -1)) {
                if (!name.isBlank()) {
                    offered.add(name.strip());
                }
            }
        }
        return offered;
    }

    private static List<String> tokens(Request request, String header) {
        var tokens = new ArrayList<String>();
        for (String value : request.headers().getOrDefault(header, List.of())) {
            for (String token : value.split(",", -1)) {
                tokens.add(token.strip().toLowerCase(Locale.ROOT));
            }
        }
        return tokens;
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The answer to an upgrade that is refused whoever asks: it is none, or what waits for slow clients is almost too much; else null. */
    static @Nullable Response refusal(Request request, BooleanSupplier isTight, Metrics metrics) {
        Response fault = fault(request);
        if (fault != null || !isTight.getAsBoolean()) {
            return fault;
        }
        metrics.increment(Count.UPGRADES_REFUSED);
        return Response.text(503, "the gateway has too much waiting for slow clients; try again soon\n")
                .with("Retry-After", RETRY_AFTER_SECONDS);
    }

    private static Response bad(String rule) {
        return Response.text(400, rule + "\n");
    }
}
