package dev.heliograph.app;

import dev.heliograph.config.PusherConfig;
import dev.heliograph.config.WorkspaceConfig;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every app there is. Immutable; any thread. */
public final class Apps {
    private final Map<String, App> byWorkspace = new LinkedHashMap<>();
    private final Map<String, App> byId = new HashMap<>();
    private final Map<String, App> byKey = new HashMap<>();

    public Apps(Map<String, WorkspaceConfig> workspaces) {
        workspaces.forEach((name, workspace) -> {
            PusherConfig config = workspace.pusher();
            if (config != null) {
                var app = new App(name, config);
                byWorkspace.put(name, app);
                byId.put(config.appId(), app);
                config.keys().forEach(key -> byKey.put(key.key(), app));
            }
        });
    }

    public boolean isEmpty() {
        return byWorkspace.isEmpty();
    }

    public Collection<App> all() {
        return byWorkspace.values();
    }

    /** The app that a workspace is; null if it is none. */
    public @Nullable App ofWorkspace(String workspace) {
        return byWorkspace.get(workspace);
    }

    /** The app of that id; null if there is none. */
    public @Nullable App withId(String id) {
        return byId.get(id);
    }

    /** The app that has that key; null if none has. */
    public @Nullable App withKey(String key) {
        return byKey.get(key);
    }
}
