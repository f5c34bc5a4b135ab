package dev.heliograph.server;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Makes what has to be unique or unguessable within and across runs of a gateway. Any thread. */
final class Ids {
    private static final int RUN_BITS = 50;
    private static final int SECRET_BYTES = 32;
    private static final int KEY_BYTES = 24;

    private final SecureRandom random = new SecureRandom();
    /** Tells this run from every other, so that a counter behind it is unique over all of them. */
    private final String run = new BigInteger(RUN_BITS, random).toString(Character.MAX_RADIX);

    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong epochs = new AtomicLong();
    private final String node;

    /** @param node the configured name; empty for a random one */
    Ids(String node) {
        this.node = node.isEmpty() ? "gw-" + run.substring(0, Math.min(6, run.length())) : node;
    }

    String node() {
        return node;
    }

    String connection() {
        return "c_" + run + "_" + Long.toString(connections.incrementAndGet(), Character.MAX_RADIX);
    }

    String epoch() {
        return run + "-" + Long.toString(epochs.incrementAndGet(), Character.MAX_RADIX);
    }

    String message() {
        return UUID.randomUUID().toString();
    }

    /** Of 192 bits, fit for a URL. */
    String resumeKey() {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    }

    byte[] secret() {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return secret;
    }
}
