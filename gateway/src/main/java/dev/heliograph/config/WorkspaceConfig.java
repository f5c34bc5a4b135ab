package dev.heliograph.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One tenant: its keys, its channels' rules, its sources. Nothing crosses from one workspace to another.
 *
 * @param name as it stands in the file
 * @param origins exact origins ({@code https://app.example.com}) from which browsers may connect; {@code self} is the gateway's own
 * @param issuer the {@code iss} that tokens must carry; null: not checked
 * @param audience the {@code aud} that tokens must carry; null: not checked
 * @param keys what verifies tokens
 * @param anonymous channel patterns a connection without a token may subscribe to
 * @param pseudonymKey keys the hashes that stand for people; null: no pseudonyms are made
 * @param namespaces rules for channels, first match wins
 * @param environments by name, e.g. {@code prod}
 */
public record WorkspaceConfig(
        String name,
        List<String> origins,
        @Nullable String issuer,
        @Nullable String audience,
        List<TokenKeyConfig> keys,
        List<String> anonymous,
        @Nullable Secret pseudonymKey,
        List<NamespaceConfig> namespaces,
        Map<String, EnvironmentConfig> environments) {
    public WorkspaceConfig {
        origins = List.copyOf(origins);
        keys = List.copyOf(keys);
        anonymous = List.copyOf(anonymous);
        namespaces = List.copyOf(namespaces);
        environments = Map.copyOf(environments);
    }
}
