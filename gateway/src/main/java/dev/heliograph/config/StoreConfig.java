package dev.heliograph.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What outlives a restart.
 *
 * @param folder of the gateway's own, which no other gateway uses at the same time; null: nothing outlives it
 */
public record StoreConfig(@Nullable Path folder) {
    public static final StoreConfig DEFAULT = new StoreConfig(null);

    private static final ValueType<String> FOLDER = ValueType.text("[^\\x00]{1,4096}", "the path of a folder");

    static StoreConfig read(Section s) {
        return new StoreConfig(s.file("folder", FOLDER));
    }
}
