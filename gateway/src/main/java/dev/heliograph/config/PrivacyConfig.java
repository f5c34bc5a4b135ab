package dev.heliograph.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What of a source's events may be seen.
 *
 * @param properties keys of {@code properties} that pass; all others are removed
 * @param traits keys of {@code traits} that pass
 * @param traceProperty the property that carries the trace id
 * @param traceFromUser whether a keyed hash of user or anonymous id stands in where an event has no trace id
 * @param requireConsent consent categories: an event that denies one of them is dropped
 */
public record PrivacyConfig(
        Set<String> properties,
        Set<String> traits,
        String traceProperty,
        boolean traceFromUser,
        List<String> requireConsent) {
    public PrivacyConfig {
        properties = Set.copyOf(properties);
        traits = Set.copyOf(traits);
        requireConsent = List.copyOf(requireConsent);
    }

    /** Nothing of properties and traits passes. */
    public static final PrivacyConfig DEFAULT = new PrivacyConfig(Set.of(), Set.of(), "trace_id", false, List.of());

    static PrivacyConfig read(Section s) {
        return new PrivacyConfig(
                new LinkedHashSet<>(s.values("properties", Names.PROPERTY, List.of())),
                new LinkedHashSet<>(s.values("traits", Names.PROPERTY, List.of())),
                s.value("traceProperty", Names.PROPERTY, DEFAULT.traceProperty()),
                s.value("traceFromUser", ValueType.flag(), DEFAULT.traceFromUser()),
                s.values("requireConsent", Names.PROPERTY, DEFAULT.requireConsent()));
    }
}
