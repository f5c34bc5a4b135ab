package dev.heliograph.protocol.pusher;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one app that are good at the moment: two or more while one replaces another. Whatever an app signs may be signed with any of them. Immutable; any
 * thread.
 */
public final class AppKeys {
    /** Most keys of one app. */
    public static final int COUNT_MAX = 16;

    private final List<AppKey> keys;

    /** @param oldestFirst 1 to 16, no two alike */
    public AppKeys(List<AppKey> oldestFirst) {
        long distinct = oldestFirst.stream().map(AppKey::key).distinct().count();
        if (oldestFirst.isEmpty() || oldestFirst.size() > COUNT_MAX || distinct < oldestFirst.size()) {
            throw new IllegalArgumentException("an app has 1 to " + COUNT_MAX + " keys, no two alike");
        }
        this.keys = List.copyOf(oldestFirst);
    }

    /** The key of that name; null if it is none of this app's. */
    public @Nullable AppKey find(String key) {
        for (AppKey known : keys) {
            if (known.key().equals(key)) {
                return known;
            }
        }
        return null;
    }

    /** The one that webhooks are signed with. */
    public AppKey oldest() {
        return keys.getFirst();
    }
}
