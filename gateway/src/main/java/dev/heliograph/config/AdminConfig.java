package dev.heliograph.config;

/**
 * The operator's listener: health, readiness, state, metrics.
 *
 * @param port 0 picks a free one
 * @param token bearer token that every path but {@code /healthz} and {@code /readyz} asks for; a secret
 */
public record AdminConfig(String host, int port, Secret token) {}
