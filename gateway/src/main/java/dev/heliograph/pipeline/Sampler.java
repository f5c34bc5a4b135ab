package dev.heliograph.pipeline;

/**
 * Keeps a share of all traces, each whole or not at all: R ≥ T with R 56 bits that depend on the trace alone and T = (1 − p)·2⁵⁶. A greater share keeps
 * every trace that a smaller one keeps. Source: OpenTelemetry, "TraceState: Probability Sampling". Immutable.
 */
final class Sampler {
    private static final double ALL = 0x1p56;

    private final double share;
    private final long threshold;

    /** @param share 0 to 1 */
    Sampler(double share) {
        this.share = share;
        this.threshold = Math.round((1 - share) * ALL);
    }

    boolean keepsAll() {
        return threshold == 0;
    }

    /** @param randomness 56 bits */
    boolean keeps(long randomness) {
        return randomness >= threshold;
    }

    double share() {
        return share;
    }
}
