package dev.heliograph.config;

import java.util.Collections;
import java.util.LinkedHashMap;
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
 * @param pusher the workspace as an app of Pusher's protocol; null: it is none
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
        Map<String, EnvironmentConfig> environments,
        @Nullable PusherConfig pusher) {
    public WorkspaceConfig {
        origins = List.copyOf(origins);
        keys = List.copyOf(keys);
        anonymous = List.copyOf(anonymous);
        namespaces = List.copyOf(namespaces);
        environments = Collections.unmodifiableMap(new LinkedHashMap<>(environments));
    }

    private static final List<String> DEFAULT_ORIGINS = List.of("self");
    private static final int PSEUDONYM_KEY_BYTES_MIN = 32;

    /** A workspace that is no app. */
    public WorkspaceConfig(
            String name,
            List<String> origins,
            @Nullable String issuer,
            @Nullable String audience,
            List<TokenKeyConfig> keys,
            List<String> anonymous,
            @Nullable Secret pseudonymKey,
            List<NamespaceConfig> namespaces,
            Map<String, EnvironmentConfig> environments) {
        this(name, origins, issuer, audience, keys, anonymous, pseudonymKey, namespaces, environments, null);
    }

    static WorkspaceConfig read(String name, Section s) {
        var workspace = new WorkspaceConfig(
                name,
                s.values("origins", Names.ORIGIN, DEFAULT_ORIGINS),
                s.optional("issuer", Names.CLAIM),
                s.optional("audience", Names.CLAIM),
                s.sections("keys", TokenKeyReader::read),
                s.values("anonymous", Names.CHANNEL_PATTERN, List.of()),
                s.confidential().secret("pseudonymKey", PSEUDONYM_KEY_BYTES_MIN, "none"),
                s.sections("namespaces", NamespaceConfig::read),
                s.named("environments", Names.NAME, EnvironmentConfig::read),
                s.section("pusher", PusherConfig::read));
        if (!s.has("keys") && workspace.pusher() == null) {
            s.report(
                    "keys",
                    "is missing: nobody could connect; expected a key, e.g. kid: k1, algorithm: HS256 and secretFile, "
                            + "its secret made with 'openssl rand -base64 48'");
        }
        return workspace;
    }
}
