package dev.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.WorkspaceConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OriginsTest {
    private static final String HOST = "gateway.example.com:8443";

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, true",
        "https://APP.Example.COM, true",
        "HTTPS://app.example.com, true",
        "https://app.example.com:443, true",
        "https://app.example.com:8443, false",
        "http://app.example.com, false",
        "http://app.example.com:443, false",
        "https://app.example.com., false",
        "https://app.example.com/, false",
        "https://app.example.com/path, false",
        "https://app.example.com?x, false",
        "https://app.example.com.evil.org, false",
        "https://evil-app.example.com, false",
        "https://evilapp.example.com, false",
        "https://x.app.example.com, false",
        "https://example.com, false",
        "https://user@app.example.com, false",
        "https://app.example.com@evil.org, false",
        "https://app.example.com:443@evil.org, false",
        "https://app.example.com:0443, true",
        "https://app.example.com:99999, false",
        "'https://app.example.com https://evil.org', false",
        "https://аpp.example.com, false", // its first letter is Cyrillic
        "https://xn--pp-6kc.example.com, false",
        "null, false",
        "'', false",
        "'*', false",
        "self, false",
        "app.example.com, false",
        "//app.example.com, false",
        "file://app.example.com, false",
        "http://localhost:5173, true",
        "http://localhost:5174, false",
        "http://127.0.0.1:5173, false",
        "http://[::1]:3000, true",
        "http://[::2]:3000, false",
        "https://gateway.example.com:8443, true",
        "http://gateway.example.com:8443, true",
        "https://gateway.example.com, false",
        "https://gateway.example.com:8443.evil.org, false",
    })
    void anOrigin_isAllowedOnlyIfTheListHasExactlyIt(String origin, boolean allowed) {
        var origins = new Origins(Map.of(
                "acme",
                workspace("acme", "https://app.example.com", "http://localhost:5173", "http://[::1]:3000", "self")));
        assertEquals(allowed, origins.allows("acme", origin, HOST));
        assertEquals(allowed, origins.allowsSomewhere(origin, HOST));
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, localhost:8080, true",
        "http://localhost, localhost:80, true",
        "https://app.example.com, app.example.com, true",
        "https://app.example.com, app.example.com:80, false",
        "https://app.example.com, other.example.com, false",
        "https://app.example.com, , false",
        "https://app.example.com, app.example.com/x, false",
        "null, null, false",
    })
    void self_isTheHostThatWasAskedFor(String origin, String host, boolean allowed) {
        var origins = new Origins(Map.of("acme", workspace("acme", "self")));
        assertEquals(allowed, origins.allows("acme", origin, host));
    }

    @Test
    void withoutOrigin_itIsNoBrowserAndPasses() {
        var origins = new Origins(Map.of("acme", workspace("acme")));
        assertTrue(origins.allows("acme", null, HOST));
        assertTrue(origins.allowsSomewhere(null, HOST));
        assertFalse(origins.allows("acme", "https://app.example.com", HOST));
    }

    @Test
    void oneWorkspacesOrigins_areNotAnothers() {
        var origins = new Origins(Map.of(
                "acme",
                workspace("acme", "https://a.example.com"),
                "beta",
                workspace("beta", "https://b.example.com")));
        assertTrue(origins.allows("acme", "https://a.example.com", null));
        assertFalse(origins.allows("beta", "https://a.example.com", null));
        assertFalse(origins.allows("unknown", "https://a.example.com", null));
        assertTrue(origins.allowsSomewhere("https://b.example.com", null));
        assertFalse(origins.allowsSomewhere("https://c.example.com", null));
    }

    @Test
    void whatIsNoOrigin_cannotBeConfigured() {
        for (String text : List.of("*", "https://*.example.com", "null", "https://a.example.com/")) {
            assertThrows(
                    IllegalArgumentException.class, () -> new Origins(Map.of("acme", workspace("acme", text))), text);
        }
    }

    private static WorkspaceConfig workspace(String name, String... origins) {
        return new WorkspaceConfig(name, List.of(origins), null, null, List.of(), List.of(), null, List.of(), Map.of());
    }
}
