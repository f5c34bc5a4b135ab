package dev.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.config.EnvironmentConfig;
import dev.heliograph.config.PrivacyConfig;
import dev.heliograph.config.Secret;
import dev.heliograph.config.SourceConfig;
import dev.heliograph.config.WorkspaceConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class WriteKeysTest {
    @Test
    void aSource_isFoundByEachOfItsKeysAndByItsName() {
        var keys = new WriteKeys(TestTokens.workspaces(
                workspace("acme", source("web", "write-key-1", "write-key-2")),
                workspace("beta", source("ios", "k3"))));
        for (String key : List.of("write-key-1", "write-key-2")) {
            Source found = present(keys.find(key));
            assertEquals("acme", found.workspace());
            assertEquals("prod", found.env());
            assertEquals("web", found.config().name());
        }
        assertEquals("beta", present(keys.find("k3")).workspace());
        assertEquals("beta", present(keys.bySourceName("ios")).workspace());
    }

    @Test
    void whatIsNoKeyOfASource_findsNothing() {
        var keys = new WriteKeys(TestTokens.workspaces(workspace("acme", source("web", "write-key-1"))));
        for (String key : List.of("", "write-key-", "write-key-11", "WRITE-KEY-1", "web", "x".repeat(1_000_000))) {
            assertNull(keys.find(key));
        }
        assertNull(keys.bySourceName("write-key-1"));
        assertNull(keys.bySourceName("acme"));
    }

    @Test
    void aKeyOrNameOfTwoSources_isRefused() {
        var sameKey = TestTokens.workspaces(
                workspace("acme", source("web", "write-key-1")), workspace("beta", source("ios", "write-key-1")));
        assertThrows(IllegalArgumentException.class, () -> new WriteKeys(sameKey));
        var sameName = TestTokens.workspaces(
                workspace("acme", source("web", "write-key-1")), workspace("beta", source("web", "write-key-2")));
        assertThrows(IllegalArgumentException.class, () -> new WriteKeys(sameName));
    }

    private static Source present(@Nullable Source source) {
        return Objects.requireNonNull(source);
    }

    private static SourceConfig source(String name, String... keys) {
        return new SourceConfig(
                name,
                Arrays.stream(keys).map(Secret::new).toList(),
                Set.of("track"),
                List.of(),
                null,
                1,
                1,
                1,
                PrivacyConfig.DEFAULT);
    }

    private static WorkspaceConfig workspace(String name, SourceConfig source) {
        var prod = new EnvironmentConfig("prod", false, Map.of(source.name(), source));
        return new WorkspaceConfig(
                name, List.of(), null, null, List.of(), List.of(), null, List.of(), Map.of("prod", prod));
    }
}
