package dev.heliograph.streaming;

import java.util.function.IntUnaryOperator;

/**
 * After how long a client whose stream has ended is to come back, in milliseconds. Never at once, and not all at the same time: browsers do as they are told, and
 * without a word of it some clients come back without any delay. Any thread.
 */
final class Retry {
    private static final int ORDINARY_MS = 2_000;
    private static final int RESTART_MS = 1_000;
    private static final int RESTART_SPREAD_MS = 9_000;
    private static final int MS_PER_SECOND = 1_000;

    private final IntUnaryOperator random;

    /** @param random a number from 0 to below the bound it is given */
    Retry(IntUnaryOperator random) {
        this.random = random;
    }

    /** After a break of the network: 2 to 4 s. */
    int ordinaryMs() {
        return ORDINARY_MS + random.applyAsInt(ORDINARY_MS);
    }

    /** After the gateway has ended the stream for all, or for too many: 1 to 10 s. */
    int restartMs() {
        return RESTART_MS + random.applyAsInt(RESTART_SPREAD_MS);
    }

    /** The same in whole seconds, as {@code Retry-After} has it. */
    String restartSeconds() {
        return Integer.toString(Math.ceilDiv(restartMs(), MS_PER_SECOND));
    }
}
