package dev.heliograph.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One environment of a workspace; its events go to the channel {@code private-{name}-segment-events}.
 *
 * @param identified whether a copy with raw user ids goes to {@code private-{name}-segment-events-identified}
 */
public record EnvironmentConfig(String name, boolean identified, Map<String, SourceConfig> sources) {
    public EnvironmentConfig {
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
    }

    static EnvironmentConfig read(String name, Section s) {
        return new EnvironmentConfig(
                name,
                s.value("identified", ValueType.flag(), false),
                s.named("sources", Names.SOURCE, SourceConfig::read));
    }

    /** Where its events go. */
    public String channel() {
        return "private-" + name + "-segment-events";
    }

    /** Where the copies with raw user ids go, if {@link #identified}. */
    public String identifiedChannel() {
        return channel() + "-identified";
    }
}
