package dev.heliograph.ingest;

import dev.heliograph.config.Secret;
import dev.heliograph.protocol.segment.Slice;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Checks Segment's {@code X-Signature}: HMAC-SHA1 in hex over the raw bytes, under any of the secrets, in constant time. Pure. */
final class Signatures {
    private Signatures() {}

    static boolean verify(String signature, Slice signed, List<Secret> secrets) {
        byte[] given = signature.strip().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        boolean valid = false;
        for (Secret secret : secrets) {
            String expected = HexFormat.of().formatHex(hmac(secret, signed));
            valid |= MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII), given);
        }
        return valid;
    }

    private static byte[] hmac(Secret secret, Slice signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret.bytes(), "HmacSHA1"));
            mac.update(signed.body(), signed.from(), signed.length());
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA1", e);
        }
    }
}
