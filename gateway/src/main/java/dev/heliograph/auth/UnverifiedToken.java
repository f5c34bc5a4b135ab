package dev.heliograph.auth;

import dev.heliograph.auth.Verdict.Reason;
import io.jsonwebtoken.io.DeserializationException;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a token says of itself before anything is verified. Serves to pick among configured keys and for nothing else; {@code jku}, {@code x5u},
 * {@code x5c} and {@code jwk} are not even read.
 *
 * @param algorithm the header's {@code alg}, only to be held against that of the key
 * @param keyId the header's {@code kid}
 * @param issuer the {@code iss} claim
 */
record UnverifiedToken(
        String algorithm, @Nullable String keyId, @Nullable String issuer) {
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]*");

    static UnverifiedToken read(String token, StrictJson json) throws TokenRefused {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw new TokenRefused(Reason.MALFORMED, "the token is no signed JWT: expected three parts between dots");
        }
        Map<String, ?> header = object("header", parts[0], json);
        String algorithm = text(header, "alg");
        if (algorithm == null || algorithm.isEmpty() || algorithm.equalsIgnoreCase("none")) {
            throw new TokenRefused(Reason.BAD_ALGORITHM, "the token is not signed: its alg is none or missing");
        }
        if (header.containsKey("crit")) {
            throw new TokenRefused(Reason.MALFORMED, "the token's header has crit: no extension is supported");
        }
        if (header.containsKey("zip")) {
            throw new TokenRefused(Reason.MALFORMED, "the token is compressed: expected a plain one");
        }
        if (parts[2].isEmpty() || !BASE64URL.matcher(parts[2]).matches()) {
            throw new TokenRefused(Reason.MALFORMED, "the token's signature is not base64url");
        }
        return new UnverifiedToken(algorithm, keyId(header), text(object("payload", parts[1], json), "iss"));
    }

    private static @Nullable String keyId(Map<String, ?> header) throws TokenRefused {
        String keyId = text(header, "kid");
        if (keyId != null && !KEY_ID.matcher(keyId).matches()) {
            throw new TokenRefused(
                    Reason.MALFORMED, "the token's kid has other than 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
        return keyId;
    }

    private static Map<String, ?> object(String name, String base64url, StrictJson json) throws TokenRefused {
        if (BASE64URL.matcher(base64url).matches()) {
            try {
                return json.deserialize(Base64.getUrlDecoder().decode(base64url));
            } catch (IllegalArgumentException | DeserializationException malformed) {
                throw unreadable(name);
            }
        }
        throw unreadable(name);
    }

    private static TokenRefused unreadable(String name) {
        return new TokenRefused(
                Reason.MALFORMED, "the token's " + name + " is no base64url of a JSON object without duplicate keys");
    }

    private static @Nullable String text(Map<String, ?> object, String key) throws TokenRefused {
        Object value = object.get(key);
        if (value != null && !(value instanceof String)) {
            throw new TokenRefused(Reason.MALFORMED, "the token's " + key + " is no string");
        }
        return (String) value;
    }
}
