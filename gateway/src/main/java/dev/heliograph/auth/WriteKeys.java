package dev.heliograph.auth;

import dev.heliograph.config.Secret;
import dev.heliograph.config.SourceConfig;
import dev.heliograph.config.WorkspaceConfig;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds a producer by what it sends. Immutable; any thread. Keys are looked up by their SHA-256, so that the time of a look-up tells nothing of
 * a key.
 */
public final class WriteKeys {
    private static final int KEY_LENGTH_MAX = 512;

    private final Map<ByteBuffer, Source> byKey = new HashMap<>();
    private final Map<String, Source> byName = new HashMap<>();

    public WriteKeys(Map<String, WorkspaceConfig> workspaces) {
        workspaces
                .values()
                .forEach(workspace -> workspace
                        .environments()
                        .values()
                        .forEach(environment -> environment
                                .sources()
                                .values()
                                .forEach(source -> add(new Source(workspace.name(), environment.name(), source)))));
    }

    private void add(Source source) {
        SourceConfig config = source.config();
        if (byName.putIfAbsent(config.name(), source) != null) {
            throw new IllegalArgumentException("two sources are named " + config.name());
        }
        for (Secret key : config.writeKeys()) {
            if (byKey.putIfAbsent(digest(key.reveal()), source) != null) {
                throw new IllegalArgumentException(
                        "a write key of " + config.name() + " belongs to another source too");
            }
        }
    }

    /** The source that has this write key. */
    public @Nullable Source find(String writeKey) {
        return writeKey.length() > KEY_LENGTH_MAX ? null : byKey.get(digest(writeKey));
    }

    /** The source of that name, as it stands in paths of webhooks. */
    public @Nullable Source bySourceName(String name) {
        return byName.get(name);
    }

    private static ByteBuffer digest(String key) {
        return ByteBuffer.wrap(Sha256.of(key));
    }
}
