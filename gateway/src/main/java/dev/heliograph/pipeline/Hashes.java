package dev.heliograph.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/** Bytes of hashes as numbers and text. */
final class Hashes {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] BASE32 = "abcdefghijklmnopqrstuvwxyz234567".getBytes(StandardCharsets.US_ASCII);

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
        return base32(longAt(hash, 0), longAt(hash, Long.BYTES));
    }

    static String base32(long high, long low) {
        byte[] text = new byte[26];
        int last = text.length - 1;
        text[last] = BASE32[(int) (low << 2) & 31]; // 128 bits are 25 digits and three bits more
        long lower = (low >>> 3) | (high << 61);
        long upper = high >>> 3;
        for (int i = last - 1; i >= 0; i--) {
            text[i] = BASE32[(int) lower & 31];
            lower = (lower >>> 5) | (upper << 59);
            upper >>>= 5;
        }
        return new String(text, StandardCharsets.US_ASCII);
    }
}
