package dev.heliograph.config;

import java.util.Collections;
import java.util.LinkedHashMap;
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
        CompressionConfig compression,
        HistoryConfig history,
        PresenceConfig presence,
        StoreConfig store,
        IngestConfig ingest,
        PageConfig page,
        Map<String, WorkspaceConfig> workspaces) {
    public Config {
        workspaces = Collections.unmodifiableMap(new LinkedHashMap<>(workspaces));
    }

    static Config read(Section s) {
        var config = new Config(
                s.section("server", ServerConfig::read),
                s.section("admin", AdminConfig::read),
                s.section("limits", LimitsConfig::read),
                s.section("compression", CompressionConfig::read),
                s.section("history", HistoryConfig::read),
                s.section("presence", PresenceConfig::read),
                s.section("store", StoreConfig::read),
                s.section("ingest", IngestConfig::read),
                s.section("page", PageConfig::read),
                s.named("workspaces", Names.NAME, WorkspaceConfig::read));
        if (!s.has("workspaces")) {
            s.report("workspaces", "is missing; expected at least one workspace with keys");
        }
        return config;
    }
}
