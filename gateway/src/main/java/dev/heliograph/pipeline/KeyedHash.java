package dev.heliograph.pipeline;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 under one key, which is set up once and copied for each use. Any thread. */
final class KeyedHash {
    private final Mac prototype;

    KeyedHash(byte[] key) {
        try {
            this.prototype = Mac.getInstance("HmacSHA256");
            prototype.init(new SecretKeySpec(key, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    /** The hash of {@code kind ‖ 0 ‖ id}. */
    byte[] hash(String kind, String id) {
        Mac mac = copy();
        mac.update(kind.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        return mac.doFinal(id.getBytes(StandardCharsets.UTF_8));
    }

    private Mac copy() {
        try {
            return (Mac) prototype.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this platform's HmacSHA256 cannot be copied", e);
        }
    }
}
