package dev.heliograph.pipeline;

import dev.heliograph.config.AdminConfig;
import dev.heliograph.config.CompressionConfig;
import dev.heliograph.config.Config;
import dev.heliograph.config.EnvironmentConfig;
import dev.heliograph.config.HistoryConfig;
import dev.heliograph.config.IngestConfig;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.PageConfig;
import dev.heliograph.config.PresenceConfig;
import dev.heliograph.config.PrivacyConfig;
import dev.heliograph.config.Secret;
import dev.heliograph.config.ServerConfig;
import dev.heliograph.config.SourceConfig;
import dev.heliograph.config.StoreConfig;
import dev.heliograph.config.WorkspaceConfig;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Configurations for tests of ingest: what a test does not set is as generous as can be. */
public final class TestConfig {
    private static final PrivacyConfig PRIVACY =
            new PrivacyConfig(Set.of("checkpoint", "category", "step"), Set.of("plan"), "trace_id", false, List.of());

    private TestConfig() {}

    public static PrivacyConfig privacy() {
        return PRIVACY;
    }

    /** A source whose write key is its name with {@code -write-key} behind, with a rate that nothing reaches. */
    public static SourceConfig source(String name) {
        return source(name, PRIVACY, 1);
    }

    public static SourceConfig source(String name, PrivacyConfig privacy, double sampleRate) {
        return new SourceConfig(
                name,
                List.of(new Secret(name + "-write-key")),
                Set.copyOf(SourceConfig.TYPES),
                List.of(new Secret(name + "-hook-1"), new Secret(name + "-hook-2")),
                new Secret(name + "-bearer-secret"),
                1_000_000,
                1_000_000,
                sampleRate,
                privacy);
    }

    public static SourceConfig limited(String name, Set<String> types, double ratePerSecond, int burst) {
        return new SourceConfig(
                name,
                List.of(new Secret(name + "-write-key")),
                types,
                List.of(),
                null,
                ratePerSecond,
                burst,
                1,
                PRIVACY);
    }

    /** A workspace with one environment, {@code prod}. */
    public static WorkspaceConfig workspace(
            String name, @Nullable String pseudonymKey, boolean identified, SourceConfig... sources) {
        var byName = new LinkedHashMap<String, SourceConfig>();
        Arrays.stream(sources).forEach(source -> byName.put(source.name(), source));
        return new WorkspaceConfig(
                name,
                List.of(),
                null,
                null,
                List.of(),
                List.of(),
                pseudonymKey == null ? null : new Secret(pseudonymKey),
                List.of(),
                Map.of("prod", new EnvironmentConfig("prod", identified, byName)));
    }

    public static Config config(WorkspaceConfig... workspaces) {
        var byName = new LinkedHashMap<String, WorkspaceConfig>();
        Arrays.stream(workspaces).forEach(workspace -> byName.put(workspace.name(), workspace));
        return new Config(
                ServerConfig.DEFAULT,
                new AdminConfig("127.0.0.1", 0, new Secret("an admin token of a test")),
                LimitsConfig.DEFAULT,
                CompressionConfig.DEFAULT,
                HistoryConfig.DEFAULT,
                PresenceConfig.DEFAULT,
                StoreConfig.DEFAULT,
                IngestConfig.DEFAULT,
                PageConfig.DEFAULT,
                byName);
    }
}
