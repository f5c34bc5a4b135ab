package dev.heliograph.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/** Bytes of hashes as numbers and text. */
final class Hashes {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] BASE32 =
            "abcdefghijklmnopqrstuvwxyz234567".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private Hashes() {}

    /** A fresh one to copy with {@link #copy}, which saves looking up who provides it each time. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static MessageDigest copy(MessageDigest prototype) {
        try {
            return (MessageDigest) prototype.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this platform's SHA-256 cannot be copied", e);
        }
    }

    static long longAt(byte[] hash, int at) {
        return (long) LONGS.get(hash, at);
    }

    /** The first 16 bytes in RFC 4648's base32, lower case, without padding: 26 characters. */
    static String base32(byte[] hash) {
        byte[] text = new byte[26];
        for (int i = 0; i < text.length; i++) {
            int bit = 5 * i;
            int pair = ((hash[bit >> 3] & 0xff) << 8) | (bit >> 3 < 15 ? hash[(bit >> 3) + 1] & 0xff : 0);
            text[i] = BASE32[(pair >> (11 - (bit & 7))) & 31];
        }
        return new String(text, java.nio.charset.StandardCharsets.US_ASCII);
    }
}
