package dev.heliograph.protocol.pusher;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * The signature of a request to the HTTP API, in its query string: what is checked, in which order and with which words, is what Pusher's own verifier does.
 * Source: pusher-signature 0.1.8; HTTP API Reference, "Authentication".
 *
 * <pre>
 *  {METHOD}\n{path}\n{parameters but auth_signature, sorted by key, k=v joined by &amp;, not escaped}
 * </pre>
 *
 * As nothing is escaped, {@code a=1&b=2} and one {@code a} that is {@code 1&b=2} sign alike: whoever has seen a request can send its parameters cut in another
 * way, as long as its timestamp holds. That is Pusher's; TLS keeps requests from being seen. Stateless; any thread.
 */
public final class ApiSignature {
    /** A request is taken less than so long before and after its timestamp, in seconds. */
    public static final int WINDOW_SECONDS = 600;

    private static final String VERSION = "1.0";
    /** The last second of the year 9999, behind which a timestamp could not be shown. */
    private static final long SECONDS_MAX = 253_402_300_799L;

    private ApiSignature() {}

    /** What the parameter {@code auth_signature} has to be, given all the others. */
    public static String sign(AppKey key, ApiRequest request) {
        return key.sign(toSign(request));
    }

    /**
     * Lets a request pass that one of the app's keys has signed, body included.
     *
     * @param nowSeconds the gateway's time, seconds since the epoch
     * @return the key
     * @throws ApiException with status 401; its message shows what was to be signed, never a secret or a signature that would have been good
     */
    public static AppKey verify(AppKeys keys, ApiRequest request, long nowSeconds) throws ApiException {
        AppKey key = key(keys, request.query());
        checkVersion(request.query());
        checkTimestamp(request.query(), nowSeconds);
        checkSignature(key, request);
        checkBody(request);
        return key;
    }

    private static AppKey key(AppKeys keys, QueryParameters query) throws ApiException {
        String name = query.value("auth_key");
        if (name == null) {
            throw ApiException.unauthorized("Missing parameter: auth_key");
        }
        AppKey key = keys.find(name);
        if (key == null) {
            throw ApiException.unauthorized("Unknown auth_key");
        }
        return key;
    }

    private static void checkVersion(QueryParameters query) throws ApiException {
        String version = query.value("auth_version");
        if (version == null) {
            throw ApiException.unauthorized("Version required");
        }
        if (!version.equals(VERSION)) {
            throw ApiException.unauthorized("Version not supported");
        }
    }

    private static void checkTimestamp(QueryParameters query, long nowSeconds) throws ApiException {
        String timestamp = query.value("auth_timestamp");
        if (timestamp == null) {
            throw ApiException.unauthorized("Timestamp required");
        }
        long given = seconds(timestamp);
        if (Math.abs(given - nowSeconds) >= WINDOW_SECONDS) {
            throw ApiException.unauthorized(
                    "Timestamp expired: Given timestamp (" + Instant.ofEpochSecond(given) + ") not within "
                            + WINDOW_SECONDS + "s of server time (" + Instant.ofEpochSecond(nowSeconds) + ")");
        }
    }

    /** The number that a text begins with, 0 if it begins with none, as Ruby's {@code to_i} reads it; within the years that can be shown. */
    private static long seconds(String text) {
        String stripped = text.stripLeading();
        boolean negative = stripped.startsWith("-");
        long seconds = 0;
        for (int i = negative || stripped.startsWith("+") ? 1 : 0; i < stripped.length(); i++) {
            int digit = stripped.charAt(i) - '0';
            if (digit < 0 || digit > 9 || seconds > SECONDS_MAX) {
                break;
            }
            seconds = seconds * 10 + digit;
        }
        return Math.min(seconds, SECONDS_MAX) * (negative ? -1 : 1);
    }

    private static void checkSignature(AppKey key, ApiRequest request) throws ApiException {
        String given = request.query().value("auth_signature");
        String toSign = toSign(request);
        if (given == null || !key.verify(toSign, given)) {
            throw ApiException.unauthorized("Invalid signature: you should have sent HmacSHA256Hex("
                    + Cited.inspected(toSign) + ", your_secret_key), but you sent " + Cited.inspected(given));
        }
    }

    /** The signature covers the digest and the digest the body, so a body without one is anybody's. */
    private static void checkBody(ApiRequest request) throws ApiException {
        String given = request.query().value("body_md5");
        if (given == null) {
            if (request.body().length > 0) {
                throw ApiException.unauthorized("Missing parameter: body_md5");
            }
            return;
        }
        String actual = md5(request.body());
        if (!AppKey.isSame(actual, given)) {
            throw ApiException.unauthorized("Invalid body_md5: you should have sent " + Cited.inspected(actual)
                    + " for this body, but you sent " + Cited.inspected(given));
        }
    }

    private static String md5(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }

    private static String toSign(ApiRequest request) {
        return request.method() + "\n" + request.path() + "\n" + request.query().toSign();
    }
}
