package dev.heliograph.server;

import dev.heliograph.config.Config;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.server.CliErrors.UsageException;
import org.jspecify.annotations.Nullable;

/** Finds the workspace that a command is about. */
final class Workspaces {
    private Workspaces() {}

    /** @param name null: the only one there is */
    static WorkspaceConfig choose(Config config, @Nullable String name) {
        var all = config.workspaces();
        if (name == null && all.size() == 1) {
            return all.values().iterator().next();
        }
        WorkspaceConfig named = name == null ? null : all.get(name);
        if (named == null) {
            throw new UsageException("--workspace: " + (name == null ? "is not set" : "'" + name + "' is no workspace")
                    + "; expected one of " + String.join(", ", all.keySet()));
        }
        return named;
    }
}
