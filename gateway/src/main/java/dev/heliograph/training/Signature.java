package dev.heliograph.training;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What producers and apps' servers sign with: an HMAC, in hex. */
final class Signature {
    private static final String SHA1 = "HmacSHA1";
    private static final String SHA256 = "HmacSHA256";

    private Signature() {}

    /** Of a webhook of Segment. */
    static String ofWebhook(byte[] body, String secret) {
        return sign(SHA1, body, secret);
    }

    /** Of what Pusher's protocol signs. */
    static String ofPusher(String text, String secret) {
        return sign(SHA256, text.getBytes(StandardCharsets.UTF_8), secret);
    }

    private static String sign(String algorithm, byte[] message, String secret) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
            return HexFormat.of().formatHex(mac.doFinal(message));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
