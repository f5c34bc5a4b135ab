package dev.heliograph.config;

import java.util.Map;

/**
 * One environment of a workspace; its events go to the channel {@code private-{name}-segment-events}.
 *
 * @param identified whether a copy with raw user ids goes to {@code private-{name}-segment-events-identified}
 */
public record EnvironmentConfig(String name, boolean identified, Map<String, SourceConfig> sources) {
    public EnvironmentConfig {
        sources = Map.copyOf(sources);
    }
}
