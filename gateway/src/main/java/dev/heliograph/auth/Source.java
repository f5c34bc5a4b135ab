package dev.heliograph.auth;

import dev.heliograph.config.SourceConfig;

/**
 * A producer, and where it belongs.
 *
 * @param workspace the workspace's name
 * @param env the environment's name
 */
public record Source(String workspace, String env, SourceConfig config) {}
