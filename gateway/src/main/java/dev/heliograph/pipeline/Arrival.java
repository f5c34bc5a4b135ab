package dev.heliograph.pipeline;

/**
 * When a request reached the gateway.
 *
 * @param receivedMs milliseconds since the epoch
 * @param acceptedNanos {@link System#nanoTime} when it had been read whole
 */
public record Arrival(long receivedMs, long acceptedNanos) {}
