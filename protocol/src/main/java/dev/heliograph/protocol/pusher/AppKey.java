package dev.heliograph.protocol.pusher;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key of an app with its secret: what Pusher calls a token. Signatures are HMAC-SHA256 in lower-case hexadecimal. Any thread; each signature is made by a
 * {@link Mac} of its own.
 *
 * @param key public: it stands in URLs and before signatures, so without a colon
 * @param secret known to the app's servers alone
 */
public record AppKey(String key, String secret) {
    /** Longest key and secret, in characters. */
    public static final int LENGTH_MAX = 128;

    private static final String ALGORITHM = "HmacSHA256";
    /** Looked for once, not through all providers for each signature. */
    private static final Provider PROVIDER = provider();

    public AppKey {
        if (key.isEmpty() || key.length() > LENGTH_MAX || !key.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':')) {
            throw new IllegalArgumentException(
                    "an app's key has 1 to " + LENGTH_MAX + " characters of ASCII, no colon");
        }
        if (secret.isEmpty() || secret.length() > LENGTH_MAX) {
            throw new IllegalArgumentException("an app's secret has 1 to " + LENGTH_MAX + " characters");
        }
    }

    /** The signature of a webhook's body, for its header {@code X-Pusher-Signature}. */
    public String sign(byte[] message) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM, PROVIDER);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(message));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static Provider provider() {
        try {
            return Mac.getInstance(ALGORITHM).getProvider();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    String sign(String message) {
        return sign(message.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether that is the message's signature; the time it takes does not depend on where they differ. */
    public boolean verify(byte[] message, String signature) {
        return isSame(sign(message), signature);
    }

    boolean verify(String message, String signature) {
        return verify(message.getBytes(StandardCharsets.UTF_8), signature);
    }

    static boolean isSame(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "AppKey[" + key + "]";
    }
}
