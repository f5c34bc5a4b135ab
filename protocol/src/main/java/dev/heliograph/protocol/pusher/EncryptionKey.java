package dev.heliograph.protocol.pusher;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The master key of an app's encrypted channels: from it each channel's own key follows, which its subscribers are given and the gateway has no use for. Any
 * thread. Source: Pusher, "Encrypted channels".
 */
public final class EncryptionKey {
    /** Length of a master key, in bytes. */
    public static final int BYTES = 32;

    private final byte[] key;

    public EncryptionKey(byte[] key) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException("an encryption master key has " + BYTES + " bytes, not " + key.length);
        }
        this.key = key.clone();
    }

    /** The channel's key in base64, as the answer of an auth endpoint has it: SHA-256 of the channel's name and the master key. */
    public String sharedSecret(PusherChannel channel) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(channel.name().getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest.digest(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
