package dev.heliograph.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A value that must not be seen: it prints as {@code ***} and compares in constant time. */
public final class Secret {
    private final byte[] utf8;

    public Secret(String value) {
        this.utf8 = value.getBytes(StandardCharsets.UTF_8);
    }

    /** The secret itself; the caller neither logs nor keeps it. */
    public String reveal() {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** A copy of the secret's bytes. */
    public byte[] bytes() {
        return utf8.clone();
    }

    public int length() {
        return utf8.length;
    }

    /** Whether {@code candidate} is this secret, in time that does not depend on where they differ. */
    public boolean matches(String candidate) {
        return MessageDigest.isEqual(utf8, candidate.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(utf8, secret.utf8);
    }

    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "***";
    }
}
