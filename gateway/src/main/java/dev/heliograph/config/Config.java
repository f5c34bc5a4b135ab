package dev.heliograph.config;

import java.util.Map;

/**
 * Every setting of a gateway. Immutable; a reload swaps the whole.
 *
 * @param workspaces by name; a channel, a key and a source belong to exactly one
 */
public record Config(
        ServerConfig server,
        AdminConfig admin,
        LimitsConfig limits,
        IngestConfig ingest,
        PageConfig page,
        Map<String, WorkspaceConfig> workspaces) {
    public Config {
        workspaces = Map.copyOf(workspaces);
    }
}
