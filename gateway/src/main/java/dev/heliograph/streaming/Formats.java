package dev.heliograph.streaming;

/** What tells the wire formats of event streams from all others of the gateway: small numbers. */
public record Formats(int plain, int dazzle) {}
