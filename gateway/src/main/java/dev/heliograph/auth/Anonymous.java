package dev.heliograph.auth;

import dev.heliograph.config.WorkspaceConfig;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who a connection without a token is, where a workspace grants such connections channels. Immutable; any thread. */
public final class Anonymous {
    private final Map<String, Principal> principals = new HashMap<>();

    public Anonymous(Map<String, WorkspaceConfig> workspaces) {
        for (WorkspaceConfig workspace : workspaces.values()) {
            if (!workspace.anonymous().isEmpty()) {
                var grants = new Grants(Map.of(Operation.SUBSCRIBE, workspace.anonymous()), null);
                principals.put(
                        workspace.name(), new Principal(workspace.name(), null, null, null, grants, Long.MAX_VALUE));
            }
        }
    }

    /** Null: that workspace, if there is one, lets nobody in without a token. */
    public @Nullable Principal principal(String workspace) {
        return principals.get(workspace);
    }
}
