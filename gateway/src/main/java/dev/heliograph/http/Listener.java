package dev.heliograph.http;

/**
 * Where a server listens.
 *
 * @param name stands in logs and error references
 * @param port 0 picks a free one
 */
public record Listener(String name, String host, int port) {}
